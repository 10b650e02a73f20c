from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime


class AftersalesTicket(models.Model):
    """A ticket about two matters becomes two (T09)."""

    _inherit = "aftersales.ticket"

    def action_split(self):
        """Open the dialog that moves a second matter to a ticket of its own (T09)."""
        self.ensure_one()
        self._check_not_merged()
        return self._get_dialog_action("split", default_ticket_id=self.id)

    def _split(self, vals, messages):
        """Make a ticket of its own for the second matter and return it.

        Its clocks start when the customer told us of it: with the first of ``messages``, else when
        this ticket was opened.

        :param vals: dict of values of the new ticket (subject, asset, symptom…)
        :param messages: mail.message of this ticket that are about it; they move with their files
        :raise UserError: when the user is no agent or a message belongs elsewhere
        """
        self.ensure_one()
        self._check_desk()
        self.check_access("write")
        self._check_not_merged()
        # sudo: whoever may write the ticket reads its messages.
        messages = messages.sudo()
        if any(m.model != self._name or m.res_id != self.id for m in messages):
            raise UserError(
                self.env._(
                    "%(ticket)s: choose among the messages of this ticket.",
                    ticket=self.display_name,
                )
            )
        date = min(messages.mapped("date"), default=self.date_open)
        ticket = self.create(self._prepare_split_vals(vals, max(date, self.date_open)))
        self._move_messages(messages, ticket)
        partners = self.message_partner_ids - self.env.user.partner_id
        ticket.message_subscribe(partner_ids=partners.ids)
        ticket._link_to(self, "related", note=self.env._("Split from %s", self.name))
        when = format_datetime(self.env, ticket.date_open, dt_format="short")
        ticket._message_log(
            body=self.env._(
                "Split from %(ticket)s. Its clocks run since %(date)s, when the customer told us "
                "of it.",
                ticket=self.display_name,
                date=when,
            )
        )
        self._message_log(
            body=self.env._(
                "Another matter became %(ticket)s; %(count)s messages went with it.",
                ticket=ticket.display_name,
                count=len(messages),
            )
        )
        return ticket

    def _prepare_split_vals(self, vals, date):
        """Return the values of the ticket that is split off, reported on ``date`` (UTC)."""
        self.ensure_one()
        kept = ("partner_id", "caller_id", "site_id", "zone_id", "team_id", "company_id", "user_id")
        return {
            **{name: self[name].id for name in kept},
            "caller_name": self.caller_name,
            "caller_phone": self.caller_phone,
            "channel": self.channel,
            "type": self.type,
            "date_open": date,
            "date_failure": fields.Datetime.context_timestamp(self, date).date(),
            "parent_id": False,
            **vals,
        }

    def _move_messages(self, messages, ticket):
        """Move ``messages`` with their files to ``ticket``: answers to them land there."""
        files = messages.attachment_ids.filtered(
            lambda a: a.res_model == self._name and a.res_id == self.id
        )
        # sudo: only administrators change where a message belongs; the caller checked the ticket.
        messages.sudo().write({"res_id": ticket.id})
        # As above.
        files.sudo().write({"res_id": ticket.id})
