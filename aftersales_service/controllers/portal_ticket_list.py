from odoo import http
from odoo.http import request

from .portal import AftersalesPortal


class TicketList(AftersalesPortal):
    """A customer's tickets on the portal; record rules decide which are theirs (T01)."""

    @http.route(
        ["/my/tickets", "/my/tickets/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_aftersales_tickets(
        self, page=1, search=None, filterby=None, sortby=None, groupby=None, **kwargs
    ):
        """The customer's tickets: searched, filtered, sorted and grouped."""
        values = self._prepare_list_values(
            "aftersales.ticket",
            "/my/tickets",
            page,
            search,
            ("name", "subject", "asset_id.serial"),
            "id desc",
            filters=self._get_ticket_filters(),
            filterby=filterby,
            sortings=self._get_ticket_sortings(),
            sortby=sortby,
            groupings=self._get_ticket_groupings(),
            groupby=groupby,
        )
        return request.render(
            "aftersales_service.portal_my_tickets", dict(values, page_name="aftersales_ticket")
        )

    def _get_ticket_filters(self):
        env = request.env
        return {
            "open": {"label": env._("Open"), "domain": [("is_closed", "=", False)]},
            "closed": {"label": env._("Closed"), "domain": [("is_closed", "=", True)]},
            "all": {"label": env._("All"), "domain": []},
        }

    def _get_ticket_sortings(self):
        env = request.env
        return {
            "newest": {"label": env._("Newest"), "order": "id desc"},
            "oldest": {"label": env._("Oldest"), "order": "id"},
            "status": {"label": env._("Status"), "order": "stage_id, id desc"},
            "subject": {"label": env._("Subject"), "order": "subject, id desc"},
        }

    def _get_ticket_groupings(self):
        env = request.env
        return {
            "none": {"label": env._("None"), "field": None},
            "status": {"label": env._("Status"), "field": "stage_id"},
            "machine": {"label": env._("Machine"), "field": "asset_id"},
            "type": {"label": env._("Kind"), "field": "type"},
        }
