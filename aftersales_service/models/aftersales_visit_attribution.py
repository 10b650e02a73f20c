from odoo import models


class AftersalesVisit(models.Model):
    """What the technician found out about the cause (T06)."""

    _name = "aftersales.visit"
    _inherit = ["aftersales.visit", "aftersales.attribution.mixin"]

    def _get_attributed_ticket(self):
        """Return the ticket that takes over who answers for the fault."""
        return self.ticket_id
