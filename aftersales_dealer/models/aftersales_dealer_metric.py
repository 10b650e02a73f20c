from odoo import api, fields, models

CODES = [
    ("registration", "Sales registered in time"),
    ("claim", "Claimed amounts that were approved"),
    ("sla", "Tickets arranged in time"),
    ("old_part", "Old parts sent back in time"),
    ("spot_check", "Spot checks without findings"),
    ("satisfaction", "Satisfaction of end users"),
    ("tariff", "Paid repairs within the tariff"),
    ("hand_back", "Tickets done, not handed back"),
]


class AftersalesDealerMetric(models.Model):
    """What a dealer's score is made of, and how much each part weighs (D11)."""

    _name = "aftersales.dealer.metric"
    _description = "Part of the Dealer Score"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    code = fields.Selection(CODES, string="What Is Measured", required=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Empty: for all companies that have no line of their own.",
    )
    weight = fields.Float(digits=(16, 1), default=1.0, required=True, aggregator=None)
    target = fields.Float(
        string="Full Points at (%)", digits=(16, 1), default=100.0, required=True, aggregator=None
    )
    floor = fields.Float(
        string="No Points at (%)", digits=(16, 1), default=0.0, required=True, aggregator=None
    )
    minimum = fields.Integer(
        string="At Least",
        default=1,
        required=True,
        aggregator=None,
        help="With fewer cases in the period this part is left out of the score.",
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "This is measured by another line already."
    )
    _numbers_valid = models.Constraint(
        "CHECK(weight >= 0 AND minimum >= 0 AND target > floor AND floor >= 0 AND target <= 100)",
        "Weights are not negative; full points are above no points, both between 0 and 100 %.",
    )

    @api.depends("code")
    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for metric in self:
            metric.display_name = labels.get(metric.code, "")

    @api.model
    def _get_for_company(self, company):
        """Return {code: metric} that hold in ``company``: its own, else the shared one."""
        # What is measured decides on documents of users who may not read the settings.
        found = self.sudo().search([("company_id", "in", (False, company.id))])
        shared = found.filtered(lambda metric: not metric.company_id)
        own = found - shared
        return {metric.code: metric for metric in (*shared, *own)}
