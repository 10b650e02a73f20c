from odoo import fields, models
from odoo.tools import format_time


class AftersalesVisit(models.Model):
    """What a customer reads of an appointment (T17)."""

    _inherit = "aftersales.visit"

    def _get_first_name(self):
        """Return what the customer calls the technician: the first name is enough."""
        self.ensure_one()
        return self.ticket_id._get_first_name(self.technician_id)

    def _get_window_text(self):
        """Return the day and the window of the appointment in the reader's language and zone."""
        self.ensure_one()
        start = fields.Datetime.context_timestamp(self, self.date_start)
        text = self.ticket_id._format_moment(self.date_start)
        if start.date() == fields.Date.context_today(self):
            text = self.env._("today, %s", text)
        if not self.date_end:
            return text
        end = fields.Datetime.context_timestamp(self, self.date_end)
        if end.date() != start.date():
            return f"{text} – {self.ticket_id._format_moment(self.date_end)}"
        return f"{text}–{format_time(self.env, end.time(), time_format='short')}"
