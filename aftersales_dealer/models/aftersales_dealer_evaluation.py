from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount, format_date, formatLang

from ..tools import dealer_score
from .aftersales_dealer_charge import MANAGER
from .aftersales_dealer_metric import CODES


class AftersalesDealerEvaluation(models.Model):
    """A dealer's score of a period, with each reading it is made of, and the reward that follows
    (D11).
    """

    _name = "aftersales.dealer.evaluation"
    _description = "Dealer Evaluation"
    _inherit = ["aftersales.transition.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "period_end desc, score desc, id"
    _check_company_auto = True
    _guard_readonly = True
    _transitions = {"draft": ("approved", "cancelled"), "approved": ("cancelled",)}

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    dealer_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="restrict"
    )
    period_start = fields.Date(string="From", required=True, readonly=True)
    period_end = fields.Date(string="Until", required=True, readonly=True, index=True)
    score = fields.Float(digits=(16, 1), readonly=True, aggregator="avg")
    is_scored = fields.Boolean(
        string="Scored", readonly=True, help="There was enough in the period to judge by."
    )
    has_fraud = fields.Boolean(string="Fraud Found", readonly=True)
    grade_id = fields.Many2one(
        "aftersales.dealer.grade", string="Grade then", readonly=True, index="btree_not_null"
    )
    proposed_grade_id = fields.Many2one(
        "aftersales.dealer.grade",
        string="Grade Proposed",
        readonly=True,
        index="btree_not_null",
        help="One step towards the grade that the score reaches.",
    )
    grade_change_id = fields.Many2one(
        "aftersales.dealer.grade.change",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    line_ids = fields.One2many(
        "aftersales.dealer.evaluation.line", "evaluation_id", string="Readings"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    reward_base = fields.Monetary(
        string="Claims Approved", readonly=True, help="Of the period; the reward is a share of it."
    )
    reward_percent = fields.Float(string="Reward (%)", digits=(16, 2), readonly=True)
    reward_amount = fields.Monetary(string="Reward", readonly=True)
    explanation = fields.Text(compute="_compute_explanation")
    state = fields.Selection(
        [("draft", "To decide"), ("approved", "Approved"), ("cancelled", "Cancelled")],
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    cancel_reason = fields.Char(readonly=True, copy=False)

    _period_uniq = models.UniqueIndex(
        "(dealer_id, company_id, period_start, period_end) WHERE state != 'cancelled'",
        "The dealer was evaluated for this period already.",
    )

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec != "score:avg":
            return super()._read_group_select(aggregate_spec, query)
        # Who was not scored has no score, and none of zero.
        return SQL(
            "AVG(%s) FILTER (WHERE %s)",
            self._field_to_sql(self._table, "score", query),
            self._field_to_sql(self._table, "is_scored", query),
        )

    @api.depends("dealer_id", "period_start", "period_end")
    def _compute_display_name(self):
        for evaluation in self:
            evaluation.display_name = self.env._(
                "%(dealer)s, %(start)s – %(end)s",
                dealer=evaluation.dealer_id.name or "",
                start=format_date(self.env, evaluation.period_start),
                end=format_date(self.env, evaluation.period_end),
            )

    @api.depends("score", "is_scored", "has_fraud", "proposed_grade_id", "reward_amount")
    def _compute_explanation(self):
        for evaluation in self:
            evaluation.explanation = "\n".join(evaluation._get_sentences())

    def _get_sentences(self):
        """Return what follows from the readings, in the user's language (design rule 6)."""
        self.ensure_one()
        sentences = []
        if self.has_fraud:
            sentences.append(
                self.env._("A spot check found fraud: no reward, no upgrade, one grade down.")
            )
        other = self.proposed_grade_id and self.proposed_grade_id != self.grade_id
        if not self.is_scored:
            sentences.append(self.env._("Too little happened in this period to judge by."))
            if other:
                sentences.append(self.env._("%s is proposed.", self.proposed_grade_id.name))
            return sentences
        if other:
            sentences.append(
                self.env._(
                    "Score %(score)s: %(grade)s is proposed (from %(least)s points on; one step "
                    "at a time).",
                    score=self.score,
                    grade=self.proposed_grade_id.name,
                    least=self.proposed_grade_id.score_min,
                )
            )
        elif self.grade_id:
            sentences.append(
                self.env._(
                    "Score %(score)s: the grade %(grade)s stays.",
                    score=self.score,
                    grade=self.grade_id.name,
                )
            )
        if self.reward_amount:
            sentences.append(
                self.env._(
                    "Reward: %(base)s approved × %(percent)g %% (%(grade)s) × score "
                    "%(score)s / 100 = %(amount)s",
                    base=format_amount(self.env, self.reward_base, self.currency_id),
                    percent=self.reward_percent,
                    grade=self.grade_id.name,
                    score=self.score,
                    amount=format_amount(self.env, self.reward_amount, self.currency_id),
                )
            )
        return sentences

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Evaluations are kept. Cancel one with a reason instead."))

    def action_approve(self):
        """Approve evaluations: rewards come into the dealers' next fee notices (D11, F06).

        :raise AccessError: when the user is not a dealer manager
        """
        self.env["aftersales.notice"]._check_groups(MANAGER)
        self._set_state("approved", decided_by_id=self.env.uid)
        rewarded = self.filtered(lambda e: not e.currency_id.is_zero(e.reward_amount))
        self.env["aftersales.dealer.charge"]._create_charges(
            [evaluation._prepare_reward_vals() for evaluation in rewarded]
        )

    def _prepare_reward_vals(self):
        """Return the values of the charge for the reward; positive, as the dealer gets it."""
        self.ensure_one()
        language = self.with_context(lang=self.dealer_id.lang or self.env.lang)
        return {
            "res_model": self._name,
            "res_id": self.id,
            "kind": "reward",
            "dealer_id": self.dealer_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "date": self.period_end,
            "amount": self.reward_amount,
            "description": language.env._(
                "Reward for good service, %(start)s – %(end)s, score %(score)s",
                start=format_date(language.env, self.period_start),
                end=format_date(language.env, self.period_end),
                score=self.score,
            ),
        }

    def action_cancel(self, reason=None):
        """Cancel evaluations, so that the period can be evaluated anew; asks why when empty.

        :raise UserError: when the reward is in a fee notice already
        """
        if not reason:
            return self.env["aftersales.dealer.reason"]._ask(
                self, "cancel", self.env._("Cancel Evaluation")
            )
        self.env["aftersales.notice"]._check_groups(MANAGER)
        self.env["aftersales.dealer.charge"]._cancel_by_source(self)
        # What the score proposed goes with it; what was decided on meanwhile stays.
        proposals = self.grade_change_id.filtered(lambda change: change.state == "proposed")
        proposals.action_cancel(reason=reason)
        self._set_state("cancelled", cancel_reason=reason, decided_by_id=self.env.uid)
        return None


class AftersalesDealerEvaluationLine(models.Model):
    """One reading of an evaluation: what was counted, its points, its weight (D11)."""

    _name = "aftersales.dealer.evaluation.line"
    _description = "Reading of a Dealer Evaluation"
    _order = "evaluation_id, id"

    evaluation_id = fields.Many2one(
        "aftersales.dealer.evaluation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="evaluation_id.company_id", store=True, index=True)
    dealer_id = fields.Many2one(related="evaluation_id.dealer_id", store=True, index=True)
    code = fields.Selection(CODES, string="What Is Measured", required=True)
    good = fields.Float(digits=(16, 2))
    total = fields.Float(string="Of", digits=(16, 2))
    value = fields.Float(string="Value (%)", digits=(16, 1), aggregator="avg")
    target = fields.Float(string="Full Points at (%)", digits=(16, 1), aggregator=None)
    floor = fields.Float(string="No Points at (%)", digits=(16, 1), aggregator=None)
    minimum = fields.Integer(aggregator=None)
    points = fields.Float(digits=(16, 1), aggregator="avg")
    weight = fields.Float(digits=(16, 1), aggregator=None)
    counted = fields.Boolean(string="Counts")
    explanation = fields.Char(compute="_compute_explanation")

    @api.depends("good", "total", "value", "points", "weight", "counted")
    def _compute_explanation(self):
        for line in self:
            names = {
                "good": line._format_quantity(line.good),
                "total": line._format_quantity(line.total),
                "value": f"{line.value:.1f}",
                "points": f"{line.points:.1f}",
                "floor": f"{line.floor:g}",
                "target": f"{line.target:g}",
            }
            if line.counted and line._is_weighed():
                line.explanation = self.env._(
                    "%(good)s of %(total)s, by weight of what was found %(value)s %%; from "
                    "%(floor)s %% (no points) to %(target)s %% (all): %(points)s points",
                    **names,
                )
            elif line.counted:
                line.explanation = self.env._(
                    "%(good)s of %(total)s = %(value)s %%; from %(floor)s %% (no points) to "
                    "%(target)s %% (all): %(points)s points",
                    **names,
                )
            elif line.total:
                line.explanation = self.env._(
                    "%(good)s of %(total)s: too few to count, at least %(minimum)s are needed",
                    minimum=line.minimum,
                    **names,
                )
            else:
                line.explanation = self.env._("Nothing in this period: left out")

    def _format_quantity(self, quantity):
        """Return a count or an amount as the reader writes it: counts without decimals."""
        return formatLang(self.env, quantity, digits=0 if quantity == int(quantity) else 2)

    def _is_weighed(self):
        """Whether the value is not the plain share: findings of spot checks weigh more or less."""
        self.ensure_one()
        return bool(self.total) and abs(self.value - 100.0 * self.good / self.total) > 0.1

    @api.model
    def _prepare_vals(self, reading):
        """Return the values of a line for a ``dealer_score.Reading``."""
        names = ("code", "good", "total", "value", "target", "floor", "minimum", "weight", "points")
        return {name: getattr(reading, name) for name in names} | {"counted": reading.counts}


def make_reading(metric, measured):
    """Return the ``dealer_score.Reading`` of what was measured, (good, total, value, cases), by
    a metric.
    """
    good, total, value, cases = measured
    return dealer_score.Reading(
        metric.code,
        float(good),
        float(total),
        float(value),
        metric.weight,
        metric.target,
        metric.floor,
        metric.minimum,
        float(cases),
    )
