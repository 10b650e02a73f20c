from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from .portal import AftersalesPortal

LIMIT, SECONDS = 10, 600


class AcceptancePortal(AftersalesPortal):
    """The customer looks through an acceptance and signs it online (W06)."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "acceptance_count" in counters:
            documents = request.env["aftersales.acceptance.document"]
            may_read = documents.has_access("read")
            values["acceptance_count"] = documents.search_count([]) if may_read else 0
        return values

    @http.route(
        ["/my/acceptances", "/my/acceptances/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_acceptances(self, page=1, search=None, **kwargs):
        """The customer's acceptances, newest first, searchable."""
        values = self._prepare_list_values(
            "aftersales.acceptance.document",
            "/my/acceptances",
            page,
            search,
            ("name", "line_ids.asset_id.serial"),
            "id desc",
        )
        return request.render(
            "aftersales_service.portal_my_acceptances",
            dict(values, page_name="aftersales_acceptance"),
        )

    def _get_acceptance(self, document_id, access_token):
        """Return the document (sudo) that visitor or customer may see.

        :raise AccessError, MissingError: when it is not theirs, or not sent (any more)
        """
        document = self._document_check_access(
            "aftersales.acceptance.document", document_id, access_token
        )
        if document.state in ("draft", "cancelled"):
            raise MissingError(request.env._("This acceptance is not to be signed any more."))
        return document

    @http.route("/my/acceptances/<int:document_id>", type="http", auth="public", website=True)
    def portal_my_acceptance(
        self, document_id, access_token=None, report_type=None, download=False, **kwargs
    ):
        """One acceptance, for its customer or by its signed link; also as PDF."""
        try:
            document = self._get_acceptance(document_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if report_type == "pdf":
            return self._show_report(
                model=document,
                report_type="pdf",
                report_ref="aftersales_service.aftersales_acceptance_report",
                download=download,
            )
        values = self._get_page_view_values(
            document,
            access_token,
            {
                "page_name": "aftersales_acceptance",
                "document": document,
                "is_signed_now": kwargs.get("message") == "sign_ok",
            },
            "my_acceptances_history",
            False,
        )
        return request.render("aftersales_service.portal_my_acceptance", values)

    @http.route(
        "/my/acceptances/<int:document_id>/remarks",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def portal_acceptance_remarks(self, document_id, access_token=None, remarks="", **kwargs):
        """Keep what the customer remarks before signing."""
        try:
            document = self._get_acceptance(document_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if not document.signed_on:
            document._write_past_guard({"customer_remarks": remarks.strip()[:5000]})
        return request.redirect(document.get_portal_url(query_string="&message=remarks_ok"))

    @http.route(
        "/my/acceptances/<int:document_id>/accept",
        type="jsonrpc",
        auth="public",
        website=True,
    )
    def portal_acceptance_accept(
        self, document_id, access_token=None, name=None, signature=None, **kwargs
    ):
        """Sign for the customer: name and signature as the portal's signature form sends them."""
        access_token = access_token or request.httprequest.args.get("access_token")
        if not request.env["aftersales.throttle"]._allow(
            "acceptance", request.httprequest.remote_addr, LIMIT, SECONDS
        ):
            return {"error": request.env._("Too many attempts. Please wait ten minutes.")}
        try:
            document = self._get_acceptance(document_id, access_token)
        except (AccessError, MissingError):
            return {"error": request.env._("This acceptance is not to be signed any more.")}
        try:
            with request.env.cr.savepoint():
                document._sign_customer(name if isinstance(name, str) else "", signature)
        except UserError as refusal:
            return {"error": str(refusal)}
        return {
            "force_refresh": True,
            "redirect_url": document.get_portal_url(query_string="&message=sign_ok"),
        }
