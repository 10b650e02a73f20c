from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class AftersalesDealerGradeTerm(models.Model):
    """What a grade means in money and days, from a day on (D11).

    Terms that have begun stay as they are: claims of earlier repairs keep theirs. Better or worse
    terms are a new row with a later day.
    """

    _name = "aftersales.dealer.grade.term"
    _description = "Terms of a Dealer Grade"
    _order = "grade_id, date_from desc, id"

    grade_id = fields.Many2one(
        "aftersales.dealer.grade", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="grade_id.company_id", store=True, index="btree_not_null")
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)
    labour_percent = fields.Float(
        string="Labour Rate (%)",
        digits=(16, 2),
        default=100.0,
        aggregator=None,
        help="Share of the agreement's labour rate, where the agreement pays labour by grade.",
    )
    travel_percent = fields.Float(
        string="Travel Rate (%)", digits=(16, 2), default=100.0, aggregator=None
    )
    confirmation_days = fields.Integer(
        string="Confirmation (days)",
        aggregator=None,
        help="Days to confirm or dispute a fee notice, where the agreement says “by grade”. "
        "Zero: the agreement's own days.",
    )
    auto_limit_percent = fields.Float(
        string="Automatic Approval (%)",
        digits=(16, 2),
        default=100.0,
        aggregator=None,
        help="Share of the company's limit of automatic approval. Zero: an appraiser decides on "
        "every claim of this grade.",
    )
    spot_check_percent = fields.Float(
        string="Spot Checks (%)",
        digits=(16, 2),
        default=5.0,
        aggregator=None,
        help="Share of the dealer's claims and end users that spot checks draw.",
    )
    reward_percent = fields.Float(
        string="Reward (%)",
        digits=(16, 2),
        aggregator=None,
        help="Cash reward: share of the claims approved in the period, in proportion to the score.",
    )
    reward_score_min = fields.Float(
        string="Reward from Score", digits=(16, 1), default=80.0, aggregator=None
    )

    _date_uniq = models.UniqueIndex(
        "(grade_id, date_from)", "The grade has terms from this day already: change those."
    )
    _numbers_valid = models.Constraint(
        "CHECK(labour_percent >= 0 AND travel_percent >= 0 AND "
        "confirmation_days BETWEEN 0 AND 3650 AND auto_limit_percent >= 0 AND "
        "spot_check_percent >= 0 AND spot_check_percent <= 100 AND "
        "reward_percent >= 0 AND reward_score_min >= 0 AND reward_score_min <= 100)",
        "Terms of a grade are not negative; the share of spot checks and the score end at 100, the "
        "days at 3650.",
    )

    @api.depends("grade_id", "date_from")
    def _compute_display_name(self):
        for term in self:
            term.display_name = self.env._(
                "%(grade)s, terms from %(date)s",
                grade=term.grade_id.name,
                date=format_date(self.env, term.date_from),
            )

    @api.model_create_multi
    def create(self, vals_list):
        terms = super().create(vals_list)
        today = fields.Date.context_today(self)
        for term in terms:
            # The first terms of a grade may reach back: there is nothing that they would change.
            if term.date_from < today and len(term.grade_id.term_ids) > 1:
                raise UserError(
                    self.env._(
                        "%(term)s lie in the past. Let them begin today or later: claims of "
                        "earlier repairs keep their terms.",
                        term=term.display_name,
                    )
                )
        return terms

    def write(self, vals):
        self._check_not_begun(vals)
        result = super().write(vals)
        if "date_from" in vals:
            self._check_not_begun(vals)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        self._check_not_begun({"date_from": None})

    def _check_not_begun(self, vals):
        """Raise when ``vals`` would change terms that began before today."""
        today = fields.Date.context_today(self)
        for term in self:
            changed = [
                name
                for name, value in vals.items()
                if name in self._fields
                and term[name]
                != self._fields[name].convert_to_record(
                    self._fields[name].convert_to_cache(value, term), term
                )
            ]
            if changed and term.date_from < today and term.grade_id.dealer_ids:
                raise UserError(
                    self.env._(
                        "%(term)s have begun and stay as they are. Add a line with a later day.",
                        term=term.display_name,
                    )
                )
