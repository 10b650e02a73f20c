from odoo import models


class AftersalesDealerDispatch(models.Model):
    """Which dealer had a ticket, and what came of it, is part of the ticket's record (T13)."""

    _inherit = "aftersales.dealer.dispatch"

    def unlink(self):
        self.check_access("unlink")
        if not self.ticket_id._is_uninstalling():
            self.ticket_id._check_retention()
        return super().unlink()
