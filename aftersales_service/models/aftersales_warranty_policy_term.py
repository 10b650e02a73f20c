from odoo import api, fields, models


class AftersalesWarrantyPolicyTerm(models.Model):
    """One line of a policy: how long which component is covered, and for what (W04)."""

    _name = "aftersales.warranty.policy.term"
    _description = "Warranty Policy Term"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "aftersales.warranty.policy", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    component = fields.Char(
        translate=True, help="What the term is for; the whole product when empty."
    )
    part_category_id = fields.Many2one(
        "product.category",
        index="btree_not_null",
        help="Parts of this category and below follow this term instead of the one of the whole "
        "product.",
    )
    duration = fields.Integer(required=True, default=12)
    duration_unit = fields.Selection(
        [("day", "Days"), ("month", "Months"), ("year", "Years")], required=True, default="month"
    )
    meter_limit = fields.Float(help="The term also ends at this meter reading; 0 means no limit.")
    covers_parts = fields.Boolean(default=True)
    covers_labour = fields.Boolean(default=True)
    covers_travel = fields.Boolean(default=True)

    _duration_positive = models.Constraint(
        "CHECK(duration > 0)", "The duration of a warranty term must be positive: enter at least 1."
    )
    _meter_limit_positive = models.Constraint(
        "CHECK(meter_limit >= 0)",
        "The meter limit of a warranty term cannot be negative: enter 0 for none.",
    )

    @api.depends("component", "part_category_id", "duration", "duration_unit")
    def _compute_display_name(self):
        units = dict(self._fields["duration_unit"]._description_selection(self.env))
        for term in self:
            what = (
                term.component or term.part_category_id.display_name or self.env._("Whole product")
            )
            term.display_name = (
                f"{what}: {term.duration} {units.get(term.duration_unit, '').lower()}"
            )

    def _prepare_warranty_term_vals(self):
        """Return the values of the ``aftersales.warranty.term`` that this line promises."""
        self.ensure_one()
        return {
            "component": self.component,
            "part_category_id": self.part_category_id.id,
            "duration": self.duration,
            "duration_unit": self.duration_unit,
            "meter_limit": self.meter_limit,
            "covers_parts": self.covers_parts,
            "covers_labour": self.covers_labour,
            "covers_travel": self.covers_travel,
        }
