from odoo import models


class AftersalesTicket(models.Model):
    """Who is told of a ticket's promises, and what a step of escalation does to it (S04)."""

    _inherit = "aftersales.ticket"

    def _get_sla_people(self):
        self.ensure_one()
        department = (
            self.technician_id.department_id
            or self.user_id.with_company(self.company_id).employee_id.department_id
            or self.team_id.department_id
        )
        return {
            "agent": self.user_id,
            "technician": self.technician_id.user_id,
            "leader": self.team_id.user_id,
            "head": department.manager_id.user_id,
        }

    def _raise_sla_priority(self):
        for priority, tickets in self.grouped("priority").items():
            if priority < "2":
                tickets.write({"priority": str(int(priority) + 1)})

    def _hand_over_sla(self, user):
        # Without a mail for each of them (S07).
        others = self.filtered(lambda ticket: ticket.user_id != user)
        others.with_context(mail_auto_subscribe_no_notify=True).write({"user_id": user.id})
