from odoo import fields, models


class AftersalesRenewalLose(models.TransientModel):
    """Asks why no more cover was sold (W10)."""

    _name = "aftersales.renewal.lose"
    _description = "Nothing Sold"

    renewal_ids = fields.Many2many("aftersales.renewal", required=True)
    reason = fields.Char(required=True)

    def action_lose(self):
        """Mark as lost, with the reason."""
        self.ensure_one()
        self.renewal_ids._lose(self.reason)
        return {"type": "ir.actions.act_window_close"}
