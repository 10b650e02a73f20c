from odoo import fields, models
from odoo.fields import Domain


class HrEmployee(models.Model):
    """The skills of technicians that count today (T10, Q03)."""

    _inherit = "hr.employee"

    def _get_aftersales_skills(self, day=None):
        """Return {employee: {skill id: line of the skill}} as valid on ``day`` (date, today when
        left out), in one query; of several levels the highest.
        """
        day = day or fields.Date.context_today(self)
        lines = self.env["hr.employee.skill"].search(
            Domain("employee_id", "in", self.ids)
            & (Domain("valid_from", "=", False) | Domain("valid_from", "<=", day))
            & (Domain("valid_to", "=", False) | Domain("valid_to", ">=", day))
        )
        skills = {employee: {} for employee in self}
        for line in lines.sorted("level_progress"):
            skills[line.employee_id][line.skill_id.id] = line
        return skills
