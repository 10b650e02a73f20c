from odoo import fields, models
from odoo.fields import Command

from ..tools.handover import remaining_term
from ..tools.meter_usage import meter_used


class AftersalesWarranty(models.Model):
    """What is left of a warranty goes to the replacement, and back if that one comes back (W16)."""

    _inherit = "aftersales.warranty"

    continues_id = fields.Many2one(
        "aftersales.warranty",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The warranty of the replaced asset that this one goes on with.",
    )
    continued_by_ids = fields.One2many(
        "aftersales.warranty", "continues_id", string="Continued by", readonly=True
    )

    def _ensure_transition(self, new_state):
        """Void is final, but for what a replacement had taken over and gives back."""
        given_back = self.filtered(lambda w: w.state == "void" and w.continued_by_ids)
        return super(AftersalesWarranty, self - given_back)._ensure_transition(new_state)

    def _start_when_due(self, changed=()):
        """What goes on with another warranty keeps the dates of that one."""
        carried = self.filtered(lambda w: w.continues_id.date_start)
        return super(AftersalesWarranty, self - carried)._start_when_due(changed)

    def _undo_end_with_asset(self):
        """A replaced asset that is put in service again has given its cover away."""
        kept = self.filtered(lambda w: not w.asset_id.replaced_by_id)
        return super(AftersalesWarranty, kept)._undo_end_with_asset()

    def _hand_on(self, replacement, date):
        """Give ``replacement`` (asset) what is left of these warranties on ``date``, each as a
        certificate with a number of its own (W16).
        """
        living = self.filtered(lambda w: w.state != "void" or w.continued_by_ids)
        known = replacement.warranty_ids.continues_id
        successors = self.create(
            [warranty._prepare_continued_vals(replacement, date) for warranty in living - known]
        )
        for successor in successors:
            origin = successor.continues_id
            successor._write_past_guard(
                {"date_start": origin.date_start, "start_basis": origin.start_basis}
            )
        successors._set_state_by_dates()
        return successors

    def _prepare_continued_vals(self, replacement, date):
        """Return the values of the warranty with which ``replacement`` goes on."""
        self.ensure_one()
        readings = self.asset_id._get_readings()
        terms = []
        for term, values in zip(self.term_ids, self.term_ids.copy_data(), strict=True):
            used = meter_used(readings[self.asset_id.id, term.meter_unit])
            end, limit = remaining_term(
                term.date_start or None, term.date_end or None, term.meter_limit, used, date
            )
            values.update(date_end=end or False, meter_limit=limit)
            values.pop("warranty_id", None)
            terms.append(Command.create(values))
        return {
            "asset_id": replacement.id,
            "policy_id": self.policy_id.id,
            "company_id": self.company_id.id,
            "continues_id": self.id,
            "term_ids": terms,
        }

    def _hand_back(self):
        """The replacement went back to stock: the warranties it went on with are valid again."""
        origins = self.filtered(lambda w: w.state != "void").continues_id
        origins._set_state_by_dates()
        origins._write_past_guard({"void_reason": False, "ended_with_asset": False})
