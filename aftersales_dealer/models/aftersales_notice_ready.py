from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date


class AftersalesNotice(models.Model):
    """What has to hold before a notice can be posted; each refusal names the cure (F03)."""

    _inherit = "aftersales.notice"

    def _ensure_ready(self, date):
        """Raise unless all can be posted on ``date``: dealer, receivable account, rate.

        :raise UserError: naming the notice and what to do
        """
        for notice in self:
            notice._ensure_dealer_active()
            notice.with_company(notice.company_id)._get_receivable_account()
            notice._ensure_rate(date)

    def _ensure_dealer_active(self):
        """Raise when the dealer is archived."""
        for notice in self:
            dealer = notice.dealer_id.sudo()  # one yes or no, whatever contacts the user sees
            if not (dealer.active and dealer.commercial_partner_id.active):
                raise UserError(
                    self.env._(
                        "%(notice)s: the dealer %(dealer)s is archived. Unarchive the contact "
                        "first, or cancel the notice.",
                        notice=notice.display_name,
                        dealer=dealer.display_name,
                    )
                )

    def _ensure_rate(self, date):
        """Raise when the currency has no exchange rate on ``date``; Odoo would take 1."""
        self.ensure_one()
        company = self.company_id
        if self.currency_id == company.currency_id:
            return
        rates = self.env["res.currency.rate"].sudo()  # accountants may read them, dealers not
        if not rates.search_count(
            [
                ("currency_id", "=", self.currency_id.id),
                ("company_id", "in", (False, company.root_id.id)),
                ("name", "<=", date),
            ],
            limit=1,
        ):
            raise UserError(
                self.env._(
                    "%(notice)s: %(currency)s has no exchange rate on %(date)s. Enter one in "
                    "Accounting / Configuration / Currencies.",
                    notice=self.display_name,
                    currency=self.currency_id.name,
                    date=format_date(self.env, date),
                )
            )

    def _ensure_open_period(self, entries, date):
        """Raise when a lock date covers ``date``: Odoo would book on another day without asking.

        :raise UserError: naming the lock and the first open day
        """
        for entry in entries:
            locks = entry._get_violated_lock_dates(date, entry._affect_tax_report())
            if locks:
                raise UserError(
                    self.env._(
                        "%(notice)s: the period of %(date)s is closed (%(locks)s). Choose a date "
                        "from %(open)s on.",
                        notice=entry.aftersales_notice_id.display_name,
                        date=format_date(self.env, date),
                        locks=self.env["res.company"]._format_lock_dates(locks),
                        open=format_date(self.env, locks[-1][0] + timedelta(days=1)),
                    )
                )
