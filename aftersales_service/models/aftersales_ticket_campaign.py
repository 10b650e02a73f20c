from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .aftersales_campaign_line import DONE_STATES


class AftersalesTicket(models.Model):
    """A ticket shows the campaigns of its machine, and does their work (W15)."""

    _inherit = "aftersales.ticket"

    campaign_id = fields.Many2one(
        "aftersales.campaign",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        help="The campaign whose work this ticket is for: its cover applies.",
    )
    campaign_line_ids = fields.One2many(
        "aftersales.campaign.line", "ticket_id", string="Campaign Units", readonly=True
    )
    campaign_unit_count = fields.Integer(compute="_compute_campaign_unit_count")
    open_campaign_line_ids = fields.Many2many(
        related="asset_id.open_campaign_line_ids", string="Open Campaigns"
    )

    @api.depends("campaign_line_ids")
    def _compute_campaign_unit_count(self):
        for ticket in self:
            ticket.campaign_unit_count = len(ticket.campaign_line_ids)

    @api.constrains("campaign_id", "asset_id")
    def _check_campaign(self):
        tickets = self.filtered(lambda ticket: ticket.campaign_id and ticket.asset_id)
        if not tickets:
            return
        # Whoever edits the ticket is told, with rights on campaigns or without.
        groups = (
            self.env["aftersales.campaign.line"]
            .sudo()
            ._read_group(
                [
                    ("campaign_id", "in", tickets.campaign_id.ids),
                    ("asset_id", "in", tickets.asset_id.ids),
                ],
                ["campaign_id", "asset_id"],
            )
        )
        affected = {(campaign.id, asset.id) for campaign, asset in groups}
        for ticket in tickets:
            if (ticket.campaign_id.id, ticket.asset_id.id) not in affected:
                raise ValidationError(
                    self.env._(
                        "%(ticket)s: %(asset)s is not affected by “%(campaign)s”. Choose another "
                        "campaign, or add the serial to it.",
                        ticket=ticket.name,
                        asset=ticket.asset_id.display_name,
                        # The name only, for the message.
                        campaign=ticket.campaign_id.sudo().display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets.filtered("campaign_id")._schedule_campaign_units()
        return tickets

    def write(self, vals):
        result = super().write(vals)
        if {"campaign_id", "asset_id"} & vals.keys():
            self.filtered("campaign_id")._schedule_campaign_units()
        return result

    @api.model
    def _get_entitlement_triggers(self):
        return super()._get_entitlement_triggers() | {"campaign_id"}

    def _prepare_entitlement_question(self):
        question = super()._prepare_entitlement_question()
        return question and dict(question, campaign=self.campaign_id)

    def _schedule_campaign_units(self):
        """The units of the tickets' machines are scheduled with them."""
        # Units follow their tickets, which the user was allowed to write.
        lines = self.env["aftersales.campaign.line"].sudo()
        lines = lines.search(
            [
                ("campaign_id", "in", self.campaign_id.ids),
                ("asset_id", "in", self.asset_id.ids),
                ("state", "not in", DONE_STATES),
                ("ticket_id", "=", False),
            ]
        )
        tickets = {(t.campaign_id.id, t.asset_id.id): t for t in self if not t.is_closed}
        for line in lines:
            ticket = tickets.get((line.campaign_id.id, line.asset_id.id))
            if ticket:
                line._schedule(ticket_id=ticket.id)

    def _prepare_visit_vals(self):
        vals = super()._prepare_visit_vals()
        # One journey for all machines of the campaign at this place.
        assets = self.campaign_line_ids.asset_id
        return dict(vals, asset_ids=[fields.Command.set((self.asset_id | assets).ids)])

    def _prepare_repair_vals(self):
        return dict(super()._prepare_repair_vals(), aftersales_campaign_id=self.campaign_id.id)

    def _is_finished(self):
        """Whether the ticket is solved or closed."""
        self.ensure_one()
        return self.is_closed or self.stage_id.kind == "solved"

    def _on_stage_changed(self, stages_before):
        result = super()._on_stage_changed(stages_before)
        changed = self.filtered(
            lambda t: t._is_finished() or stages_before[t].kind in ("solved", "closed")
        )
        if not changed:
            return result
        # As above: units follow their tickets.
        lines = self.env["aftersales.campaign.line"].sudo()
        lines = lines.search([("ticket_id", "in", changed.ids)])
        finished = lines.filtered(lambda line: line.ticket_id._is_finished())
        finished.filtered(lambda line: line.state == "scheduled")._finish_with_ticket()
        (lines - finished).filtered(lambda line: line.state == "done")._reopen_with_ticket()
        return result

    def action_view_campaign_units(self):
        """Open the machines that this ticket is for."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_campaign_line_action"
        )
        return dict(action, domain=[("ticket_id", "=", self.id)], context={})


class AftersalesCampaignLine(models.Model):
    _inherit = "aftersales.campaign.line"

    def action_do_now(self):
        """Do the campaign's work together with the ticket or visit that the context names in
        ``aftersales_ticket_id`` or ``aftersales_visit_id`` (W15).

        :raise UserError: when the campaign is not open or the unit is done
        """
        self.ensure_one()
        self._check_campaign_open()
        ticket = self.env["aftersales.ticket"].browse(self.env.context.get("aftersales_ticket_id"))
        visit = self.env["aftersales.visit"].browse(self.env.context.get("aftersales_visit_id"))
        document = ticket or visit
        document.check_access("write")
        if ticket and not ticket.campaign_id and ticket.asset_id == self.asset_id:
            ticket.campaign_id = self.campaign_id
        # The unit follows the ticket or visit that the user may write.
        line = self.sudo()
        line._schedule(
            ticket_id=ticket.id or line.ticket_id.id, visit_id=visit.id or line.visit_id.id
        )
        return True

    def _schedule(self, **values):
        """The work is planned with a ticket or visit, given in ``values``."""
        self.filtered(lambda line: line.state != "scheduled")._set_state("scheduled")
        self._write_past_guard(values)

    def _finish_with_ticket(self):
        """The tickets of these units are solved: so are the units, but for those no visit went
        to.
        """
        visits = self.ticket_id.visit_ids.filtered(lambda visit: visit.state == "done")
        visited = {ticket: own.asset_ids for ticket, own in visits.grouped("ticket_id").items()}
        left = self.filtered(
            lambda line: line.ticket_id in visited and line.asset_id not in visited[line.ticket_id]
        )
        (self - left)._set_state("done", date_done=fields.Date.context_today(self))
        # They are planned again.
        informed = left.filtered("date_informed")
        informed._set_state("informed", ticket_id=False)
        (left - informed)._set_state("open", ticket_id=False)

    def _reopen_with_ticket(self):
        """The tickets of these units are open again: the work was not done."""
        self._set_state("scheduled", date_done=False)
