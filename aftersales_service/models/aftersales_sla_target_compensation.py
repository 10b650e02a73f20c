from odoo import api, fields, models


class AftersalesSlaTarget(models.Model):
    """What a broken promise costs us: proposed by itself, decided by the centre (X05, S05)."""

    _inherit = "aftersales.sla.target"

    compensation_basis = fields.Selection(
        [
            ("none", "Nothing"),
            ("day", "Amount per day late"),
            ("percent", "Percent of the order per day late"),
        ],
        string="When Broken, Propose",
        default="none",
        required=True,
        help="A compensation is proposed once the promise was kept late or the ticket is closed. "
        "The centre decides on it.",
    )
    compensation_rate = fields.Monetary(
        string="Per Day", currency_field="compensation_currency_id", aggregator=None
    )
    compensation_percent = fields.Float(
        string="Percent per Day",
        digits=(16, 3),
        aggregator=None,
        help="Of what the machine was sold for, without taxes.",
    )
    compensation_cap = fields.Monetary(
        string="At Most",
        currency_field="compensation_currency_id",
        aggregator=None,
        help="0: no limit.",
    )
    compensation_currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    compensation_since = fields.Datetime(
        readonly=True, copy=False, help="Promises broken before this was switched on cost nothing."
    )

    _compensation_positive = models.Constraint(
        "CHECK(compensation_rate >= 0 AND compensation_percent >= 0 "
        "AND compensation_percent <= 100 AND compensation_cap >= 0)",
        "Compensation cannot be negative, and not above 100 % a day.",
    )
    _compensation_complete = models.Constraint(
        "CHECK(compensation_basis = 'none' "
        "OR (compensation_basis = 'day' AND COALESCE(compensation_rate, 0) > 0) "
        "OR (compensation_basis = 'percent' AND COALESCE(compensation_percent, 0) > 0))",
        "Enter what is proposed for a day late: an amount or a percentage above zero.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create(vals_list)
        targets._date_compensation()
        return targets

    def write(self, vals):
        result = super().write(vals)
        if "compensation_basis" in vals:
            self._date_compensation()
        return result

    def _date_compensation(self):
        """Remember since when compensation is proposed: it does not reach back."""
        on = self.filtered(lambda t: t.compensation_basis != "none")
        on.filtered(lambda t: not t.compensation_since).compensation_since = fields.Datetime.now()
        (self - on).filtered("compensation_since").compensation_since = False
