from odoo import fields, models


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    # The business partner who passes matters on has a name here (T01).
    channel = fields.Selection(selection_add=[("partner", "Dealer")])
    dealer_id = fields.Many2one(
        related="asset_id.dealer_id", store=True, index="btree_not_null", string="Dealer"
    )

    def _may_report(self, owner):
        """A dealer may also report faults of what it sold to ``owner`` (D03)."""
        return super()._may_report(owner) or (
            bool(self.asset_id.dealer_id)
            and self.asset_id.dealer_id == self.partner_id.commercial_partner_id
        )
