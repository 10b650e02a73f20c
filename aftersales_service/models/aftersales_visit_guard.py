from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_service.models.aftersales_visit import PLANNING_FIELDS, VOUCHER_FIELDS


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
        super()._check_frozen(vals)
        self._check_may_plan(vals)
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
        if vals.get("signature"):
            vals = dict(vals, signed_on=fields.Datetime.now())
        result = super().write(vals)
        if moved:
            self._check_overlaps()
        return result
