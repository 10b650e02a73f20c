from odoo import models


class AftersalesTicketStageLog(models.Model):
    """The stages a ticket went through are part of its record (T13)."""

    _inherit = "aftersales.ticket.stage.log"

    def unlink(self):
        self.check_access("unlink")
        if not self.ticket_id._is_uninstalling():
            self.ticket_id._check_retention()
        return super().unlink()
