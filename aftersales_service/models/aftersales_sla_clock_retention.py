from odoo import models


class AftersalesSlaClock(models.Model):
    """Clocks and their logs are part of the ticket's record (T13)."""

    _inherit = "aftersales.sla.clock"

    def unlink(self):
        self.check_access("unlink")
        if not self.ticket_id._is_uninstalling():
            self.ticket_id._check_retention()
        return super().unlink()
