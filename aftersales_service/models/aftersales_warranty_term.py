from odoo import api, fields, models

from ..tools.coverage import term_end


class AftersalesWarrantyTerm(models.Model):
    """What one warranty covers until when; copied from the policy, so that later changes of it
    do not reach back.
    """

    _name = "aftersales.warranty.term"
    _description = "Warranty Term"
    _order = "warranty_id, id"

    warranty_id = fields.Many2one(
        "aftersales.warranty", required=True, index=True, ondelete="cascade"
    )
    component = fields.Char()
    part_category_id = fields.Many2one("product.category", index="btree_not_null")
    duration = fields.Integer(required=True, default=12)
    duration_unit = fields.Selection(
        [("day", "Days"), ("month", "Months"), ("year", "Years")], required=True, default="month"
    )
    date_start = fields.Date(string="Start")
    date_end = fields.Date(string="End")
    meter_limit = fields.Float()
    covers_parts = fields.Boolean(default=True)
    covers_labour = fields.Boolean(default=True)
    covers_travel = fields.Boolean(default=True)

    _dates_ordered = models.Constraint(
        "CHECK(date_end >= date_start)",
        "A warranty term cannot end before it starts: correct one of the dates.",
    )

    _duration_positive = models.Constraint(
        "CHECK(duration > 0)", "The duration of a warranty term must be positive: enter at least 1."
    )

    @api.depends("component", "part_category_id")
    def _compute_display_name(self):
        for term in self:
            term.display_name = (
                term.component or term.part_category_id.name or self.env._("Whole product")
            )

    def _start(self, date_start):
        """Count the terms from ``date_start``; one write per duration, not per term."""
        for (duration, unit), terms in self.grouped(
            lambda t: (t.duration, t.duration_unit)
        ).items():
            terms.write(
                {"date_start": date_start, "date_end": term_end(date_start, duration, unit)}
            )
