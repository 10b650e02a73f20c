from odoo import models


class AftersalesTicket(models.Model):
    """What dealers did with a ticket is part of its record (T13)."""

    _inherit = "aftersales.ticket"

    def _get_personal_parts(self):
        texts = {
            "technician_name",
            "technician_phone",
            "work_done",
            "promise",
            "supervision",
            "hand_back_reason",
        }
        return {
            **super()._get_personal_parts(),
            "aftersales.dealer.dispatch": ("ticket_id", texts),
        }
