from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import consteq, format_datetime
from odoo.tools.misc import hmac

SCOPE = "aftersales-ticket-customer-link"


class AftersalesTicket(models.Model):
    """The one link with which a customer follows a ticket without logging in (T17).

    Nothing secret is stored: the link is signed with the database's key for this ticket, its
    customer and the number of the link. Another customer or a new number makes it worthless, and
    ``link_date`` says from when its days count. Odoo's own ``access_token``, which never ends,
    opens neither the page nor the messages of a ticket.
    """

    _inherit = "aftersales.ticket"

    link_version = fields.Integer(
        string="Number of the Customer Link", readonly=True, copy=False, groups="base.group_user"
    )
    link_date = fields.Datetime(
        string="Customer Link Made", readonly=True, copy=False, groups="base.group_user"
    )
    link_date_end = fields.Datetime(
        string="Customer Link Ends",
        compute="_compute_link_date_end",
        groups="base.group_user",
        help="Days after it was made, or after the ticket was closed (settings of the company).",
    )

    @api.depends(
        "link_date",
        "date_closed",
        "company_id.aftersales_link_days",
        "company_id.aftersales_link_closed_days",
    )
    def _compute_link_date_end(self):
        for ticket in self:
            if not ticket.link_date:
                ticket.link_date_end = False
                continue
            # Settings of the company, which those who handle tickets need not be able to read.
            company, end = ticket.company_id.sudo(), ticket._get_link_date_last()
            if ticket.date_closed:
                last = max(ticket.date_closed, ticket.link_date)
                end = min(end, last + timedelta(days=company.aftersales_link_closed_days))
            ticket.link_date_end = end

    def _get_link_date_last(self):
        """Return when the link ends at the latest, closed or not."""
        self.ensure_one()
        # As above.
        days = self.company_id.sudo().aftersales_link_days
        return self.link_date + timedelta(days=days)

    def _is_link_live(self):
        """Whether the ticket's present link opens its page."""
        self.ensure_one()
        return bool(self.link_date_end and fields.Datetime.now() < self.link_date_end)

    def _get_customer_link(self):
        """Return the address (str) on which the customer follows the ticket without login (T17).

        The same one as long as it is valid; a new one when there is none, or it has ended or was
        revoked. Give it to the ticket's customer or caller only.
        """
        self.ensure_one()
        return self._get_customer_links()[self]

    def _get_customer_links(self):
        """Return {ticket: address} like ``_get_customer_link``; new ones are made in one batch."""
        # Mails to the customer are sent by whoever works on the ticket: the link is the system's.
        tickets = self.sudo()
        tickets.filtered(lambda t: not t._is_link_live())._renew_link()
        return {
            ticket: f"{ticket.get_base_url()}/service/{ticket.id}/{ticket._sign_link()}"
            for ticket in tickets
        }

    def _renew_link(self):
        """Give the tickets a new link and log it."""
        if not self:
            return
        for version, tickets in self.grouped("link_version").items():
            tickets._write_past_guard(
                {"link_version": version + 1, "link_date": fields.Datetime.now()}
            )
        self._message_log_batch(
            bodies={
                ticket.id: self.env._(
                    "A link for the customer was made. It is valid until %s.",
                    format_datetime(self.env, ticket.link_date_end),
                )
                for ticket in self
            }
        )

    def _sign_link(self):
        """Return the signature (str) of the ticket's present link."""
        self.ensure_one()
        # The key is read by the system only, and does not leave it.
        ticket = self.sudo()
        return hmac(ticket.env, SCOPE, (ticket.id, ticket.link_version, ticket.partner_id.id))

    @api.model
    def _find_by_link(self, ticket_id, signature):
        """Return the ticket (sudo) that the visitor's link opens, or an empty recordset; the same
        for what is unknown, forged, ended and revoked (T17).

        :param ticket_id: id (int) and ``signature`` (str) from the address
        """
        # The signature is the permission: it is compared before anything is given back.
        ticket = self.sudo().browse(ticket_id).exists() or self.sudo()
        expected = ticket._sign_link() if ticket else hmac(self.sudo().env, SCOPE, (ticket_id,))
        is_right = consteq(expected, signature if signature.isascii() else "")
        return ticket if is_right and ticket and ticket._is_link_live() else self.sudo().browse()

    def _check_may_handle_link(self):
        if not self.env.user.has_group("aftersales_service.group_aftersales_agent"):
            raise AccessError(self.env._("Only agents of the hotline hand out customers' links."))
        self.check_access("write")

    def action_show_customer_link(self):
        """Show the customer's link to copy it, made new when there is none (T17).

        :return: window action of the dialog
        :raise AccessError: for other users than agents
        """
        self.ensure_one()
        self._check_may_handle_link()
        if not self.partner_id:
            raise UserError(
                self.env._(
                    "%(ticket)s: name the customer before you hand out a link.",
                    ticket=self.display_name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Link for the Customer"),
            "res_model": "aftersales.ticket.share",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    def action_revoke_customer_link(self):
        """Make the customers' links of the tickets worthless; the next one handed out is a new one
        (T17).

        :raise AccessError: for other users than agents
        """
        self._check_may_handle_link()
        live = self.filtered("link_date")
        live._write_past_guard({"link_date": False})
        live._message_log_batch(
            bodies={ticket.id: self.env._("The customer's link was revoked.") for ticket in live}
        )

    def write(self, vals):
        customers = {}
        if "partner_id" in vals:
            # sudo: only whether a link is out; ``super`` checks who may write.
            customers = {ticket: ticket.partner_id for ticket in self if ticket.sudo().link_date}
        result = super().write(vals)
        changed = self.filtered(lambda t: t in customers and customers[t] != t.partner_id)
        if changed:
            # It was signed for the former customer, so it is worthless already: say so.
            changed._write_past_guard({"link_date": False})
            changed._message_log_batch(
                bodies={
                    ticket.id: self.env._("The customer changed: the former link was revoked.")
                    for ticket in changed
                }
            )
        return result

    # Odoo's own ways to a record by its eternal token end at the login.

    @api.model
    def _get_thread_with_access(self, thread_id, *, hash=None, pid=None, token=None, **kwargs):
        # Neither token nor the hash made of it opens the messages: they would never end.
        return super()._get_thread_with_access(thread_id, **kwargs)

    def _get_access_action(self, access_uid=None, force_website=False):
        action = super()._get_access_action(access_uid=access_uid, force_website=force_website)
        if action.get("type") == "ir.actions.act_url":
            action["url"] = self.access_url
        return action

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if not self:
            return groups
        people = (self.partner_id | self.caller_id).ids
        customer = [
            "ticket_customer",
            lambda pdata: pdata["type"] == "customer" and pdata["id"] in people,
            {"active": True, "has_button_access": True},
        ]
        return [customer, *(group for group in groups if group[0] != "portal_customer")]

    def _notify_get_recipients_classify(
        self, message, recipients_data, model_description, msg_vals=False
    ):
        groups = super()._notify_get_recipients_classify(
            message, recipients_data, model_description, msg_vals=msg_vals
        )
        for group in groups:
            if group["notification_group_name"] == "ticket_customer":
                group["button_access"]["url"] = self._get_customer_link()
        return groups
