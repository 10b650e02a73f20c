from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

MAX_LISTED_MACHINES = 20


class DealerPortal(CustomerPortal):
    """Base of the dealer's pages (D14): who is a dealer, the overview, the card on /my.

    Pages of other documents derive from this class, begin each route with ``_get_dealer`` and add a
    card to the template ``portal_dealer_home`` and its figures to ``_prepare_dealer_home_values``.
    """

    def _get_dealer(self):
        """Return the dealer the portal user works for, or an empty partner: then redirect to
        /my."""
        user = request.env.user  # always sudoed: only the user's own company is read
        partner = user.commercial_partner_id
        return partner if partner.is_dealer and user._is_portal() else partner.browse()

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if {"dealer_count", "dealer_to_register_count"} & set(counters):
            dealer = self._get_dealer()
            if "dealer_count" in counters:
                values["dealer_count"] = len(dealer)
            if "dealer_to_register_count" in counters:
                values["dealer_to_register_count"] = self._count_to_register(dealer)
        return values

    def _count_to_register(self, dealer):
        """Return how many machines of ``dealer`` wait for their registration."""
        assets = request.env["aftersales.asset"]
        return assets.search_count(assets._get_to_register_domain(dealer)) if dealer else 0

    def _prepare_dealer_home_values(self, dealer):
        """Return the values of the overview page; extended by each page that has a card on it."""
        assets = request.env["aftersales.asset"]
        to_register = assets.search(
            assets._get_to_register_domain(dealer),
            order="date_delivery, id",
            limit=MAX_LISTED_MACHINES,
        )
        agreements = request.env["aftersales.dealer.agreement"].search(
            [("dealer_id", "=", dealer.id)]
        )
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer",
            "dealer": dealer,
            # Record rules gave the dealer's own running agreements; sudo shows countries,
            # categories and grade.
            "agreements": agreements.sudo(),
            "to_register": to_register.sudo(),  # as above: serials and products
            "to_register_count": self._count_to_register(dealer),
            "registration_count": request.env["aftersales.registration"].search_count(
                [("dealer_id", "=", dealer.id), ("state", "=", "registered")]
            ),
        }

    @http.route("/my/dealer", type="http", auth="user", website=True, readonly=True)
    def portal_dealer_home(self, **kwargs):
        """Show the dealer what is to do, its documents and the terms agreed (D14)."""
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        return request.render(
            "aftersales_dealer.portal_dealer_home", self._prepare_dealer_home_values(dealer)
        )
