from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# The numbers beside "open" and "unassigned", which lists of teams show as well.
COUNTS = (
    "late",
    "warning",
    "waiting",
    "emergency",
    "today",
    "reopened",
    "mine",
)


class AftersalesTeam(models.Model):
    """The managers' start page: what each team has on its hands, each number a door to exactly
    the tickets it counts.
    """

    _inherit = "aftersales.team"

    late_ticket_count = fields.Integer(compute="_compute_overview", string="Late")
    warning_ticket_count = fields.Integer(compute="_compute_overview", string="Soon Due")
    waiting_ticket_count = fields.Integer(compute="_compute_overview", string="Waiting")
    emergency_ticket_count = fields.Integer(compute="_compute_overview", string="Emergencies")
    today_ticket_count = fields.Integer(compute="_compute_overview", string="New Today")
    reopened_ticket_count = fields.Integer(compute="_compute_overview", string="Reopened")
    mine_ticket_count = fields.Integer(compute="_compute_overview", string="My Tickets")
    missed_call_count = fields.Integer(compute="_compute_missed_calls", string="Calls to Return")

    @api.model
    def _get_overview_domains(self):
        """Return {name of the count: domain of the tickets it counts, of all teams}."""
        opened = Domain("is_closed", "=", False)
        mine = Domain("user_id", "=", self.env.uid) | Domain(
            "technician_id.user_id", "=", self.env.uid
        )
        return {
            "open": opened,
            "unassigned": opened & Domain("technician_id", "=", False),
            "late": opened & Domain("sla_state", "=", "late"),
            "warning": opened & Domain("sla_state", "=", "warning"),
            "waiting": opened & Domain("stage_id.kind", "=", "waiting"),
            "emergency": opened & Domain("emergency", "=", True),
            "today": Domain("date_open", ">=", "today"),
            "reopened": opened & Domain("reopen_count", ">", 0),
            "mine": opened & mine,
        }

    @api.depends_context("uid", "tz", "allowed_company_ids")
    def _compute_overview(self):
        tickets = self.env["aftersales.ticket"]
        domains = self._get_overview_domains()
        for name in COUNTS:
            counts = dict(
                # One query for all teams; the rules on tickets count along.
                tickets._read_group(
                    domains[name] & Domain("team_id", "in", self.ids), ["team_id"], ["__count"]
                )
            )
            for team in self:
                team[f"{name}_ticket_count"] = counts.get(team, 0)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_missed_calls(self):
        calls, counts = self.env["aftersales.call"], {}
        if calls.has_access("read"):
            domain = Domain(calls._get_missed_domain()) & Domain("team_id", "in", self.ids)
            counts = dict(calls._read_group(domain, ["team_id"], ["__count"]))
        for team in self:
            team.missed_call_count = counts.get(team, 0)

    def action_view_overview(self, count=None):
        """Open the team's tickets that a number of the overview counts.

        :param count: name of the number (see ``_get_overview_domains``); None: the one that the
            context names in ``overview_count``
        :raise UserError: when there is no such number
        """
        self.ensure_one()
        count = count or self.env.context.get("overview_count", "open")
        domains = self._get_overview_domains()
        if count not in domains:
            raise UserError(
                self.env._(
                    "%(team)s: there is no number “%(count)s” on the overview. Choose one of "
                    "%(counts)s.",
                    team=self.display_name,
                    count=count,
                    counts=", ".join(domains),
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_ticket_action"
        )
        label = self._fields[f"{count}_ticket_count"]._description_string(self.env)
        # The number decides: no filter of the search bar beside it, so the title says which.
        return dict(
            action,
            display_name=f"{self.display_name}: {label}",
            domain=list(domains[count] & Domain("team_id", "=", self.id)),
            context={"default_team_id": self.id},
        )

    def action_view_missed_calls(self):
        """Open the team's calls that are to be returned."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_call_action"
        )
        domain = Domain(self.env["aftersales.call"]._get_missed_domain())
        return dict(action, domain=list(domain & Domain("team_id", "=", self.id)), context={})
