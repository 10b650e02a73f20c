import logging

from odoo import api, fields, models

from ..tools import dealer_score
from .aftersales_dealer_charge import MANAGER
from .aftersales_dealer_evaluation import make_reading

_logger = logging.getLogger(__name__)

NOTHING = (0.0, 0.0, 0.0, 0.0)
# One part alone says too little about a dealer.
LEAST_PARTS = 2


class AftersalesDealerEvaluation(models.Model):
    """Evaluating all dealers of a company at once, and proposing what follows (D11)."""

    _inherit = "aftersales.dealer.evaluation"

    @api.model
    def _cron_evaluate(self):
        """Evaluate the dealers of each company after the end of its period (D11).

        Idempotent: who was evaluated for a period is left alone.
        """
        companies = self.env["res.company"].search([("dealer_evaluation_period", "!=", "none")])
        for number, company in enumerate(companies, start=1):
            today = fields.Date.context_today(self)
            period = dealer_score.last_period(company.dealer_evaluation_period, today)
            try:
                with self.env.cr.savepoint():
                    self._evaluate(company, *period)
            except Exception:  # pylint: disable=broad-except
                # One company's trouble is told and does not keep the others from their scores.
                _logger.exception("The dealers of company %s could not be evaluated", company.id)
            self.env["ir.cron"]._commit_progress(1, remaining=len(companies) - number)

    def action_evaluate(self):
        """Evaluate the last period of the current company now; opens what came of it (D11).

        :raise AccessError: when the user is not a dealer manager
        """
        self.env["aftersales.notice"]._check_groups(MANAGER)
        company = self.env.company
        period = company.dealer_evaluation_period
        start, end = dealer_score.last_period(
            "quarter" if period == "none" else period, fields.Date.context_today(self)
        )
        # The role was checked; readings come from documents of all kinds.
        self.sudo()._evaluate(company, start, end)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_dealer_evaluation_action"
        )
        return dict(action, domain=[("period_end", "=", end), ("company_id", "=", company.id)])

    @api.model
    def _evaluate(self, company, start, end):
        """Return the new evaluations of the dealers that had an agreement in the period.

        The number of queries does not grow with the dealers, but for the inserts.
        """
        dealers = self._get_dealers(company, start, end)
        if not dealers:
            return self.browse()
        readings = self.env["aftersales.dealer.reading"]
        measured = readings._read_all(company, start, end)
        facts = {
            "measured": measured,
            "metrics": self.env["aftersales.dealer.metric"]._get_for_company(company),
            "frauds": readings._read_fraud(company, start, end),
            "bases": readings._read_reward_base(company, start, end),
            "grades": self._get_grades(company),
            "current": self.env["aftersales.dealer.grade.change"]._get_for(
                (dealer, end) for dealer in dealers
            ),
        }
        period = {"company_id": company.id, "period_start": start, "period_end": end}
        quiet = self._past_guard().with_context(tracking_disable=True)
        evaluations = quiet.create(
            [period | self._prepare_vals(dealer, company, end, facts) for dealer in dealers]
        )
        evaluations = self.browse(evaluations.ids)
        evaluations._propose_grades()
        return evaluations

    @api.model
    def _get_dealers(self, company, start, end):
        """Return the dealers with an agreement in the period that were not evaluated for it."""
        agreements = self.env["aftersales.dealer.agreement"]._read_group(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("running", "expired")),
                ("date_start", "<=", end),
                "|",
                ("date_end", "=", False),
                ("date_end", ">=", start),
            ],
            ["dealer_id"],
        )
        done = self._read_group(
            [
                ("company_id", "=", company.id),
                ("period_start", "=", start),
                ("period_end", "=", end),
                ("state", "!=", "cancelled"),
            ],
            ["dealer_id"],
        )
        known = {dealer.id for (dealer,) in done}
        partners = self.env["res.partner"]
        return partners.browse(d.id for (d,) in agreements if d.id not in known).sorted("id")

    @api.model
    def _get_grades(self, company):
        """Return the grades that scores lead to, the best first; none where no grade asks for a
        score.
        """
        grades = self.env["aftersales.dealer.grade"].search(
            [("company_id", "in", (False, company.id))], order="sequence, id"
        )
        return grades if any(grades.mapped("score_min")) else grades.browse()

    @api.model
    def _prepare_vals(self, dealer, company, end, facts):
        """Return the values of one dealer's evaluation from what was read for all of them."""
        readings = [
            make_reading(metric, facts["measured"][code].get(dealer.id, NOTHING))
            for code, metric in facts["metrics"].items()
        ]
        score, fraud = dealer_score.score(readings, LEAST_PARTS), dealer.id in facts["frauds"]
        grade, grades = facts["current"][dealer, end], facts["grades"]
        position = grades.ids.index(grade.id) if grade in grades else None
        step = dealer_score.proposed(position, grades.mapped("score_min"), score, fraud)
        base = facts["bases"].get(dealer.id, 0.0)
        terms = grade._get_terms(end)
        earned = score is not None and not fraud and terms and score >= terms.reward_score_min
        percent = terms.reward_percent if earned else 0.0
        line = self.env["aftersales.dealer.evaluation.line"]
        return {
            "dealer_id": dealer.id,
            "score": score or 0.0,
            "is_scored": score is not None,
            "has_fraud": fraud,
            "grade_id": grade.id,
            "proposed_grade_id": grades[step].id if grades and step is not None else grade.id,
            "reward_base": company.currency_id.round(base),
            "reward_percent": percent,
            "reward_amount": company.currency_id.round(base * percent * (score or 0.0) / 10000.0),
            "line_ids": [(0, 0, line._prepare_vals(reading)) for reading in readings],
        }

    def _propose_grades(self):
        """Propose the grades that the scores lead to, where none is being decided on yet.

        The system proposes: any dealer manager may decide.
        """
        # Proposals are compared over all companies, as a dealer has one grade.
        changes = self.env["aftersales.dealer.grade.change"].sudo()
        pending = changes.search(
            [("dealer_id", "in", self.dealer_id.ids), ("state", "in", ("proposed", "approved"))]
        ).dealer_id
        other = self.filtered(
            lambda e: (
                e.proposed_grade_id
                and e.proposed_grade_id != e.dealer_id.dealer_grade_id
                and e.proposed_grade_id != e.grade_id
                and e.dealer_id not in pending
            )
        )
        proposals = changes._past_guard().create(
            [
                {
                    "dealer_id": evaluation.dealer_id.id,
                    "company_id": evaluation.company_id.id,
                    "grade_to_id": evaluation.proposed_grade_id.id,
                    "reason": evaluation._get_proposal_reason(),
                    "proposed_by_id": self.env.ref("base.user_root").id,
                }
                for evaluation in other
            ]
        )
        for evaluation, proposal in zip(other, proposals, strict=True):
            evaluation._write_past_guard({"grade_change_id": proposal.id})

    def _get_proposal_reason(self):
        """Return why another grade is proposed, with the readings it rests on."""
        self.ensure_one()
        labels = dict(self.line_ids._fields["code"]._description_selection(self.env))
        lines = [
            f"{labels[line.code]}: {line.explanation}" for line in self.line_ids.filtered("counted")
        ]
        return "\n".join([f"{self.display_name}:", *self._get_sentences(), *lines])
