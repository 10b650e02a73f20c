from odoo import models


class AftersalesAsset(models.Model):
    """The issued card names the owner: it is outdated when the asset has another one (W05)."""

    _inherit = "aftersales.asset"

    # For the public check page: as typed by people, case and blanks do not matter (W14).
    _check_serial_idx = models.Index(
        "(company_id, upper(regexp_replace(serial, '\\s', '', 'g'))) WHERE serial IS NOT NULL"
    )

    def write(self, vals):
        moved = self.browse()
        if "partner_id" in vals:
            moved = self.filtered(lambda asset: asset.partner_id.id != vals["partner_id"])
        result = super().write(vals)
        # Who may change the owner makes the card wrong, with or without rights on warranties.
        # They may come one by one out of a batch, whose warranties are read together.
        moved.with_prefetch(self._prefetch_ids).sudo().warranty_ids._mark_outdated()
        return result
