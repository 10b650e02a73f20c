from odoo import fields, models


class AftersalesUnquotedStart(models.TransientModel):
    """Asks a manager why paid work starts without an accepted quotation (T11)."""

    _name = "aftersales.unquoted.start"
    _description = "Start without Quotation"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_allow(self):
        """Let the work start, with the reason."""
        self.ensure_one()
        self.ticket_id.action_allow_unquoted(reason=self.reason)
        return {"type": "ir.actions.act_window_close"}
