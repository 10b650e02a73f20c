from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from .aftersales_part_overdue import WAITING


class AftersalesPartReturnLine(models.Model):
    """Reminders of old parts, one mail for each dealer: before the day and after it (D09)."""

    _inherit = "aftersales.part.return.line"

    reminded_before = fields.Date(readonly=True, copy=False)
    reminded_after = fields.Date(readonly=True, copy=False)

    @api.model
    def _get_reminder_domains(self, company):
        """Return {field that remembers the reminder: domain of the parts to be reminded of}."""
        today = fields.Date.context_today(self)
        waiting = Domain("company_id", "=", company.id) & Domain("state", "in", WAITING)
        soon = today + timedelta(days=company.aftersales_part_remind_before)
        late = today - timedelta(days=company.aftersales_part_remind_after)
        return {
            "reminded_before": waiting
            & Domain("date_due", "<=", soon)
            & Domain("date_due", ">=", today)
            & Domain("reminded_before", "=", False),
            "reminded_after": waiting
            & Domain("date_due", "<=", late)
            & Domain("date_due", "<", today)
            & Domain("reminded_after", "=", False),
        }

    @api.model
    def _cron_remind(self, batch_size=500):
        """Remind dealers and technicians of the old parts they owe, each part once before its day
        and once after it (D09).
        """
        cron = self.env["ir.cron"]
        for company in self.env["res.company"].search([("active", "=", True)]):
            for name, domain in self._get_reminder_domains(company).items():
                while parts := self.search(domain, limit=batch_size, order="dealer_id, id"):
                    parts._past_guard().write({name: fields.Date.context_today(self)})
                    parts._remind()
                    if not cron._commit_progress(len(parts)):
                        return

    def _remind(self):
        """Send each sender one mail with its parts of these, in its language."""
        for sender, parts in self.grouped(lambda part: part._get_sender()).items():
            partner = parts[0]._get_sender_partner()
            if not partner:
                continue
            reader = parts.with_context(lang=partner.lang)
            body = (
                self.env["ir.qweb"]
                .with_context(lang=partner.lang)
                ._render(
                    "aftersales_dealer.mail_part_reminder",
                    {"parts": reader, "sender": sender, "format_date": reader._format_due},
                    lang=partner.lang,
                )
            )
            due = min(parts.mapped("date_due"))
            partner.with_context(lang=partner.lang).message_notify(
                partner_ids=partner.ids,
                subject=reader.env._(
                    "Old parts to send back: %(count)s, the first by %(date)s",
                    count=len(parts),
                    date=format_date(reader.env, due),
                ),
                body=body,
                email_layout_xmlid="mail.mail_notification_light",
            )
        self.env["aftersales.part.custody"]._log(self, "reminded")

    def _format_due(self, day):
        """Return ``day`` as the reader of the mail writes it."""
        return format_date(self.env, day) if day else ""

    def _get_sender_partner(self):
        """Return the contact whom mails about the part go to."""
        self.ensure_one()
        return self._get_sender()
