from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.aftersales_ticket import TICKET_TYPES


class AftersalesCampaignPlan(models.TransientModel):
    """Makes the tickets by which a campaign's work is planned: one a place, or one a machine
    (W15).
    """

    _name = "aftersales.campaign.plan"
    _description = "Make Tickets for Campaign Units"

    campaign_id = fields.Many2one("aftersales.campaign", required=True, readonly=True)
    company_id = fields.Many2one(related="campaign_id.company_id")
    line_ids = fields.Many2many("aftersales.campaign.line", string="Units")
    chosen = fields.Boolean(compute="_compute_counts")
    unit_count = fields.Integer(string="Machines to Plan", compute="_compute_counts")
    ticket_count = fields.Integer(string="Tickets to Make", compute="_compute_counts")
    mode = fields.Selection(
        [("site", "One for all machines at a place"), ("unit", "One for each machine")],
        string="Tickets",
        required=True,
        default="site",
    )
    type = fields.Selection(TICKET_TYPES, required=True, default="preventive")
    team_id = fields.Many2one(
        "aftersales.team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        domain="[('company_id', '=', company_id)]",
    )

    @api.depends("campaign_id")
    def _compute_team_id(self):
        for wizard in self:
            wizard.team_id = wizard.campaign_id.team_id

    @api.depends("campaign_id", "line_ids", "mode")
    def _compute_counts(self):
        for wizard in self:
            lines = wizard._get_lines()
            wizard.chosen = bool(wizard.line_ids)
            wizard.unit_count = len(lines)
            wizard.ticket_count = len(wizard._group(lines))

    def _get_lines(self):
        """Return the units to plan: those chosen, else all at customers; without a ticket."""
        self.ensure_one()
        domain = [
            ("campaign_id", "=", self.campaign_id.id),
            ("asset_id", "!=", False),
            ("ticket_id", "=", False),
            ("state", "in", ("open", "informed", "not_found")),
        ]
        if self.line_ids:
            domain.append(("id", "in", self.line_ids.ids))
        return self.env["aftersales.campaign.line"].search(domain, order="partner_id, id")

    def _group(self, lines):
        """Return the units of each ticket."""
        if self.mode == "unit":
            return list(lines)
        lines.asset_id.fetch(["partner_id", "site_id"])
        return list(lines.grouped(lambda line: (line.partner_id, line.asset_id.site_id)).values())

    def action_make(self):
        """Make the tickets, once for each unit, and show them.

        :raise UserError: when the campaign is not open or nothing is left to plan
        """
        self.ensure_one()
        self.campaign_id.lock_for_update()
        lines = self._get_lines()
        lines._check_campaign_open()
        if not lines:
            raise UserError(
                self.env._(
                    "%(campaign)s: no unit is left to plan. They have a ticket, are done, or are "
                    "not delivered yet.",
                    campaign=self.campaign_id.display_name,
                )
            )
        groups = self._group(lines)
        tickets = self.env["aftersales.ticket"].create(
            [self._prepare_ticket_vals(group) for group in groups]
        )
        for ticket, group in zip(tickets, groups, strict=True):
            # Dispatchers plan; the units are not theirs to edit otherwise.
            group.sudo()._schedule(ticket_id=ticket.id)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_ticket_action"
        )
        return dict(action, domain=[("id", "in", tickets.ids)], context={})

    def _prepare_ticket_vals(self, lines):
        """Return the values of the ticket for the units ``lines`` of one owner."""
        campaign, partner = self.campaign_id, lines[0].partner_id
        told = campaign.with_context(lang=partner.lang or self.env.lang)
        return {
            "subject": f"{told.title} ({lines._format_serials(limit=5)})",
            "type": self.type,
            "channel": "campaign",
            "campaign_id": campaign.id,
            "company_id": campaign.company_id.id,
            "partner_id": partner.id,
            "asset_id": lines[0].asset_id.id,
            "site_id": (lines[0].asset_id.site_id or partner).id,
            "team_id": self.team_id.id,
            "description": told.customer_text,
        }
