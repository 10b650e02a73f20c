from odoo import fields, models


class AftersalesWarrantyVoid(models.TransientModel):
    """Asks why warranties are voided; there is no voiding without a reason (W05)."""

    _name = "aftersales.warranty.void"
    _description = "Void Warranty"

    warranty_ids = fields.Many2many("aftersales.warranty", required=True)
    reason = fields.Char(required=True)

    def action_void(self):
        """Void the warranties with the reason."""
        self.ensure_one()
        self.warranty_ids._void(self.reason)
        return {"type": "ir.actions.act_window_close"}
