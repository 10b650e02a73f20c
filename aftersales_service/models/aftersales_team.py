from odoo import api, fields, models

from .aftersales_ticket import TICKET_TYPES


class AftersalesTeam(models.Model):
    """Who handles which tickets, and in which working hours (T10, T14)."""

    _name = "aftersales.team"
    _description = "Service Team"
    _order = "sequence, name, id"
    _inherit = ["mail.thread"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users", string="Team Leader", domain="[('share', '=', False)]", tracking=True
    )
    agent_ids = fields.Many2many(
        "res.users",
        string="Agents",
        domain="[('share', '=', False)]",
        help="Hotline agents of the team.",
    )
    technician_ids = fields.Many2many("hr.employee", string="Technicians", check_company=True)
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        default=lambda self: self.env.company.resource_calendar_id,
        help="The hours in which service clocks of this team run; empty means round the clock.",
    )
    zone_ids = fields.Many2many("aftersales.zone", string="Zones", help="Empty: all zones.")
    ticket_type = fields.Selection(
        TICKET_TYPES, string="Only Tickets of Type", help="Empty: tickets of every type."
    )
    assignment = fields.Selection(
        [
            ("manual", "By hand"),
            ("balanced", "To the technician with the fewest open tickets"),
            ("skill", "To the one who knows the machine; then the fewest open tickets"),
        ],
        required=True,
        default="manual",
        help="New tickets without technician are given to one who is qualified and not away; the "
        "technician's zone and open tickets decide.",
    )
    assigned_by = fields.Selection(
        [
            ("manager", "The team leader and dispatchers; the hotline while the leader is away"),
            ("hotline", "Everybody on the hotline"),
        ],
        string="Technicians Are Assigned by",
        required=True,
        default="manager",
    )
    ticket_capacity = fields.Integer(
        string="Open Tickets at Most",
        help="For each technician; who has more is assigned last. 0: no limit.",
    )

    _ticket_capacity_positive = models.Constraint(
        "CHECK(ticket_capacity >= 0)", "The number of open tickets at most cannot be negative."
    )
    open_ticket_count = fields.Integer(compute="_compute_ticket_counts", string="Open Tickets")
    unassigned_ticket_count = fields.Integer(compute="_compute_ticket_counts", string="Unassigned")

    def _compute_ticket_counts(self):
        groups = self.env["aftersales.ticket"]._read_group(
            [("team_id", "in", self.ids), ("is_closed", "=", False)],
            ["team_id", "technician_id"],
            ["__count"],
        )
        opened, unassigned = {}, {}
        for team, technician, count in groups:
            opened[team] = opened.get(team, 0) + count
            if not technician:
                unassigned[team] = count
        for team in self:
            team.open_ticket_count = opened.get(team, 0)
            team.unassigned_ticket_count = unassigned.get(team, 0)

    def action_view_open_tickets(self):
        """Open the team's open tickets."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_ticket_action"
        )
        return dict(
            action,
            domain=[("team_id", "=", self.id)],
            context={"default_team_id": self.id, "search_default_filter_open": 1},
        )

    @api.model
    def _get_default_teams(self, tickets):
        """Return {ticket: team}: the first team of its company that takes its type and zone."""
        teams = self.search([("company_id", "in", tickets.company_id.ids)])
        return {
            ticket: teams.filtered(
                lambda team, ticket=ticket: (
                    team.company_id == ticket.company_id
                    and team.ticket_type in (False, ticket.type)
                    and (not team.zone_ids or ticket.zone_id in team.zone_ids)
                )
            )[:1]
            for ticket in tickets
        }

    def _get_open_load(self):
        """Return {technician: number of open tickets} for the teams' technicians, in one query."""
        technicians = self.technician_ids
        load = dict.fromkeys(technicians, 0)
        load.update(
            self.env["aftersales.ticket"]._read_group(
                [("technician_id", "in", technicians.ids), ("is_closed", "=", False)],
                ["technician_id"],
                ["__count"],
            )
        )
        return load
