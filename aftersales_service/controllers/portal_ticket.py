from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from .portal import AftersalesPortal

# Wrong links of one address in ten minutes, before it has to wait.
LIMIT, SECONDS = 30, 600


class TicketPortal(AftersalesPortal):
    """A customer's tickets on the portal, and one ticket by its signed link (T01, T17)."""

    @http.route(
        ["/my/tickets", "/my/tickets/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_aftersales_tickets(self, page=1, search=None, **kwargs):
        """The customer's tickets, newest first, searchable."""
        values = self._prepare_list_values(
            "aftersales.ticket", "/my/tickets", page, search, ("name", "subject"), "id desc"
        )
        return request.render(
            "aftersales_service.portal_my_tickets", dict(values, page_name="aftersales_ticket")
        )

    @http.route("/my/tickets/<int:ticket_id>", type="http", auth="user", website=True)
    def portal_my_aftersales_ticket(self, ticket_id, **kwargs):
        """One ticket, for its customer."""
        try:
            ticket = self._document_check_access("aftersales.ticket", ticket_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        values = self._get_page_view_values(
            ticket,
            None,
            {"page_name": "aftersales_ticket", "ticket": ticket},
            "my_tickets_history",
            False,
        )
        return request.render("aftersales_service.portal_my_ticket", values)

    @http.route(
        "/service/<int:ticket_id>/<string:signature>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
    )
    def customer_link(self, ticket_id, signature, **kwargs):
        """One ticket, by its signed link."""
        ticket = request.env["aftersales.ticket"]._find_by_link(ticket_id, signature)
        if not ticket:
            return self._refuse_link()
        values = {
            **self._prepare_portal_layout_values(),
            "ticket": ticket,
            "no_breadcrumbs": True,
        }
        return self._keep_private(request.render("aftersales_service.portal_my_ticket", values))

    def _refuse_link(self):
        """Return the page for every link that opens nothing, whatever the reason."""
        # Behind a proxy the visitor's address, as Odoo's proxy_mode says.
        address = request.httprequest.remote_addr
        throttle = request.env["aftersales.throttle"]
        allowed = throttle._allow("ticket-link", address, LIMIT, SECONDS)
        response = request.render(
            "aftersales_service.customer_link_invalid",
            {"is_throttled": not allowed, "no_breadcrumbs": True},
            status=404 if allowed else 429,
        )
        if not allowed:
            response.headers["Retry-After"] = str(SECONDS)
        return self._keep_private(response)

    def _keep_private(self, response):
        """Return ``response`` so that the link in its address gets nowhere else."""
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
