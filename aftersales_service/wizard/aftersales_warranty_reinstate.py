from odoo import fields, models


class AftersalesWarrantyReinstate(models.TransientModel):
    """Asks why void warranties are reinstated (W05)."""

    _name = "aftersales.warranty.reinstate"
    _description = "Reinstate Warranty"

    warranty_ids = fields.Many2many("aftersales.warranty", required=True)
    reason = fields.Char(required=True)

    def action_reinstate(self):
        """Reinstate the warranties with the reason."""
        self.ensure_one()
        self.warranty_ids._reinstate(self.reason)
        return {"type": "ir.actions.act_window_close"}
