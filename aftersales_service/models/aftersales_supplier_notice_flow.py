import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

AGENT = "aftersales_service.group_aftersales_agent"


class AftersalesSupplierNotice(models.Model):
    """Sent, answered in the thread or by phone, judged, closed (T06)."""

    _inherit = "aftersales.supplier.notice"

    def action_send(self):
        """Write to the suppliers in their language and ask for an answer by the due date.

        :raise UserError: when the supplier, its address or the fault is missing
        """
        self._ensure_office()
        self.lock_for_update()
        self._ensure_transition("sent")
        for notice in self:
            notice._check_complete()
        now = fields.Datetime.now()
        for notice in self:
            due = notice.date_due or notice._get_due_date()
            notice._set_state("sent", date_sent=now, date_due=due)
        self.activity_unlink(["mail.mail_activity_data_todo"])
        self._write_to_supplier("aftersales_service.mail_template_supplier_notice")

    def _check_complete(self):
        self.ensure_one()
        missing = {
            "partner_id": not self.partner_id,
            "description": not (self.description or "").strip(),
        }
        for name in (name for name, lacks in missing.items() if lacks):
            raise UserError(
                self.env._(
                    "%(notice)s: fill in “%(field)s” before you send it.",
                    notice=self.name,
                    field=self._fields[name].get_description(self.env)["string"],
                )
            )
        if not self.partner_id.email:
            raise UserError(
                self.env._(
                    "%(notice)s: %(supplier)s has no e-mail address. Enter it, or choose a contact "
                    "who has one.",
                    notice=self.name,
                    supplier=self.partner_id.display_name,
                )
            )
        if self.date_due and self.date_due < fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "%(notice)s: the answer cannot be due in the past. Correct the date or clear "
                    "it.",
                    notice=self.name,
                )
            )

    def _get_due_date(self):
        """Return the day on which the answer is due: the company's working days after today."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        days = self.company_id.aftersales_supplier_reply_days
        calendar = self.company_id.resource_calendar_id
        # plan_days counts the day it starts on, when that is a working day: begin with tomorrow.
        tomorrow = fields.Datetime.to_datetime(fields.Date.add(today, days=1))
        zone = pytz.timezone(calendar.tz or "UTC")
        end = days and calendar.plan_days(days, zone.localize(tomorrow), compute_leaves=True)
        return end.date() if end else fields.Date.add(today, days=days)

    def _write_to_supplier(self, template_xmlid):
        """Send the mail of ``template_xmlid`` with the files; replies land in the thread."""
        # sudo: the text is the company's, whatever the user may read of templates.
        template = self.env.ref(template_xmlid).sudo()
        for notice in self:
            notice.message_subscribe(partner_ids=notice.partner_id.ids)
            # sudo: files of the ticket are copied to the mail of its notice.
            copies = [
                file.copy({"res_model": False, "res_id": 0}) for file in notice.file_ids.sudo()
            ]
            notice.message_post_with_source(
                template,
                subtype_xmlid="mail.mt_comment",
                attachment_ids=[file.id for file in copies],
            )

    def action_remind_supplier(self):
        """Write to suppliers who have not answered yet once more.

        :raise UserError: when one has answered, or nothing was sent
        """
        self._ensure_office()
        for notice in self.filtered(lambda n: n.state != "sent"):
            raise UserError(
                self.env._("%(notice)s does not wait for an answer.", notice=notice.name)
            )
        self._write_to_supplier("aftersales_service.mail_template_supplier_reminder")

    def action_answered(self):
        """The supplier answered by phone or in person."""
        self._ensure_office()
        self._set_state("answered", date_answered=fields.Datetime.now())

    def action_wait(self):
        """What came was no answer: go on waiting."""
        self._ensure_office()
        self._ensure_answered()
        self._set_state("sent", date_answered=False, answer=False)

    def action_accept(self):
        """The supplier accepts that its part is at fault: its cost is claimed back (F07)."""
        self._judge("accepted")

    def action_accept_partly(self):
        """The supplier accepts a part of it."""
        self._judge("partly")

    def action_refuse(self):
        """The supplier refuses."""
        self._judge("refused")

    def _judge(self, answer):
        """Record the supplier's ``answer`` and close the notice.

        :raise UserError: when it has not answered, or its grounds are missing
        """
        self._ensure_office()
        self._ensure_answered()
        for notice in self.filtered(lambda n: not (n.answer_note or "").strip()):
            raise UserError(
                self.env._(
                    "%(notice)s: write under “What They Say” what the supplier answered.",
                    notice=notice.name,
                )
            )
        self._set_state("closed", answer=answer)
        self.activity_unlink(["mail.mail_activity_data_todo"])
        self._on_answered()

    def _on_answered(self):
        """Hook: the suppliers' answers are recorded. Extended by the recovery of cost (F07)."""

    def action_reopen(self):
        """The answer was not the last word."""
        self._ensure_office()
        self.filtered(lambda n: n.state == "closed")._set_state("answered", answer=False)

    def action_cancel(self):
        """Nothing is wanted from the supplier any more."""
        self._ensure_office()
        self._set_state("cancelled")
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def action_draft(self):
        """Take up a notice that was given up."""
        self._ensure_office()
        self._set_state("draft")

    def _ensure_answered(self):
        for notice in self.filtered(lambda n: n.state != "answered"):
            raise UserError(
                self.env._(
                    "%(notice)s is %(state)s: there is no answer of the supplier to judge.",
                    notice=notice.name,
                    state=notice._get_state_label(notice.state),
                )
            )

    def _ensure_office(self):
        """Raise unless the user may write to suppliers: agents and above."""
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(AGENT)):
            raise AccessError(self.env._("The office writes to suppliers. Ask it to do so."))

    def _message_post_after_hook(self, message, msg_vals):
        """A supplier's mail into the thread is its answer: it is not waited for any more."""
        result = super()._message_post_after_hook(message, msg_vals)
        author = message.author_id.commercial_partner_id
        # sudo: the mail gateway posts as whoever wrote.
        replied = self.sudo().filtered(
            lambda n: n.state == "sent" and author and author == n.supplier_id
        )
        if replied and message.message_type in ("email", "comment"):
            replied._set_state("answered", date_answered=message.date)
            for notice in replied:
                notice.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("The supplier answered: judge it"),
                    user_id=notice.user_id.id,
                )
        return result

    @api.model
    def _cron_remind(self):
        """Tell each responsible once a week which suppliers owe an answer: one digest a person
        (S07).
        """
        today = fields.Date.context_today(self)
        week_ago = fields.Date.subtract(today, days=7)
        overdue = self.search(
            [
                ("state", "=", "sent"),
                ("date_due", "<", today),
                "|",
                ("date_reminded", "=", False),
                ("date_reminded", "<=", week_ago),
            ],
            order="date_due, id",
        ).try_lock_for_update()
        for user, notices in overdue.grouped("user_id").items():
            notices._send_digest(user)
            notices._write_past_guard({"date_reminded": today})
            if not self.env["ir.cron"]._commit_progress(len(notices)):
                break

    def _send_digest(self, user):
        """Send ``user`` one message about these overdue notices, in their language."""
        notices = self.with_context(lang=user.lang or self.env.lang, tz=user.tz)
        body = notices.env["ir.qweb"]._render(
            "aftersales_service.aftersales_supplier_notice_digest",
            {"notices": notices, "base_url": self[:1].get_base_url()},
        )
        notices.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=notices.env._("Suppliers owe %s answers", len(notices)),
            body=body,
            email_layout_xmlid="mail.mail_notification_light",
        )
