from odoo import http
from odoo.http import request

from .portal import AftersalesPortal


class AftersalesContractPortal(AftersalesPortal):
    """A customer's service contracts; record rules decide which are theirs (W11)."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "aftersales_contract_count" in counters:
            contracts = request.env["aftersales.contract"]
            allowed = contracts.has_access("read")
            values["aftersales_contract_count"] = contracts.search_count([]) if allowed else 0
        return values

    @http.route(
        ["/my/contracts", "/my/contracts/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_aftersales_contracts(self, page=1, search=None, **kwargs):
        """The customer's contracts, newest first, searchable."""
        values = self._prepare_list_values(
            "aftersales.contract",
            "/my/contracts",
            page,
            search,
            ("name", "line_ids.asset_id.serial"),
            "id desc",
        )
        return request.render(
            "aftersales_service.portal_my_contracts", dict(values, page_name="aftersales_contract")
        )

    @http.route("/my/contracts/<int:contract_id>", type="http", auth="public", website=True)
    def portal_my_aftersales_contract(
        self, contract_id, access_token=None, report_type=None, download=False, **kwargs
    ):
        """One contract, for its customer or by its signed link; also as PDF."""
        contract = self._open_document("aftersales.contract", contract_id, access_token)
        if not contract:
            return request.redirect("/my")
        if report_type in ("html", "pdf", "text"):
            return self._show_report(
                model=contract,
                report_type=report_type,
                report_ref="aftersales_service.aftersales_contract_report",
                download=download,
            )
        values = self._get_page_view_values(
            contract,
            access_token,
            {"page_name": "aftersales_contract", "contract": contract},
            "my_contracts_history",
            False,
        )
        return request.render("aftersales_service.portal_my_contract", values)
