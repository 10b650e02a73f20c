from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

PAGE_SIZE = 20


class AftersalesPortal(CustomerPortal):
    """What a customer sees of their machines and matters; record rules decide which are theirs."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        for counter, model in (
            ("aftersales_ticket_count", "aftersales.ticket"),
            ("aftersales_asset_count", "aftersales.asset"),
        ):
            if counter in counters:
                records = request.env[model]
                values[counter] = records.search_count([]) if records.has_access("read") else 0
        return values

    def _prepare_list_values(self, model, url, page, search, search_fields, order):
        """Return the values every list page needs: the page's records, the pager and the search."""
        records = request.env[model]
        domain = Domain.TRUE
        if search:
            domain = Domain.OR(Domain(name, "ilike", search) for name in search_fields)
        pages = pager(
            url=url,
            url_args={"search": search} if search else None,
            total=records.search_count(domain),
            page=page,
            step=PAGE_SIZE,
        )
        found = records.search(domain, order=order, limit=PAGE_SIZE, offset=pages["offset"])
        return {
            **self._prepare_portal_layout_values(),
            # Found as the user; the names of products and stages are read for them.
            "records": found.sudo(),
            "pager": pages,
            "search": search,
            "default_url": url,
        }

    @http.route(
        ["/my/assets", "/my/assets/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_aftersales_assets(self, page=1, search=None, **kwargs):
        """The customer's machines, newest first, searchable."""
        values = self._prepare_list_values(
            "aftersales.asset", "/my/assets", page, search, ("serial", "name"), "id desc"
        )
        return request.render(
            "aftersales_service.portal_my_assets", dict(values, page_name="aftersales_asset")
        )

    @http.route("/my/assets/<int:asset_id>", type="http", auth="public", website=True)
    def portal_my_aftersales_asset(
        self, asset_id, access_token=None, report_type=None, download=False, **kwargs
    ):
        """One machine with its cover; its warranty card as PDF."""
        try:
            asset = self._document_check_access("aftersales.asset", asset_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        warranty = asset.warranty_ids.filtered(lambda w: w.state != "void")[:1]
        if report_type == "pdf" and warranty:
            return self._show_report(
                model=warranty,
                report_type="pdf",
                report_ref="aftersales_service.aftersales_warranty_report",
                download=download,
            )
        values = self._get_page_view_values(
            asset,
            access_token,
            {"page_name": "aftersales_asset", "asset": asset, "warranty": warranty},
            "my_assets_history",
            False,
        )
        return request.render("aftersales_service.portal_my_asset", values)
