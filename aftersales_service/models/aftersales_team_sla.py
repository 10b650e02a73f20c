from odoo import fields, models
from odoo.fields import Domain


class AftersalesTeam(models.Model):
    """Clocks count in the hours of the team, and are escalated to its department (S03, S04)."""

    _inherit = "aftersales.team"

    department_id = fields.Many2one(
        "hr.department",
        check_company=True,
        index="btree_not_null",
        help="Its manager is told by the steps of escalation that go to the department head, where "
        "neither technician nor agent has a department.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            self.env["aftersales.sla.clock"]._flag_stale(Domain("team_id", "in", self.ids))
        return result
