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

    def _prepare_list_values(
        self,
        model,
        url,
        page,
        search,
        search_fields,
        order,
        *,
        filters=None,
        filterby=None,
        sortings=None,
        sortby=None,
        groupings=None,
        groupby=None,
    ):
        """Return the values every list page needs: the page's records, the pager and the search,
        and Odoo's search bar when there is something to choose.

        :param filters: {key: {"label", "domain"}}, ``sortings``: {key: {"label", "order"}} and
            ``groupings``: {key: {"label", "field"}}; the first of each is the default, and a key
            that is unknown counts as that. Groups are in ``grouped``: [(record or value, records)].
        """
        filterby = self._get_choice(filters, filterby)
        sortby = self._get_choice(sortings, sortby)
        groupby = self._get_choice(groupings, groupby)
        records = request.env[model]
        domain = Domain(filters[filterby]["domain"]) if filterby else Domain.TRUE
        if search:
            domain &= Domain.OR(Domain(name, "ilike", search) for name in search_fields)
        order = sortings[sortby]["order"] if sortby else order
        field = groupings[groupby]["field"] if groupby else None
        if field:
            order = f"{field}, {order}"
        asked = {"search": search, "filterby": filterby, "sortby": sortby, "groupby": groupby}
        pages = pager(
            url=url,
            url_args={key: value for key, value in asked.items() if value},
            total=records.search_count(domain),
            page=page,
            step=PAGE_SIZE,
        )
        # Found as the user; the names of products and stages are read for them.
        found = records.search(domain, order=order, limit=PAGE_SIZE, offset=pages["offset"]).sudo()
        return {
            **self._prepare_portal_layout_values(),
            **asked,
            "records": found,
            "grouped": list(found.grouped(field).items()) if field else [(None, found)],
            "searchbar_filters": filters,
            "searchbar_sortings": sortings,
            "searchbar_groupby": groupings,
            "pager": pages,
            "default_url": url,
        }

    def _get_choice(self, choices, asked):
        """Return the key of ``choices`` that was asked for, else the first one; None without."""
        if not choices:
            return None
        return asked if asked in choices else next(iter(choices))

    def _open_document(self, model, record_id, access_token=None):
        """Return the record (sudo) that customer or visitor may see, or None: then go to /my."""
        try:
            return self._document_check_access(model, record_id, access_token)
        except (AccessError, MissingError):
            return None

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
        asset = self._open_document("aftersales.asset", asset_id, access_token)
        if not asset:
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
