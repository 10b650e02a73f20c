from odoo import models


class AftersalesTicketHandover(models.Model):
    """Who passed a ticket on, and why, is part of its record (T13)."""

    _inherit = "aftersales.ticket.handover"

    def unlink(self):
        self.check_access("unlink")
        if not self.ticket_id._is_uninstalling():
            self.ticket_id._check_retention()
        return super().unlink()
