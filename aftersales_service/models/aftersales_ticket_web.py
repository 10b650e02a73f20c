import re

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, formataddr

# What a visitor may tell, and how much of it; nothing else of a posted form is read.
WEB_FIELDS = {
    "name": 100,
    "company": 100,
    "email": 150,
    "phone": 40,
    "serial": 60,
    "type": 20,
    "description": 5000,
}
WEB_ADDRESS = re.compile(r"[/@<>]|\w{3,}\.\w{2,}")


class AftersalesTicket(models.Model):
    """What strangers write on the public form becomes a ticket (T01)."""

    _inherit = "aftersales.ticket"

    @api.model
    def _read_web_form(self, post, company):
        """Return the cleaned values of a posted form: {field of ``WEB_FIELDS``: text}.

        :raise UserError: naming the field that is missing or wrong, and the cure
        """
        values = {
            name: str(post.get(name) or "").replace("\x00", "").strip()[:length]
            for name, length in WEB_FIELDS.items()
        }
        for name in values.keys() - {"description"}:
            # One line each: they go into headers of mails.
            values[name] = " ".join(values[name].split())
        if not values["name"]:
            raise UserError(self.env._("Please tell us your name."))
        if WEB_ADDRESS.search(values["name"]):
            # It stands in the confirmation, which goes to whatever address is given.
            raise UserError(self.env._("Please tell us your name, without any web address."))
        values["email"] = email_normalize(values["email"]) or ""
        if not values["email"]:
            raise UserError(
                self.env._("Please give an e-mail address in full, as name@company.com.")
            )
        if values["type"] not in company._get_web_types():
            raise UserError(self.env._("Please choose what it is about."))
        if len(values["description"]) < 5:
            raise UserError(self.env._("Please write in a few words what is the matter."))
        return values

    @api.model
    def _create_from_web(self, values, company, lang):
        """Return the ticket made of a form (see ``_read_web_form``).

        Customer and machine are recognised like a mail's: the visitor learns nothing of it. The
        confirmation goes to the address that was given, so that only its owner reads it.

        :param lang: code of the language in which the visitor reads the form
        """
        # sudo: visitors have no rights; every value was read by ``_read_web_form``.
        tickets = self.sudo().with_company(company).with_context(aftersales_lang=lang)
        text = values["description"]
        known = tickets._recognise(values["email"], f"{values['serial']}\n{text}", company)
        notes = [
            known.pop("intake_note"),
            self.env._("Typed into the public form: nobody checked who it was."),
        ]
        caller = tickets.env["res.partner"].browse(known.get("caller_id"))
        ticket = tickets.create(
            {
                **self._prepare_web_vals(values, company),
                # sudo: as above; one setting of the company.
                "team_id": company.sudo().aftersales_web_team_id.id,
                "user_id": False,
                "caller_name": values["name"],
                "caller_phone": values["phone"] or caller.phone,
                "intake_note": "\n".join(filter(None, notes)),
                **known,
            }
        )
        if ticket.caller_id:
            ticket.message_subscribe(partner_ids=ticket.caller_id.ids)
        return ticket

    @api.model
    def _prepare_web_vals(self, values, company):
        """Return those values of the ticket that the same form always gives."""
        return {
            "subject": " ".join(values["description"].split())[:80],
            "description": self._format_web_description(values),
            "type": values["type"],
            "channel": "web",
            "company_id": company.id,
            "caller_email": values["email"],
        }

    @api.model
    def _find_web_twin(self, values, company):
        """Return the ticket (sudo) that the same form made a moment ago, or none."""
        vals = self._prepare_web_vals(values, company)
        # sudo: visitors have no rights; they are told the number of what they sent themselves.
        return self.sudo()._find_sent_twice(vals, names=sorted(vals.keys() - {"description"}))

    @api.model
    def _format_web_description(self, values):
        labels = {
            "company": self.env._("Company: %s", values["company"]),
            "serial": self.env._("Serial: %s", values["serial"]),
            "phone": self.env._("Phone: %s", values["phone"]),
        }
        told = [label for name, label in labels.items() if values[name]]
        lines = [*values["description"].splitlines(), *told]
        return Markup("<br/>").join(lines)

    def _post_web_files(self, values, attachments):
        """Show the files of a form on its ticket, in the words of who sent them."""
        self.ensure_one()
        # As the system: Odoo drops files that a visitor's message refers to.
        ticket = self.with_user(SUPERUSER_ID).with_context(mail_post_autofollow_author_skip=True)
        ticket.message_post(
            body=self.env._("Sent with the form."),
            author_id=False,
            email_from=formataddr((values["name"], values["email"])),
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            attachment_ids=attachments.ids,
        )
