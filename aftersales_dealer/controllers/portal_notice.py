from dateutil.relativedelta import relativedelta

from odoo import fields, http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from .portal_dealer import DealerPortal, dealer_todo, reads_only


class DealerNoticePortal(DealerPortal):
    """A dealer's notices, statement and deposit (D14, F02, F03). Everything needs the dealer's
    login.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "dealer_notice_open_count" in counters:
            values["dealer_notice_open_count"] = self._count_open_notices(self._get_dealer())
        return values

    def _count_open_notices(self, dealer):
        """Return how many notices wait for the answer of ``dealer``."""
        # Rules show clerks none.
        notices = request.env["aftersales.notice"]
        own = [("dealer_id", "=", dealer.id), ("state", "=", "issued")]
        return notices.search_count(own) if dealer else 0

    def _get_dealer_todos(self, dealer):
        env = request.env
        own = [("dealer_id", "=", dealer.id), ("state", "=", "issued")]
        # Rules show clerks none: the answer is the owner's.
        ((count, deadline),) = env["aftersales.notice"]._read_group(
            own, [], ["__count", "date_confirm_deadline:min"]
        )
        return [
            *super()._get_dealer_todos(dealer),
            dealer_todo(
                "notice",
                env._("Fee notices to answer"),
                "/my/notices?filterby=open",
                count,
                text=env._("Confirm what we verified, or dispute it"),
                icon="fa-balance-scale",
                sequence=30,
                deadline=deadline,
            ),
        ]

    def _get_own_notice(self, notice_id):
        """Return the notice as superuser, after checking that the user may read it and is its
        dealer.

        No access token opens a notice: it is the dealer's money.

        :raise MissingError: not there, or another dealer's
        :raise HTTPException: the user is a clerk of the dealer
        """
        self._ensure_dealer_owner()
        notice_sudo = self._get_own_document("aftersales.notice", notice_id)
        if not notice_sudo:
            raise MissingError(
                request.env._("This notice is not there, or it is another dealer's.")
            )
        return notice_sudo

    @http.route(
        ["/my/notices", "/my/notices/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_notices(self, page=1, **asked):
        """List the dealer's notices for its owners (F02)."""
        if not self._ensure_dealer_owner():
            return request.redirect("/my")
        values = self._prepare_dealer_list(
            "aftersales.notice",
            "/my/notices",
            dict(asked, page=page),
            filters={
                "all": {"label": request.env._("All"), "domain": []},
                "open": {"label": request.env._("To answer"), "domain": [("state", "=", "issued")]},
            },
            sortings={
                "date": {"label": request.env._("Newest"), "order": "id desc"},
                "amount": {"label": request.env._("Amount"), "order": "amount_total desc, id desc"},
            },
            search_fields=("name", "line_ids.claim_id.name"),
        )
        return request.render(
            "aftersales_dealer.portal_my_notices", dict(values, page_name="dealer_notice")
        )

    @http.route(
        "/my/notices/<int:notice_id>", type="http", auth="user", website=True, readonly=reads_only
    )
    def portal_my_notice(self, notice_id, report_type=None, download=False, **kw):
        """Show one notice, or print it with ``?report_type=pdf`` (F02)."""
        try:
            notice_sudo = self._get_own_notice(notice_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if report_type in ("html", "pdf", "text"):
            return self._show_report(
                model=notice_sudo,
                report_type=report_type,
                report_ref="aftersales_dealer.action_report_aftersales_notice",
                download=download,
            )
        return self._render_notice(notice_sudo)

    def _render_notice(self, notice_sudo, error=None):
        """Show the notice, and why an answer was refused; never words from the address."""
        values = self._get_page_view_values(
            notice_sudo,
            None,
            {"page_name": "dealer_notice", "notice": notice_sudo, "error": error},
            "my_notices_history",
            True,
        )
        return request.render("aftersales_dealer.portal_my_notice", values)

    @http.route(
        "/my/notices/<int:notice_id>/confirm",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_notice_confirm(self, notice_id, **kw):
        """Confirm the dealer's own notice and show it again (F02).

        :param int notice_id: id of the notice; another dealer's leads back home
        """
        return self._answer(notice_id, lambda notice: notice.action_confirm())

    @http.route(
        "/my/notices/<int:notice_id>/dispute",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_notice_dispute(self, notice_id, reason=None, **kw):
        """Dispute the dealer's own notice, as a whole or by line, and show it again (F02).

        :param int notice_id: id of the notice; another dealer's leads back home
        :param str reason: why the notice as a whole is disputed
        :param kw: ``line_<id>``: why that line is disputed; ``settle_rest``: agree with the others
        """
        lines = {
            key.removeprefix("line_"): text
            for key, text in kw.items()
            if key.startswith("line_") and key.removeprefix("line_").isdigit() and text.strip()
        }
        return self._answer(
            notice_id,
            lambda notice: notice.action_dispute(
                reason=reason,
                line_reasons=lines,
                settle_rest=bool(lines and kw.get("settle_rest")),
            ),
        )

    def _answer(self, notice_id, answer):
        """Carry out the dealer's answer and show the notice again, with the error if it was
        refused.
        """
        try:
            notice_sudo = self._get_own_notice(notice_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                # As the user: the action checks by itself who answers.
                answer(request.env["aftersales.notice"].browse(notice_id))
        except UserError as error:
            notice_sudo.invalidate_recordset()
            return self._render_notice(notice_sudo, error=str(error))
        return request.redirect(f"/my/notices/{notice_id}")

    # -- statement ------------------------------------------------------------------------------

    def _get_statement_period(self, date_from=None, date_to=None):
        """Return the period asked for, by default the last three months; bad dates fall back to
        the default.
        """
        today = fields.Date.context_today(request.env.user)
        try:
            start, end = fields.Date.to_date(date_from), fields.Date.to_date(date_to)
        except ValueError:
            start = end = None
        start, end = start or today + relativedelta(months=-3, day=1), end or today
        return (start, end) if start <= end else (end, start)

    @http.route("/my/statement", type="http", auth="user", website=True, readonly=True)
    def portal_my_statement(self, date_from=None, date_to=None, **kw):
        """Show the dealer's statement of account and its deposits (F03, H03).

        :param str date_from: first day, ISO
        :param str date_to: last day, ISO
        """
        dealer = self._ensure_dealer_owner()
        if not dealer:
            return request.redirect("/my")
        date_from, date_to = self._get_statement_period(date_from, date_to)
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="dealer_statement",
            dealer=dealer,
            date_from=date_from,
            date_to=date_to,
            statement=dealer._get_dealer_statement(request.env.company, date_from, date_to),
            deposit_balance=dealer.dealer_deposit_balance,
            deposit_currency=request.env.company.currency_id,
        )
        return request.render("aftersales_dealer.portal_my_statement", values)

    @http.route("/my/statement/pdf", type="http", auth="user", website=True)
    def portal_my_statement_pdf(self, date_from=None, date_to=None, **kw):
        """Download the dealer's statement as PDF, for the same period as the page (F03, H03).

        :param str date_from: first day, ISO
        :param str date_to: last day, ISO
        """
        return self._print_statement("receivable", date_from, date_to)

    def _print_statement(self, kind, date_from, date_to):
        """Return the owner's statement of ``kind`` as PDF.

        :param str kind: as in ``aftersales.dealer.statement``
        :param str date_from: first day, ISO
        :param str date_to: last day, ISO
        """
        dealer = self._ensure_dealer_owner()
        if not dealer:
            return request.redirect("/my")
        date_from, date_to = self._get_statement_period(date_from, date_to)
        # A dealer may not make wizards; this one holds its own contact and the period only.
        wizards = request.env["aftersales.dealer.statement"].sudo()
        statement = wizards.create(
            {"dealer_id": dealer.id, "kind": kind, "date_from": date_from, "date_to": date_to}
        )
        return self._show_report(
            model=statement,
            report_type="pdf",
            report_ref=statement._get_report_ref(),
            download=True,
        )
