from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesTicket(models.Model):
    """What was promised to the customer of this ticket, and what became of it (S01–S05)."""

    _name = "aftersales.ticket"
    _inherit = ["aftersales.ticket", "aftersales.sla.mixin"]
    _sla_clock_field = "ticket_id"

    clock_ids = fields.One2many(
        "aftersales.sla.clock", "ticket_id", string="SLA Clocks", copy=False
    )
    sla_waits_for_contact = fields.Boolean(compute="_compute_sla_waiting")
    sla_waits_for_answer = fields.Boolean(compute="_compute_sla_waiting")

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
