from odoo import api, fields, models
from odoo.exceptions import UserError

from .aftersales_visit import (
    PLANNING_FIELDS,
    SIGNATURE_FIELDS,
    TIME_FIELDS,
    VOUCHER_FIELDS,
)

# What only happens where the technician is: the office does not report it for them.
WITNESSED_FIELDS = (
    TIME_FIELDS | SIGNATURE_FIELDS | {"refusal_reason", "customer_rating", "customer_opinion"}
)


class AftersalesVisit(models.Model):
    """Who may change what of a visit, and until when (J01, J04)."""

    _inherit = "aftersales.visit"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_may_plan(vals)
        return super().create(vals_list)

    def _check_frozen(self, vals):
        """Besides what the state froze: planning is the office's, what is signed stays signed."""
        result = super()._check_frozen(vals)
        self._check_may_plan(vals)
        self._check_may_report(vals)
        changed = VOUCHER_FIELDS & vals.keys()
        signed = self.filtered(lambda v: v.signature and v.state != "done")
        if changed and signed and "signature" not in vals:
            raise UserError(
                self.env._(
                    "%(visit)s is signed by %(name)s: %(fields)s can no longer be changed. "
                    "Clear the signature, correct the voucher and have it signed again.",
                    visit=signed[0].display_name,
                    name=signed[0].signed_by or signed[0].partner_id.display_name,
                    fields=", ".join(sorted(self._get_field_label(name) for name in changed)),
                )
            )
        return result

    def _check_may_report(self, vals):
        """Raise when ``vals`` reports what the user did not witness, or too early."""
        if WITNESSED_FIELDS & vals.keys():
            self._check_executor()
        early = self.filtered(lambda v: v.state not in ("on_site", "done"))
        if vals.get("signature") and early:
            raise UserError(
                self.env._(
                    "%(visit)s is %(state)s: it is signed when the technician is on site.",
                    visit=early[0].display_name,
                    state=early[0]._get_state_label(early[0].state),
                )
            )

    def _check_may_plan(self, vals):
        """Raise when the user may not set what ``vals`` plans: technicians execute, the office
        plans.
        """
        if self.env.su:
            return
        user = self.env.user
        if PLANNING_FIELDS & vals.keys() and not user.has_group(
            "aftersales_service.group_aftersales_agent"
        ):
            raise UserError(
                self.env._(
                    "Visits are planned by the office. Ask your dispatcher to change the "
                    "appointment."
                )
            )
        if vals.get("overlap_reason") and not user.has_group(
            "aftersales_service.group_aftersales_dispatcher"
        ):
            raise UserError(
                self.env._("Only a dispatcher may let visits overlap. Choose another time.")
            )

    def write(self, vals):
        moved = {"technician_id", "date_start", "date_end"} & vals.keys()
        if moved and "overlap_reason" not in vals:
            # A reason was given for one overlap, not for all later ones.
            reasoned = self.filtered(lambda v: v.overlap_reason and v.state != "draft")
            if reasoned and reasoned != self:
                (self - reasoned).write(vals)
                return reasoned.write(vals)
            if reasoned:
                vals = dict(vals, overlap_reason=False)
        result = super().write(vals)
        if vals.get("signature"):
            self._write_past_guard({"signed_on": fields.Datetime.now()})
        if moved:
            self._check_overlaps()
        return result
