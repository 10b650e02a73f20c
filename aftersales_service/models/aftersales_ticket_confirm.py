from odoo import fields, models
from odoo.tools import formataddr

PER_HOUR = 5
# Other programs are told that nobody wrote this, so that they do not answer it.
AUTOMATIC = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}


class AftersalesTicket(models.Model):
    """One confirmation to whoever opened a ticket in writing, and in which language (T15)."""

    _inherit = "aftersales.ticket"

    date_confirmed = fields.Datetime(
        string="Receipt Confirmed",
        readonly=True,
        copy=False,
        help="When the sender was told the ticket's number. It is no answer: promised answers "
        "are given by people.",
    )

    def _get_mail_lang(self):
        """Return the code of the language in which the customer is written to."""
        self.ensure_one()
        # sudo: languages only, of the ticket's own records.
        ticket = self.sudo()
        partner = ticket.caller_id or ticket.partner_id
        # In which language a visitor just read our form.
        read = self.env.context.get("aftersales_lang")
        return partner.lang or read or ticket.team_id._get_lang_of(ticket.company_id)

    def _get_confirm_address(self):
        """Return the address to confirm to, or False: none, or one of our own (no loops)."""
        self.ensure_one()
        address = self._normalise_sender(self.caller_email)
        # sudo: which addresses are ours.
        own = address and self.env["mail.alias.domain"].sudo()._find_aliases([address])
        return False if own else address

    def _confirm_receipt(self, references=None, kind="person"):
        """Tell the sender once that the ticket was received, unless a machine wrote (T15).

        :param references: Message-Id of what is confirmed, so that mail programs show it below
        :param kind: who wrote, see ``tools.mail_intake.get_kind``
        :return: the tickets whose sender was told
        """
        confirmed = self.browse()
        for ticket in self.filtered(lambda t: not t.date_confirmed and kind == "person"):
            # sudo: templates and mails are the system's; the ticket was made just now.
            template = ticket.team_id.sudo().confirm_template_id
            address = template and ticket._get_confirm_address()
            if not address or not self.env["aftersales.throttle"]._allow(
                "ticket-confirm", address, PER_HOUR, 3600
            ):
                continue
            # What strangers type into the form is not mailed to whatever address they give.
            template = template.with_context(aftersales_number_only=ticket.channel == "web")
            template.send_mail_batch(
                ticket.ids,
                email_values={
                    "email_to": formataddr((ticket.caller_name or "", address)),
                    "email_cc": False,
                    "recipient_ids": [],
                    "references": references or False,
                    "reply_to": ticket._get_reply_address()
                    or ticket._notify_get_reply_to()[ticket.id],
                    "headers": repr(AUTOMATIC),
                    "auto_delete": False,
                },
            ).send_after_commit()
            confirmed |= ticket
        if confirmed:
            confirmed._write_past_guard({"date_confirmed": fields.Datetime.now()})
        return confirmed
