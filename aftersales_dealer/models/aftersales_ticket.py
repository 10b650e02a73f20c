from odoo import fields, models


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    dealer_id = fields.Many2one(
        related="asset_id.dealer_id", store=True, index="btree_not_null", string="Dealer"
    )

    def _may_report(self, owner):
        """A dealer may also report faults of what it sold to ``owner`` (D03)."""
        return super()._may_report(owner) or (
            bool(self.asset_id.dealer_id)
            and self.asset_id.dealer_id == self.partner_id.commercial_partner_id
        )
