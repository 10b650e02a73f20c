from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date


class AftersalesTicket(models.Model):
    """Tickets of people who are away wait for nobody: they are listed and given to others (T14)."""

    _inherit = "aftersales.ticket"

    technician_away = fields.Boolean(
        compute="_compute_technician_away",
        search="_search_technician_away",
        help="The technician is on leave or out of office.",
    )
    technician_back = fields.Char(string="Back on", compute="_compute_technician_away")

    @api.depends("technician_id")
    def _compute_technician_away(self):
        presences = self.technician_id._get_aftersales_presence()
        for ticket in self:
            presence = presences.get(ticket.technician_id)
            ticket.technician_away = bool(presence and presence.away)
            ticket.technician_back = (
                format_date(self.env, presence.free_from.date())
                if presence and presence.away and presence.free_from
                else False
            )

    @api.model
    def _search_technician_away(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: only the technicians of teams, and only whether they are there.
        teams = (
            self.env["aftersales.team"]
            .sudo()
            .search([("company_id", "in", self.env.companies.ids)])
        )
        presences = teams.technician_ids._get_aftersales_presence()
        away = [employee.id for employee, presence in presences.items() if presence.away]
        return Domain("technician_id", "in", away) & Domain("is_closed", "=", False)

    def action_reassign_absent(self):
        """Give open tickets of technicians who are away to others of their teams (T14).

        :raise UserError: when a ticket is closed, its technician is there, the user may not
            assign, or nobody else can take any
        """
        self._check_open_for_assignment()
        present = self.filtered(lambda t: not t.technician_away)
        if present:
            raise UserError(
                self.env._(
                    "%(ticket)s: %(name)s is not away. Choose tickets of people who are.",
                    ticket=present[0].display_name,
                    name=present[0].technician_id.display_name or self.env._("nobody"),
                )
            )
        self._check_may_assign()
        before = {ticket: ticket.technician_id for ticket in self}
        taken = self._assign_by_team()
        for technician, tickets in taken.grouped("technician_id").items():
            handovers = tickets._record_handover("absence", "absence", False, technician)
            for handover in handovers:
                handover.technician_id = before[handover.ticket_id]
        if not taken:
            raise UserError(
                "\n".join(f"{ticket.name}: {ticket.assignment_explanation}" for ticket in self[:5])
            )
