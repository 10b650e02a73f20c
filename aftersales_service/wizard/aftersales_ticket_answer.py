from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty


class AftersalesTicketAnswer(models.TransientModel):
    """Answers the customers of all tickets of a mass incident, one mail each (T09)."""

    _name = "aftersales.ticket.answer"
    _description = "Answer All Affected Customers"

    parent_id = fields.Many2one("aftersales.ticket", required=True, readonly=True)
    subject = fields.Char(
        compute="_compute_subject",
        compute_sudo=False,  # who cannot read a ticket learns nothing of it here
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    body = fields.Html(required=True)
    ticket_ids = fields.Many2many(
        "aftersales.ticket",
        string="Tickets",
        compute="_compute_ticket_ids",
        store=True,
        readonly=False,
    )
    summary = fields.Char(compute="_compute_summary")

    @api.depends("parent_id")
    def _compute_subject(self):
        for wizard in self:
            wizard.subject = wizard.parent_id.subject

    @api.depends("parent_id")
    def _compute_ticket_ids(self):
        for wizard in self:
            wizard.ticket_ids = wizard.parent_id.child_ids.filtered(lambda t: not t.is_closed)

    @api.depends("ticket_ids")
    def _compute_summary(self):
        for wizard in self:
            mute = wizard.ticket_ids._origin.filtered(lambda t: not t._get_answered_partner().email)
            wizard.summary = self.env._(
                "%(mails)s mails; customers without an address: %(mute)s",
                mails=len(wizard._get_by_partner()),
                mute=", ".join(mute.mapped("name")) or "–",
            )

    def _get_by_partner(self):
        """Return {partner with an address: its tickets}."""
        reachable = self.ticket_ids._origin.filtered(lambda t: t._get_answered_partner().email)
        return reachable.grouped(lambda t: t._get_answered_partner())

    def action_send(self):
        """Send one mail to each customer; it stands on all their tickets.

        :raise UserError: when no customer can be reached
        """
        self.ensure_one()
        self.ticket_ids.check_access("write")
        by_partner = self._get_by_partner()
        if not by_partner or is_html_empty(self.body):
            raise UserError(
                self.env._(
                    "%(ticket)s: nobody to answer. Choose tickets of customers with an e-mail "
                    "address, and write what they are to read.",
                    ticket=self.parent_id.display_name,
                )
            )
        firsts = self.env["aftersales.ticket"].browse([own[:1].id for own in by_partner.values()])
        self._send(firsts)
        rest = self.ticket_ids - firsts
        rest._message_log_batch(bodies=dict.fromkeys(rest.ids, self.body))
        answered = self.env["aftersales.ticket"].union(*by_partner.values())
        answered._reach_sla("answer")
        self.parent_id._message_log(body=self.body)
        return {"type": "ir.actions.act_window_close"}

    def _send(self, tickets):
        """Send the mail for ``tickets`` in one batch, by Odoo's composer."""
        composer = self.env["mail.compose.message"].create(
            {
                "composition_mode": "mass_mail",
                "model": tickets._name,
                "res_ids": repr(tickets.ids),
                "subject": self.subject,
                "body": self.body,
                "auto_delete": True,
                "auto_delete_keep_log": True,
                "use_exclusion_list": False,
            }
        )
        composer._action_send_mail()


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    def _get_answered_partner(self):
        """Return the contact who is answered: the caller when they have an address."""
        self.ensure_one()
        return self.caller_id if self.caller_id.email else self.partner_id
