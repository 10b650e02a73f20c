from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import (
    email_split,
    html2plaintext,
    is_html_empty,
    parse_contact_from_email,
    plaintext2html,
)

from ..tools import mail_intake

MAX_SUBJECT = 250
MAX_RESCUED = 5000


class AftersalesTicket(models.Model):
    """Mail becomes a ticket, or lands on the one it answers (T01, T15).

    Clocks start when the mail is received here: its Date header is the sender's claim.
    """

    _inherit = "aftersales.ticket"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Make a ticket of a mail, for the gateway; ``custom_values`` come from the team's alias
        and from ``_route_mail``. A mail that cannot become a full ticket becomes a bare one.
        """
        # Not super(): it takes the subject for the number.
        values = dict(custom_values or {})
        followed = self.browse(values.pop("aftersales_followed_id", None))
        remarks = values.pop("aftersales_remarks", [])
        team = self.env["aftersales.team"].browse(values.get("team_id")).exists()
        company = team.company_id or self.env.company
        self = self.with_company(company).with_context(
            default_user_id=False, lang=team._get_lang_of(company)
        )
        ticket = self._create_from_mail(msg_dict, team, company, values, remarks)
        ticket._subscribe_sender(msg_dict)
        if followed:
            ticket._link_to(followed, "follow_up", self.env._("Came as an answer to it."))
        ticket._confirm_receipt(
            references=msg_dict.get("message_id"),
            kind=self.env.context.get("aftersales_mail_kind", "person"),
        )
        return ticket

    def message_update(self, msg_dict, update_vals=None):
        """Also subscribe who was copied in; what waited or was done goes on, unless a robot or a
        colleague wrote (T15).
        """
        result = super().message_update(msg_dict, update_vals=update_vals)
        side = self._get_mail_side(self._normalise_sender(msg_dict.get("email_from")))
        self._subscribe_copies(msg_dict)
        if self.env.context.get("aftersales_mail_kind") != "robot" and side != "staff":
            self._wake_up(side)
        return result

    @api.model
    def _create_from_mail(self, msg_dict, team, company, values, remarks):
        """Return the ticket made of a parsed mail; a bare one when its values are refused."""
        vals = self._prepare_mail_vals(msg_dict, company)
        vals["team_id"] = team.id
        vals["intake_note"] = "\n".join(filter(None, [*remarks, vals["intake_note"]])) or False
        try:
            with self.env.cr.savepoint():
                return self.create([dict(vals, **values)])
        except (AccessError, UserError, ValueError) as error:
            bare = ("subject", "channel", "company_id", "team_id", "caller_email", "caller_name")
            ticket = self.create([{name: vals[name] for name in bare if name in vals}])
            ticket._tell_chief(
                self.env._("The mail could not become a full ticket: %s", str(error))
            )
            return ticket

    @api.model
    def _prepare_mail_vals(self, msg_dict, company):
        """Return the values of the ticket that a mail becomes."""
        sender = msg_dict.get("email_from") or ""
        address = self._normalise_sender(sender)
        name, _address = parse_contact_from_email(sender) if sender else ("", "")
        subject = " ".join((msg_dict.get("subject") or "").split())[:MAX_SUBJECT]
        text = html2plaintext(msg_dict.get("body") or "", include_references=False)
        first_line = next((line.strip() for line in text.splitlines() if line.strip()), "")
        known = self._recognise(address, f"{subject}\n{text}", company)
        # sudo: the contact that was recognised, for its own ticket.
        caller = self.env["res.partner"].sudo().browse(known.get("caller_id"))
        return {
            "subject": subject or first_line[:80] or self.env._("Mail without subject"),
            "channel": "email",
            "company_id": company.id,
            "user_id": False,
            "caller_name": caller.name or name or address or self.env._("Unknown sender"),
            "caller_phone": caller.phone,
            "caller_email": address or False,
            **known,
        }

    def _subscribe_sender(self, msg_dict):
        """The caller gets the answers; people in copy as the team says."""
        self.ensure_one()
        if self.caller_id:
            self.message_subscribe(partner_ids=self.caller_id.ids)
        self._subscribe_copies(msg_dict)

    def _subscribe_copies(self, msg_dict):
        """Let people in copy follow who are of the customer or of ours (see ``cc_policy``)."""
        self.ensure_one()
        if self.team_id.cc_policy == "none":
            return
        addresses = email_split(f"{msg_dict.get('to') or ''},{msg_dict.get('cc') or ''}")
        found = self._partner_find_from_emails_single(addresses, no_create=True)
        customer = self.partner_id.commercial_partner_id
        ours = found.user_ids.filtered(
            lambda user: not user.share and self.company_id in user.company_ids
        ).partner_id
        mine = ours | found.filtered(lambda p: customer and p.commercial_partner_id == customer)
        if mine:
            self.message_subscribe(partner_ids=mine.ids)

    def _wake_up(self, side):
        """The customer answered: what waited goes on, what was solved or closed is open again."""
        self.ensure_one()
        kind = self.stage_id.kind
        if kind == "waiting":
            self._enter_stage("progress")
        elif kind in ("solved", "closed") and side == "customer":
            self.action_reopen(self.env._("the customer wrote again."))

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if (
            message.message_type == "email"
            and "aftersales_mail_kind" in self.env.context
            and is_html_empty(self.description)
            and self.channel == "email"
        ):
            # Pictures within the text are attachments by now. Plain text comes as one block that
            # does not wrap.
            body = message.body
            is_plain = body.startswith("<pre>")
            self.description = plaintext2html(html2plaintext(body)) if is_plain else body
        return result

    def _message_receive_bounce(self, email, partner):
        result = super()._message_receive_bounce(email, partner)
        bodies = {
            ticket.id: self.env._(
                "Our mail to %s came back: it was not delivered. Check the address, or call.", email
            )
            for ticket in self
        }
        self._message_log_batch(bodies=bodies)
        return result

    @api.model
    def _find_addressed_team(self, raw):
        """Return the team that the bytes of a mail are for, by its address or by what it answers;
        none when it is not for us.
        """
        # sudo: the gateway only, to tell which team a broken mail was for.
        aliases, teams = self.env["mail.alias"].sudo(), self.env["aftersales.team"].sudo()
        found = aliases.search(
            [
                ("alias_full_name", "in", mail_intake.get_addresses(raw)),
                ("alias_model_id.model", "=", self._name),
            ]
        )
        team = teams.search([("alias_id", "in", found.ids)], limit=1)
        references = mail_intake.get_header(raw, "References").split()
        references += mail_intake.get_header(raw, "In-Reply-To").split()
        if not team and references:
            # sudo: as above; only which ticket is answered.
            answered = self.env["mail.message"].sudo()
            answered = answered.search(
                [("message_id", "in", references[-32:]), ("model", "=", self._name)], limit=1
            )
            # sudo: as above; only its team.
            team = self.sudo().browse(answered.res_id).exists().team_id
        return team

    @api.model
    def _rescue_mail(self, raw, team, error):
        """Return a bare ticket with the original message, when a mail cannot be read at all; the
        team's leader is told.
        """
        sender = self._normalise_sender(mail_intake.get_header(raw, "From"))
        subject = " ".join(mail_intake.get_header(raw, "Subject").split())[:MAX_SUBJECT]
        company = team.company_id or self.env.company
        # sudo: the gateway only; whoever it runs as.
        ticket = (
            self.sudo()
            .with_company(company)
            .with_context(mail_create_nosubscribe=True, lang=team._get_lang_of(company))
            .create(
                {
                    "subject": subject or self.env._("Mail that could not be read"),
                    "channel": "email",
                    "company_id": company.id,
                    "team_id": team.id,
                    "user_id": False,
                    "caller_email": sender,
                    "caller_name": sender or self.env._("Unknown sender"),
                    **self._recognise(sender, "", company),
                }
            )
        )
        text = raw[:MAX_RESCUED].decode("utf-8", "replace").replace("\x00", "")
        ticket.with_context(mail_post_autofollow_author_skip=True).message_post(
            body=Markup("<pre>%s</pre>") % text,
            message_type="email",
            email_from=sender or False,
            author_id=False,
            subtype_xmlid="mail.mt_comment",
            attachments=[("message.eml", raw)],
            message_id=mail_intake.get_header(raw, "Message-Id").strip() or False,
        )
        ticket._tell_chief(self.env._("The mail could not be read: %s", str(error)[:200]))
        return ticket

    def _tell_chief(self, note):
        """Ask the team's leader to look at the ticket, once, with the reason ``note``."""
        for ticket in self:
            chief = ticket.team_id._get_mail_chief() if ticket.team_id else self.env.user
            ticket.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Mail to look at"),
                note=note,
                user_id=chief.id,
            )
