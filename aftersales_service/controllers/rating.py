from odoo import http
from odoo.http import request

from odoo.addons.rating.controllers.main import Rating


class TicketRating(Rating):
    """Odoo's rating page for tickets and visits: as long as a rating may be given or changed (Q01).

    Opening a link never rates: Odoo's page asks to confirm, and only that is kept.
    """

    @http.route()
    def action_open_rating(self, token, rate, **kwargs):
        """Show the page on which the rating is confirmed, or that it is too late."""
        return self._refuse_late(token) or super().action_open_rating(token, rate, **kwargs)

    @http.route()
    def action_submit_rating(self, token, rate=0, **kwargs):
        """Keep the rating, or say that it is too late."""
        return self._refuse_late(token) or super().action_submit_rating(token, rate, **kwargs)

    def _refuse_late(self, token):
        """Return the page that says so when what is rated went on or ended long ago."""
        rating, record = self._get_rating_and_record(token)
        if record._name not in ("aftersales.ticket", "aftersales.visit"):
            return None
        is_present = record._name == "aftersales.visit" or (
            rating.aftersales_round in (0, record._get_rating_round())
        )
        if is_present and record._may_rate():
            return None
        request.update_context(lang=rating.partner_id.lang or request.env.context.get("lang"))
        return request.render("aftersales_service.rating_late", {"no_breadcrumbs": True})
