from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..tools.coverage import term_end
from ..tools.warranty import ASPECTS, find_overlap
from .aftersales_warranty_policy_term import DURATION_UNITS, METER_UNITS


class AftersalesWarrantyTerm(models.Model):
    """What one warranty covers until when; copied from the policy, so that later changes of it
    do not reach back.
    """

    _name = "aftersales.warranty.term"
    _description = "Warranty Term"
    _inherit = ["aftersales.clone.mixin", "aftersales.guard.mixin"]
    _order = "warranty_id, id"
    _entitlement_document = "warranty_id"

    warranty_id = fields.Many2one(
        "aftersales.warranty", required=True, index=True, ondelete="cascade"
    )
    component = fields.Char()
    part_category_id = fields.Many2one("product.category", index="btree_not_null")
    duration = fields.Integer(required=True, default=12)
    duration_unit = fields.Selection(DURATION_UNITS, required=True, default="month")
    date_start = fields.Date(string="Start", readonly=True)
    date_end = fields.Date(string="End", readonly=True)
    meter_limit = fields.Float()
    meter_unit = fields.Selection(METER_UNITS, required=True, default="hour")
    covers_parts = fields.Boolean(default=True)
    covers_labour = fields.Boolean(default=True)
    covers_travel = fields.Boolean(default=True)

    @api.depends("component", "part_category_id")
    def _compute_display_name(self):
        for term in self:
            term.display_name = (
                term.component or term.part_category_id.name or self.env._("Whole product")
            )

    @api.constrains("duration", "meter_limit", "date_start", "date_end")
    def _check_values(self):
        """Checked here and not by the database, whose messages cannot name the warranty (J03)."""
        for term in self:
            names = {
                "warranty": term.warranty_id.display_name,
                "term": term.display_name,
            }
            if term.duration <= 0:
                raise ValidationError(
                    self.env._(
                        "%(warranty)s, term “%(term)s”: the duration is %(duration)s. Enter at "
                        "least 1.",
                        duration=term.duration,
                        **names,
                    )
                )
            if term.meter_limit < 0:
                raise ValidationError(
                    self.env._(
                        "%(warranty)s, term “%(term)s”: the meter limit is %(limit)s. Enter 0 for "
                        "none.",
                        limit=term.meter_limit,
                        **names,
                    )
                )
            if term.date_start and term.date_end and term.date_end < term.date_start:
                raise ValidationError(
                    self.env._(
                        "%(warranty)s, term “%(term)s”: the end (%(end)s) is before the start "
                        "(%(start)s). Correct one of the dates.",
                        start=format_date(self.env, term.date_start),
                        end=format_date(self.env, term.date_end),
                        **names,
                    )
                )

    @api.constrains(
        "warranty_id",
        "component",
        "part_category_id",
        "covers_parts",
        "covers_labour",
        "covers_travel",
    )
    def _check_overlap(self):
        for warranty in self.warranty_id:
            terms = warranty.term_ids
            overlap = find_overlap([term._get_overlap_key() for term in terms])
            if overlap:
                raise ValidationError(
                    self.env._(
                        "%(warranty)s: two terms (“%(first)s” and “%(second)s”) are for the same "
                        "component or part category. Merge them or name another component.",
                        warranty=warranty.display_name,
                        first=terms[overlap[0]].display_name,
                        second=terms[overlap[1]].display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._check_typed(set().union(*vals_list))
            self = self._without_readonly_defaults()
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_typed(vals.keys())
        return super().write(vals)

    def _check_typed(self, names):
        """Raise UserError when a client sends a date that is worked out."""
        for name in sorted(names):
            if self._is_worked_out(name):
                raise UserError(
                    self.env._(
                        "“%(field)s” of a warranty's term follows from the start of the warranty "
                        "and the duration. For what was promised elsewhere enter “Given Start” and "
                        "“Given End”.",
                        field=self._fields[name].get_description(self.env)["string"],
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

    def _start(self, date_start):
        """Count the terms from ``date_start``, False to stop them; one write per duration."""
        for (duration, unit), terms in self.grouped(
            lambda t: (t.duration, t.duration_unit)
        ).items():
            terms.write(
                {
                    "date_start": date_start,
                    "date_end": date_start and term_end(date_start, duration, unit),
                }
            )
