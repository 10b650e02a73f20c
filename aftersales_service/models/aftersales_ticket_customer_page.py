from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import is_html_empty, plaintext2html

MAX_TEXT = 10000
# What customers read of their own tickets through lists and the API; everything else is ours.
PORTAL_FIELDS = {
    "id",
    "display_name",
    "create_date",
    "write_date",
    "name",
    "subject",
    "type",
    "channel",
    "priority",
    "emergency",
    "company_id",
    "partner_id",
    "caller_id",
    "caller_name",
    "caller_phone",
    "asset_id",
    "product_id",
    "serial",
    "site_id",
    "date_failure",
    "meter",
    "symptom_id",
    "description",
    "resolution",
    "service_category",
    "entitlement_reasons",
    "stage_id",
    "stage_kind",
    "is_closed",
    "date_open",
    "date_assigned",
    "date_closed",
    "access_url",
    "active",
}


class AftersalesTicket(models.Model):
    """What a customer sees of a ticket and does with it, on the portal or by the link (T17).

    The controllers check who asks; the methods here are then called in superuser mode.
    """

    _inherit = "aftersales.ticket"

    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        # Asked for each field of each record: what everybody may see comes first.
        if operation == "read" and field.name in PORTAL_FIELDS:
            return True
        user = self.env.user
        return self.env.su or not user.share or not user._is_portal()

    def _get_customer_messages(self, limit=None):
        """Return the messages that the customer may read, newest first: no notes, nothing that
        Odoo logged.
        """
        self.ensure_one()
        # sudo: for who may open the ticket's page; the domain leaves out notes and logs.
        messages = self.env["mail.message"].sudo()
        domain = Domain(messages._get_search_domain_share()) & Domain(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("message_type", "in", ("comment", "email", "email_outgoing", "auto_comment")),
                ("subtype_id", "=", self.env.ref("mail.mt_comment").id),
            ]
        )
        found = messages.search(domain, order="id desc", limit=limit)
        return found.filtered(lambda m: not is_html_empty(m.body) or m.attachment_ids)

    def _get_customer_attachment(self, attachment_id):
        """Return the file (sudo) with that id when the customer may have it, else nothing: those
        of messages they may read, and what they sent themselves.
        """
        self.ensure_one()
        files = self._get_customer_messages().attachment_ids | self._get_customer_files()
        return files.filtered(lambda a: a.id == attachment_id)

    def _get_customer_files(self):
        """Return the photos that came with the report."""
        # Kept by the forms for customers on the ticket itself, by people outside the company.
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "=", False),
                    ("create_uid.share", "=", True),
                ],
                order="id",
            )
        )

    def _get_customer_page(self):
        """Return what the customer's page shows (dict), in the language and zone of the context."""
        self.ensure_one()
        messages = self._get_customer_messages()
        visits = self._get_customer_visits()
        appointments = visits.filtered(
            lambda v: (
                v.date_start and v.state in ("scheduled", "confirmed", "travelling", "on_site")
            )
        ).sorted("date_start")
        return {
            "ticket": self,
            "steps": self._get_customer_steps(),
            "next_step": self._get_next_step(),
            "messages": messages.sorted(),
            "files": self._get_customer_files() - messages.attachment_ids,
            "appointments": appointments,
            "vouchers": visits.filtered(lambda v: v.state == "done").sorted("date_done"),
            "cover": self._get_customer_cover(),
            "may_rate": self._may_rate(),
            "rating": self._search_round_ratings().filtered("consumed"),
        }

    def _get_customer_visits(self):
        """Return the visits at this customer: a ticket of another one may have been merged into
        this one.
        """
        self.ensure_one()
        return self.visit_ids.filtered(lambda visit: self._is_of_customer(visit.partner_id))

    def _is_of_customer(self, partner):
        """Whether ``partner`` is the customer of the ticket, or one of its contacts."""
        return partner.commercial_partner_id == self.partner_id.commercial_partner_id

    def _get_customer_cover(self):
        """Return the sentence (str) on the machine's cover, and its state."""
        bar = self.asset_id.cover_bar or {}
        return bar.get("summary"), bar.get("summary_state")

    def _post_from_customer(self, author, text, attachments=None):
        """Post what the customer writes; a ticket that waited for it goes on (T17).

        :param author: the customer's person (res.partner)
        :param text: plain text (str)
        :param attachments: files (ir.attachment) that were checked and kept
        :raise UserError: when there is neither text nor file
        """
        self.ensure_one()
        text = (text or "").strip()[:MAX_TEXT]
        if not text and not attachments:
            raise UserError(self.env._("Please write a message or choose a photo."))
        message = self.message_post(
            author_id=author.id,
            body=plaintext2html(text) if text else Markup(),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachment_ids=attachments.ids if attachments else [],
        )
        if self.stage_id.kind == "waiting":
            self._enter_stage("progress")
        return message

    def _solve_by_customer(self, author, text=""):
        """The customer says that it is solved: the ticket is closed; when something is under way
        for it, its agent decides.

        :return: True when it was closed
        :raise UserError: when it is closed already
        """
        self.ensure_one()
        if self.is_closed:
            raise UserError(self.env._("This ticket is closed already."))
        note = self.env._("The customer says that it is solved.")
        self._post_from_customer(author, f"{note}\n{text}".strip())
        if self._has_work_under_way():
            self._tell_agent(self.env._("Solved, says the customer: is the work still needed?"))
            return False
        try:
            with self.env.cr.savepoint():
                if is_html_empty(self.resolution):
                    self.resolution = plaintext2html(note)
                self.action_close()
        except UserError:
            # What is missing is for the agent to fill in, not for the customer.
            self.invalidate_recordset()
            self._tell_agent(self.env._("Solved, says the customer: close it"))
            return False
        return True

    def _has_work_under_way(self):
        """Whether a visit or repair is planned or going on."""
        self.ensure_one()
        return any(visit.state not in ("done", "cancelled") for visit in self.visit_ids) or any(
            repair.state not in ("done", "cancel") for repair in self.repair_ids
        )

    def _reject_by_customer(self, author, text):
        """The customer says that it is not solved: the ticket is opened again (R03).

        :raise UserError: when it is open, was closed too long ago, or the reason is missing
        """
        self.ensure_one()
        if not self._may_reject():
            raise UserError(self.env._("Please report it as a new matter."))
        if not (text or "").strip():
            raise UserError(self.env._("Please write what is not solved."))
        message = self._post_from_customer(author, text)
        self.action_reopen(reason=self.env._("Not solved, says the customer."))
        self._tell_agent(self.env._("Not solved, says the customer"))
        return message

    def _may_reject(self):
        """Whether the customer may still open the ticket again."""
        self.ensure_one()
        if self.stage_id.kind == "solved":
            return True
        return self.is_closed and self._is_answer_due()

    def _is_answer_due(self):
        """Whether a closed ticket is young enough for the customer to say something about it."""
        days = self.company_id.aftersales_link_closed_days
        return (self.env.cr.now() - self.date_closed).days < max(days, 1)

    def _tell_agent(self, summary):
        """Give whoever looks after the ticket an activity for today, once."""
        user = self.user_id or self.team_id.user_id
        if not user or self.activity_ids.filtered(lambda a: a.summary == summary):
            return
        self.activity_schedule("mail.mail_activity_data_todo", summary=summary, user_id=user.id)
