from odoo import http
from odoo.http import request

from .portal_dealer import DealerPortal


class PortalDealerGrade(DealerPortal):
    """The dealer's grade, what it means, and what its last score was made of (D11, D14)."""

    @http.route("/my/dealer/grade", type="http", auth="user", website=True, readonly=True)
    def portal_dealer_grade(self, **kwargs):
        """Show the owner of a dealer its own grade and score; nothing of other dealers (D11)."""
        dealer = self._ensure_dealer_owner()
        if not dealer:
            return request.redirect("/my")
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_grade",
            # sudo: who may see this dealer was checked above; each value below is the dealer's own.
            **dealer.sudo()._prepare_portal_grade_values(),
        }
        return request.render("aftersales_dealer.portal_dealer_grade", values)
