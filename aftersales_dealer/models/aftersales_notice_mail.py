import logging
from datetime import timedelta

from odoo import api, fields, models

_logger = logging.getLogger(__name__)


class AftersalesNotice(models.Model):
    """Mails to the dealer: the notice with its PDF, and a reminder before its deadline (F02)."""

    _inherit = "aftersales.notice"

    def _send_to_dealer(self):
        """Mail each notice with its PDF in the dealer's language; the message keeps what was
        sent.
        """
        self._send_template("aftersales_dealer.mail_template_aftersales_notice")

    def _send_template(self, xml_id):
        template = self.env.ref(xml_id, raise_if_not_found=False)
        if template:
            self.message_post_with_source(
                template, message_type="comment", subtype_xmlid="mail.mt_comment"
            )

    def _send_later(self):
        """Let the job mail the notices: it goes on where it was stopped."""
        self._write_past_guard({"mail_pending": True})
        # Whoever issues notices need not have rights on jobs.
        self.env.ref("aftersales_dealer.ir_cron_aftersales_notice_mail").sudo()._trigger()

    @api.model
    def _cron_send_mails(self):
        """Mail the notices that wait for it, then the reminders, each on its own."""
        waiting = [("mail_pending", "=", True), ("state", "=", "issued")]
        if self._send_batch(waiting, {"mail_pending": False}, "_send_to_dealer"):
            today = fields.Date.context_today(self)
            self._send_batch(
                self._get_reminder_domain(), {"date_reminded": today}, "_send_reminder"
            )

    @api.model
    def _get_reminder_domain(self):
        """Return the domain of notices to remind of: the deadline is near, no answer yet."""
        today = fields.Date.context_today(self)
        domain = [
            ("state", "=", "issued"),
            ("mail_pending", "=", False),
            ("date_reminded", "=", False),
            ("date_issued", "<", today),
            ("date_confirm_deadline", ">=", today),
        ]
        companies = self.env["res.company"].search([("aftersales_notice_reminder_days", ">", 0)])
        near = [
            fields.Domain("company_id", "=", company.id)
            & fields.Domain(
                "date_confirm_deadline",
                "<=",
                today + timedelta(days=company.aftersales_notice_reminder_days),
            )
            for company in companies
        ]
        return fields.Domain.AND([domain, fields.Domain.OR(near)])

    def _send_reminder(self):
        """Remind the dealer of a notice that it has not answered yet."""
        self._send_template("aftersales_dealer.mail_template_aftersales_notice_reminder")

    @api.model
    def _send_batch(self, domain, done, method, size=20):
        """Call ``method`` for each notice of ``domain``, write ``done`` and commit chunk by chunk.

        :return: whether there is time left
        """
        cron, failed = self.env["ir.cron"], []
        while notices := self.search([*domain, ("id", "not in", failed)], limit=size, order="id"):
            locked = notices.try_lock_for_update()
            failed += (notices - locked).ids
            for notice in locked:
                try:
                    with self.env.cr.savepoint():
                        getattr(notice, method)()
                        notice._write_past_guard(done)
                except Exception:  # pylint: disable=broad-except  # one dealer's mail never stops the others
                    _logger.exception("The mail of notice %s could not be sent", notice.id)
                    failed.append(notice.id)
            # What failed waits for the next regular run: counted as left it would run at once.
            left = self.search_count([*domain, ("id", "not in", failed)])
            if not cron._commit_progress(len(locked), remaining=left):
                return False
        return True
