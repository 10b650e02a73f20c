from odoo import api, fields, models


class AftersalesAsset(models.Model):
    """A replacement stays with the dealer who sold what it replaces (W16, D02)."""

    _inherit = "aftersales.asset"

    registration_id = fields.Many2one(recursive=True)

    @api.depends("replaces_id.registration_id")
    def _compute_registration(self):
        """The card of the replaced asset counts for its replacement: it was sold once."""
        result = super()._compute_registration()
        for asset in self.filtered(lambda a: a.replaces_id and not a.registration_id):
            card = asset.replaces_id.registration_id
            if card:
                asset.registration_id = card
                asset.registration_state = "late" if card.late else "registered"
        return result

    def _on_replaced(self, replacement, date):
        """Hand on the dealer, and that an end user has it; what an asset knows itself stays."""
        result = super()._on_replaced(replacement, date)
        replacement.write(
            {
                "dealer_id": (replacement.dealer_id or self.dealer_id).id,
                "date_sale_end_user": replacement.date_sale_end_user
                or (self.date_sale_end_user and date),
            }
        )
        return result
