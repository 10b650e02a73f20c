from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..tools import mail_intake

MAX_ASSETS = 1000


class AftersalesTicket(models.Model):
    """Who wrote, and of which machine: recognised for mail and web form alike (T01)."""

    _inherit = "aftersales.ticket"
    _primary_email = "caller_email"

    caller_email = fields.Char(
        string="Caller's E-mail",
        compute="_compute_caller_email",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    intake_note = fields.Text(
        string="Recognised",
        readonly=True,
        copy=False,
        help="What was concluded from the message when the ticket was made by itself, and why.",
    )

    @api.depends("caller_id")
    def _compute_caller_email(self):
        for ticket in self:
            ticket.caller_email = ticket.caller_id.email or ticket.caller_email

    @api.model
    def _normalise_sender(self, address):
        """Return the bare lower-case address of a From header, or an empty text."""
        text = address or ""
        found = email_normalize(text, strict=False)
        return found or next(iter(mail_intake.get_addresses(text.encode())), "")

    @api.model
    def _recognise(self, address, text, company):
        """Return what is known of a sender, as values for a ticket (T01).

        The customer is who has this address: one customer, of this company or shared, and never
        a colleague. A machine is linked when the text names its serial and it is the sender's.

        :param address: the sender's normalised address
        :param text: subject and body as plain text
        :param company: ``res.company`` of the ticket
        :return: {"partner_id", "caller_id", "asset_id", "intake_note"}, without what is unknown
        """
        notes, values = [], {}
        contacts, staff = self._find_contacts(address, company)
        customers = contacts.commercial_partner_id
        owned = self._find_named_assets(text, customers, company)
        if len(customers) > 1 and len(owned.partner_id.commercial_partner_id) == 1:
            customers = owned.partner_id.commercial_partner_id
            notes.append(self.env._("Several customers use this address; the serial tells which."))
        if len(customers) == 1:
            contact = contacts.filtered(lambda c: c.commercial_partner_id == customers)[:1]
            values.update(partner_id=customers.id, caller_id=contact.id)
        elif customers:
            names = ", ".join(customers.mapped("display_name"))
            notes.append(self.env._("Several customers use this address: %s. Choose one.", names))
        elif staff:
            notes.append(self.env._("Sent by a colleague: choose the customer it is about."))
        owned = owned.filtered(lambda a: a.partner_id.commercial_partner_id == customers)
        if len(owned) == 1:
            values["asset_id"] = owned.id
            notes.append(self.env._("The message names the serial %s.", owned.serial))
        elif owned:
            notes.append(
                self.env._(
                    "The message names several machines of the customer: %s. Choose one.",
                    ", ".join(owned.mapped("serial")),
                )
            )
        else:
            notes += self._note_foreign_serials(text, company)
        values["intake_note"] = "\n".join(notes) or False
        return values

    @api.model
    def _find_contacts(self, address, company):
        """Return (contacts of customers that have ``address``, whether a colleague has it)."""
        # sudo: the gateway and visitors have no rights on contacts.
        partners = self.env["res.partner"].sudo()
        if not address:
            return partners, False
        found = partners.search(
            [("email_normalized", "=", address), ("company_id", "in", (False, company.id))],
            order="parent_id, id",
        )
        staff = found.filtered(lambda p: any(not user.share for user in p.user_ids))
        # Our own companies, whoever receives the mail.
        ours = self.env["res.company"].sudo().search([]).partner_id  # pylint: disable=no-search-all
        if staff:
            # A colleague's address is nobody else's: their private contact is no customer.
            return partners, True
        return found.filtered(lambda p: p.commercial_partner_id not in ours), False

    @api.model
    def _find_named_assets(self, text, customers, company):
        """Return the live assets of ``customers`` whose serial stands in ``text``."""
        # sudo: as in ``_find_contacts``; only machines of the sender are looked at.
        assets = self.env["aftersales.asset"].sudo()
        if not customers:
            return assets
        domain = Domain("partner_id", "child_of", customers.ids)
        domain &= Domain("company_id", "=", company.id) & Domain("serial", "!=", False)
        domain &= Domain(assets._get_live_domain())
        codes = mail_intake.get_codes(text)
        named = assets.search(domain & Domain("serial", "in", self._spell(codes)))
        if named:
            return named
        # As people type: other case, other blanks. A fleet is looked through, not all machines.
        some = assets.search_fetch(domain, ["serial"], limit=MAX_ASSETS)
        serials = set(mail_intake.find_serials(text, some.mapped("serial")))
        return some.filtered(lambda asset: asset.serial in serials)

    @api.model
    def _spell(self, codes):
        """Return the codes as written and in capitals."""
        return list({*codes, *(code.upper() for code in codes)})

    @api.model
    def _note_foreign_serials(self, text, company):
        """Return sentences about serials that are ours but not the sender's: for agents only."""
        codes = self._spell(mail_intake.get_codes(text))
        if not codes:
            return []
        # sudo: as in ``_find_contacts``; agents see all assets of the company anyway.
        foreign = (
            self.env["aftersales.asset"]
            .sudo()
            .search([("serial", "in", codes), ("company_id", "=", company.id)], limit=3)
        )
        return [
            self.env._(
                "The message names the serial %s, which is not the sender's: it was not linked.",
                asset.serial,
            )
            for asset in foreign
        ]

    def action_create_caller(self):
        """Make the unknown sender a contact: of the ticket's customer when there is one, else a
        new customer; a contact that has the address by now is taken (T01).

        :raise AccessError: when the user is no agent
        :raise UserError: when a ticket has no address, or its caller is known
        """
        self.ensure_one()
        if not self.env.user.has_group("aftersales_service.group_aftersales_agent"):
            raise AccessError(self.env._("Contacts of callers are made by hotline agents."))
        self.check_access("write")
        if self.caller_id or not self.caller_email:
            raise UserError(
                self.env._(
                    "%(ticket)s: the caller is known, or has left no e-mail address.",
                    ticket=self.display_name,
                )
            )
        contacts, staff = self._find_contacts(
            self._normalise_sender(self.caller_email), self.company_id
        )
        if staff:
            raise UserError(
                self.env._(
                    "%(ticket)s: %(address)s is the address of a colleague. Choose the customer.",
                    ticket=self.display_name,
                    address=self.caller_email,
                )
            )
        if self.partner_id:
            mine = self.partner_id.commercial_partner_id
            contacts = contacts.filtered(lambda c: c.commercial_partner_id == mine)
        # sudo: agents need no right to change contacts for this one.
        contact = contacts[:1] or self.env["res.partner"].sudo().create(self._prepare_caller_vals())
        self.write(
            {"partner_id": self.partner_id.id or contact.commercial_partner_id.id}
            | {"caller_id": contact.id}
        )
        self._adopt_messages(contact)
        self.message_subscribe(partner_ids=contact.ids)
        return True

    def _prepare_caller_vals(self):
        """Return the values of the contact made of an unknown sender."""
        self.ensure_one()
        return {
            "name": self.caller_name or self.caller_email,
            "email": self.caller_email,
            "phone": self.caller_phone,
            "parent_id": self.partner_id.commercial_partner_id.id,
            "company_id": self.partner_id.company_id.id,
            "lang": self._get_mail_lang(),
        }

    def _adopt_messages(self, contact):
        """What was sent from the contact's address is the contact's."""
        # sudo: messages have no author yet, and are on a ticket the user may write.
        messages = self.env["mail.message"].sudo()
        domain = Domain("model", "=", self._name) & Domain("res_id", "in", self.ids)
        domain &= Domain("author_id", "=", False) & Domain("email_from", "ilike", contact.email)
        messages.search(domain).author_id = contact
