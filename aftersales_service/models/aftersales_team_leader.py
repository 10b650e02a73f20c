from datetime import timedelta

from odoo import fields, models

from ..tools.assignment import first_moment


class AftersalesTeam(models.Model):
    """Whether somebody leads the team right now (T10)."""

    _inherit = "aftersales.team"

    def _get_led_now(self):
        """Return the teams whose leader is at work at this moment.

        A leader who is no employee works in the team's hours, unless out of office.
        """
        now = fields.Datetime.now()
        # sudo: only whether the leader is there is told, to whoever wants to assign.
        teams = self.sudo().filtered("user_id")
        employees = {team: team._get_leader_employee() for team in teams}
        presences = self.env["hr.employee"].union(*employees.values())._get_aftersales_presence(now)
        led = self.browse()
        for team, employee in employees.items():
            present = (
                presences[employee].free_from == now if employee else team._is_working_now(now)
            )
            if present:
                led |= team
        return led.sudo(self.env.su)

    def _get_leader_employee(self):
        """Return the leader's employee in the team's company, as superuser."""
        self.ensure_one()
        return self.user_id.employee_ids.filtered(lambda e: e.company_id == self.company_id)[:1]

    def _is_working_now(self, now):
        """Whether the team's hours run and its leader has not set an out-of-office notice."""
        self.ensure_one()
        if self.user_id.is_out_of_office:
            return False
        calendar, soon = self.resource_calendar_id, now + timedelta(days=1)
        hours = calendar._get_working_time(self.company_id, now, soon)
        return first_moment(hours.spans, now) == now
