from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.warranty import ASPECTS, find_overlap

DURATION_UNITS = [("day", "Days"), ("month", "Months"), ("year", "Years")]
METER_UNITS = [("hour", "Hours"), ("km", "Kilometres")]


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
    duration_unit = fields.Selection(DURATION_UNITS, required=True, default="month")
    meter_limit = fields.Float(help="The term also ends at this meter reading; 0 means no limit.")
    meter_unit = fields.Selection(METER_UNITS, required=True, default="hour")
    covers_parts = fields.Boolean(default=True)
    covers_labour = fields.Boolean(default=True)
    covers_travel = fields.Boolean(default=True)

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

    @api.constrains("duration", "meter_limit")
    def _check_positive(self):
        for term in self:
            if term.duration <= 0:
                raise ValidationError(
                    self.env._(
                        "%(policy)s, term “%(term)s”: the duration is %(duration)s. Enter at "
                        "least 1.",
                        policy=term.policy_id.display_name,
                        term=term.display_name,
                        duration=term.duration,
                    )
                )
            if term.meter_limit < 0:
                raise ValidationError(
                    self.env._(
                        "%(policy)s, term “%(term)s”: the meter limit is %(limit)s. Enter 0 for "
                        "none.",
                        policy=term.policy_id.display_name,
                        term=term.display_name,
                        limit=term.meter_limit,
                    )
                )

    @api.constrains(
        "policy_id",
        "component",
        "part_category_id",
        "covers_parts",
        "covers_labour",
        "covers_travel",
    )
    def _check_overlap(self):
        for policy in self.policy_id:
            overlap = find_overlap([term._get_overlap_key() for term in policy.term_ids])
            if overlap:
                raise ValidationError(
                    self.env._(
                        "%(policy)s: the terms “%(first)s” and “%(second)s” are for the same "
                        "component or part category. Merge them, name another component, or let "
                        "each cover something else (parts, labour, travel).",
                        policy=policy.display_name,
                        first=policy.term_ids[overlap[0]].display_name,
                        second=policy.term_ids[overlap[1]].display_name,
                    )
                )

    def _get_overlap_key(self):
        """Return (what the term is for, set of aspects it covers)."""
        self.ensure_one()
        component = " ".join((self.component or "").split()).casefold()
        return (
            self.part_category_id.id or component,
            {aspect for aspect in ASPECTS if self[f"covers_{aspect}"]},
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
            "meter_unit": self.meter_unit,
            "covers_parts": self.covers_parts,
            "covers_labour": self.covers_labour,
            "covers_travel": self.covers_travel,
        }
