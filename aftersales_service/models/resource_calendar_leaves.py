from odoo import api, models
from odoo.fields import Domain


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._flag_aftersales_clocks()
        return leaves

    def write(self, vals):
        self._flag_aftersales_clocks()
        result = super().write(vals)
        self._flag_aftersales_clocks()
        return result

    def unlink(self):
        self._flag_aftersales_clocks()
        return super().unlink()

    def _flag_aftersales_clocks(self):
        """Holidays (leaves of nobody in particular) move the deadlines of open clocks (S06)."""
        holidays = self.filtered(lambda leave: not leave.resource_id)
        if not holidays:
            return
        everywhere = any(not leave.calendar_id for leave in holidays)
        calendars = (
            Domain("calendar_id", "!=", False)
            if everywhere
            else Domain("calendar_id", "in", holidays.calendar_id.ids)
        )
        self.env["aftersales.sla.clock"]._flag_stale(calendars)
