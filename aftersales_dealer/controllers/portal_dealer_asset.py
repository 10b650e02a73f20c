from odoo import http
from odoo.fields import Domain
from odoo.http import request

from .portal_dealer import DealerPortal

URL = "/my/dealer/assets"
MAX_FOUND = 10
MAX_DOCUMENTS = 20


class PortalDealerAsset(DealerPortal):
    """A dealer's machines: what each customer is entitled to, what is open, and from there to a
    registration, ticket, claim (X04, D14); and the search by serial over all that is the dealer's.
    """

    def _get_asset_filters(self):
        """Return the filters of the list, by key."""
        env = request.env

        def by_state(label, *states):
            return {"label": label, "domain": Domain("registration_state", "in", states)}

        return {
            "all": {"label": env._("All"), "domain": Domain.TRUE},
            "open": {
                "label": env._("To register"),
                "domain": Domain(
                    request.env["aftersales.asset"]._get_to_register_domain(self._get_dealer())
                ),
            },
            "registered": by_state(env._("Registered"), "registered", "late"),
            "late": by_state(env._("Registered late"), "late"),
        }

    def _get_asset_sortings(self):
        """Return the orders of the list, by key."""
        env = request.env
        return {
            "newest": {"label": env._("Newest"), "order": "id desc"},
            "delivered": {"label": env._("Waiting longest"), "order": "date_delivery, id"},
            "serial": {"label": env._("Serial"), "order": "serial, id"},
        }

    @http.route(
        [URL, f"{URL}/page/<int:page>"], type="http", auth="user", website=True, readonly=True
    )
    def portal_dealer_assets(self, page=1, **asked):
        """List the machines delivered to the dealer (D14)."""
        if not self._get_dealer():
            return request.redirect("/my")
        env = request.env
        values = self._prepare_dealer_list(
            "aftersales.asset",
            URL,
            dict(asked, page=page),
            filters=self._get_asset_filters(),
            sortings=self._get_asset_sortings(),
            groupings={
                "none": {"label": env._("None"), "field": None},
                "product": {"label": env._("Product"), "field": "product_id"},
            },
            search_fields=("serial", "name", "product_id.name", "partner_id.name"),
        )
        return request.render(
            "aftersales_dealer.portal_dealer_assets", dict(values, page_name="dealer_asset")
        )

    @http.route(f"{URL}/<int:asset_id>", type="http", auth="user", website=True, readonly=True)
    def portal_dealer_asset(self, asset_id, **kwargs):
        """Show one machine, what covers it today, and what may be done with it (X04)."""
        asset = self._get_own_document("aftersales.asset", asset_id)
        if not asset:
            return request.redirect(URL)
        return request.render(
            "aftersales_dealer.portal_dealer_asset", self._prepare_dealer_asset_values(asset)
        )

    def _prepare_dealer_asset_values(self, asset):
        """Return the values of the page of ``asset`` (sudo, the dealer's own); extended by
        documents that a machine has.
        """
        lines = asset._get_open_campaign_lines()
        own = [("dealer_id", "=", asset.dealer_id.id), ("asset_id", "=", asset.id)]
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_asset",
            "asset": asset,
            # As the user: who may read a machine may know what covers it.
            "cover": asset.with_user(request.env.user).get_entitlement()[asset.id],
            "campaign_lines": lines.get(asset.id, lines[False]).sudo(),
            "claims": request.env["aftersales.claim"].search(own, limit=MAX_DOCUMENTS),
        }

    # -- search ---------------------------------------------------------------------------------

    @http.route("/my/dealer/search", type="http", auth="user", website=True, readonly=True)
    def portal_dealer_search(self, search="", **kwargs):
        """Find a serial or number in all of the dealer's things; a machine's own serial opens it,
        as a barcode reader types it (D14).
        """
        if not self._get_dealer():
            return request.redirect("/my")
        search = search.strip()[:100]
        asset = self._find_dealer_asset(search)
        if asset:
            return request.redirect(f"{URL}/{asset.id}")
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_search",
            "search": search,
            "sections": [
                section for section in self._search_dealer_things(search) if section["rows"]
            ],
        }
        return request.render("aftersales_dealer.portal_dealer_search", values)

    def _find_dealer_asset(self, serial):
        """Return the dealer's own machine of exactly this serial or number, else nothing."""
        if not serial:
            return request.env["aftersales.asset"]
        domain = Domain("dealer_id", "=", self._get_dealer().id)
        domain &= Domain("serial", "=", serial) | Domain("name", "=", serial)
        found = request.env["aftersales.asset"].search(domain, limit=2)
        return found if len(found) == 1 else found.browse()

    def _search_dealer_things(self, search):
        """Return what of the dealer's documents has ``search`` in its number or serial, as a list
        of ``{"title", "url", "rows": [{"name", "text", "url"}]}``; extended by each document.

        ``url`` leads to the whole list, searched.
        """
        env = request.env
        return [
            self._search_section(
                "aftersales.asset", env._("Machines"), URL, search, ("serial", "name"),
                lambda asset: (asset.serial or asset.name, asset.product_id.display_name),
            ),
            self._search_section(
                "aftersales.registration", env._("Registrations"), "/my/registrations", search,
                ("serial", "name"), lambda card: (card.name, card.serial),
            ),
            self._search_section(
                "aftersales.claim", env._("Claims"), "/my/claims", search,
                ("name", "lot_id.name"), lambda claim: (claim.name, claim.lot_id.name),
            ),
            self._search_section(
                "aftersales.part.return", env._("Old parts"), "/my/part-returns", search,
                ("name", "tracking_ref"), lambda sent: (sent.name, sent.tracking_ref),
            ),
        ]  # fmt: skip

    def _search_section(self, model, title, url, search, names, describe):
        """Return one section of the search: the first few records found, described by ``describe``
        (record → name, text).
        """
        found = []
        if search:
            values = self._prepare_dealer_list(model, url, {"search": search}, search_fields=names)
            found = values["records"][:MAX_FOUND]
        rows = [(record.id, *describe(record)) for record in found]
        return {
            "title": title,
            "url": url,
            "rows": [
                {"name": name, "text": text or "", "url": f"{url}/{record_id}"}
                for record_id, name, text in rows
            ],
        }
