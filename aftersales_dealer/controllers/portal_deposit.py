from odoo import http
from odoo.http import request

from .portal_notice import DealerNoticePortal


class DealerDepositPortal(DealerNoticePortal):
    """A dealer's deposit, as the ledger shows it (D14, F05)."""

    @http.route("/my/deposit", type="http", auth="user", website=True, readonly=True)
    def portal_my_deposit(self, date_from=None, date_to=None, **kw):
        """Show the statement of the dealer's deposit (F05).

        :param str date_from: first day, ISO
        :param str date_to: last day, ISO
        """
        dealer = self._ensure_dealer_owner()
        if not dealer:
            return request.redirect("/my")
        date_from, date_to = self._get_statement_period(date_from, date_to)
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="dealer_deposit",
            date_from=date_from,
            date_to=date_to,
            company=request.env.company,
            deposit=dealer._get_deposit_statement(request.env.company, date_from, date_to),
        )
        return request.render("aftersales_dealer.portal_my_deposit", values)

    @http.route("/my/deposit/pdf", type="http", auth="user", website=True)
    def portal_my_deposit_pdf(self, date_from=None, date_to=None, **kw):
        """Download the statement of the deposit as PDF, for the same period as the page (F05).

        :param str date_from: first day, ISO
        :param str date_to: last day, ISO
        """
        return self._print_statement("deposit", date_from, date_to)
