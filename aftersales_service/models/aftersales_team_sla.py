from odoo import models
from odoo.fields import Domain


class AftersalesTeam(models.Model):
    """Clocks count in the hours of the team."""

    _inherit = "aftersales.team"

    def write(self, vals):
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            self.env["aftersales.sla.clock"]._flag_stale(Domain("team_id", "in", self.ids))
        return result
