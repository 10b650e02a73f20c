from odoo import fields, models


class AftersalesExchangeRefuse(models.TransientModel):
    """Asks why no free replacement is given (W09)."""

    _name = "aftersales.exchange.refuse"
    _description = "Refuse Replacement"

    exchange_ids = fields.Many2many("aftersales.exchange", required=True)
    reason = fields.Char(required=True)

    def action_refuse(self):
        """Refuse the proposals with the reason."""
        self.ensure_one()
        self.exchange_ids._refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
