from odoo import api, fields, models
from odoo.exceptions import UserError

SLA_STATES = [
    ("none", "No promise"),
    ("running", "In time"),
    ("warning", "Soon due"),
    ("paused", "Paused"),
    ("late", "Late"),
    ("kept", "Kept"),
    ("broken", "Broken"),
]


class AftersalesTicket(models.Model):
    """What was promised to the customer of this ticket, and what became of it (S01–S05)."""

    _inherit = "aftersales.ticket"

    sla_policy_id = fields.Many2one(
        "aftersales.sla.policy",
        string="SLA Policy",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    sla_explanation = fields.Char(string="Why this SLA", readonly=True, copy=False)
    sla_date_checked = fields.Datetime(readonly=True, copy=False)
    clock_ids = fields.One2many(
        "aftersales.sla.clock", "ticket_id", string="SLA Clocks", copy=False
    )
    sla_date_deadline = fields.Datetime(
        string="Next Deadline",
        compute="_compute_sla",
        store=True,
        index="btree_not_null",
        copy=False,
    )
    sla_state = fields.Selection(
        SLA_STATES,
        string="SLA",
        compute="_compute_sla",
        store=True,
        index=True,
        copy=False,
        default="none",
    )
    sla_waits_for_contact = fields.Boolean(compute="_compute_sla_waiting")
    sla_waits_for_answer = fields.Boolean(compute="_compute_sla_waiting")

    @api.depends(
        "clock_ids.state",
        "clock_ids.date_deadline",
        "clock_ids.date_ended",
        "clock_ids.date_warned",
    )
    def _compute_sla(self):
        for ticket in self:
            clocks = ticket.clock_ids.filtered(lambda c: c.state != "cancelled")
            opened = clocks.filtered("is_open")
            deadlines = opened.filtered(lambda c: c.state != "paused" and c.date_deadline).mapped(
                "date_deadline"
            )
            ticket.sla_date_deadline = min(deadlines, default=False)
            ticket.sla_state = ticket._get_sla_state(clocks, opened)

    def _get_sla_state(self, clocks, opened):
        """Return the worst of what the open clocks say, else what became of the closed ones."""
        states = set(opened.mapped("state"))
        if "breached" in states:
            return "late"
        if opened.filtered(lambda c: c.state == "running" and c.date_warned):
            return "warning"
        if "running" in states:
            return "running"
        if "paused" in states:
            return "paused"
        if "breached" in clocks.mapped("state"):
            return "broken"
        return "kept" if clocks else "none"

    @api.depends("clock_ids.date_ended")
    def _compute_sla_waiting(self):
        for ticket in self:
            kinds = set(ticket.clock_ids.filtered("is_open").mapped("kind"))
            ticket.sla_waits_for_contact = "technician_contact" in kinds
            ticket.sla_waits_for_answer = "answer" in kinds

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals and not vals["active"]:
            self._get_open_clocks()._cancel(self.env._("The ticket was archived."))
        if self._get_sla_triggers() & vals.keys():
            self.filtered(lambda t: t.sla_date_checked and not t.is_closed)._refresh_sla(
                self.env._("The ticket was changed.")
            )
        return result

    @api.model
    def _get_sla_triggers(self):
        """Return the names of the fields whose change may change what is promised (S03)."""
        return {
            "type",
            "channel",
            "emergency",
            "priority",
            "team_id",
            "zone_id",
            "site_id",
            "asset_id",
            "partner_id",
            "service_category",
            "company_id",
            "active",
        }

    def action_contact_customer(self):
        """The technician spoke with the customer: the promised call is kept (T02).

        :raise UserError: when a ticket is closed
        """
        self._check_open_for_sla()
        self._reach_sla("technician_contact")
        self._message_log_batch(
            bodies={ticket.id: self.env._("The technician called the customer.") for ticket in self}
        )

    def action_answer_customer(self):
        """The customer has our answer, by phone or in person (S02: enquiries, complaints).

        :raise UserError: when a ticket is closed
        """
        self._check_open_for_sla()
        self._reach_sla("answer")
        self._message_log_batch(
            bodies={ticket.id: self.env._("The customer was answered.") for ticket in self}
        )

    def action_view_clocks(self):
        """Open the ticket's clocks with their logs."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_sla_clock_action"
        )
        return dict(action, domain=[("ticket_id", "=", self.id)], context={})

    def _check_open_for_sla(self):
        """Raise unless the user may write the tickets and they are open."""
        self.check_access("write")
        closed = self.filtered("is_closed")
        if closed:
            raise UserError(
                self.env._("%(ticket)s is closed already.", ticket=closed[0].display_name)
            )

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        # The first message that the customer can read is a response and an answer; what Odoo sends
        # by itself is not.
        public = (
            message.message_type in ("comment", "email_outgoing")
            and not message.subtype_id.internal
        )
        if (
            public
            and message.subtype_id
            and message.author_id
            and not message.author_id.partner_share
        ):
            self._reach_sla("answer", message.date)
        return result

    def _on_created(self):
        result = super()._on_created()
        self._start_sla()
        return result

    def _on_stage_changed(self, stages_before):
        result = super()._on_stage_changed(stages_before)
        tickets = self.filtered("sla_date_checked")
        tickets.filtered(lambda t: t.stage_id.kind == "solved")._reach_sla("solution")
        # Solved but not closed, and now worked on again: the customer was not satisfied (R03).
        tickets.filtered(
            lambda t: (
                stages_before[t].kind == "solved" and t.stage_id.kind not in ("solved", "closed")
            )
        )._restart_sla()
        tickets.filtered(lambda t: not t.is_closed)._sync_sla_pauses()
        return result

    def _on_closed(self):
        result = super()._on_closed()
        self._reach_sla("close")
        return result

    def _on_reopened(self):
        result = super()._on_reopened()
        self._restart_sla()
        return result
