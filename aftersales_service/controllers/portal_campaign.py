from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager

from .portal import PAGE_SIZE, AftersalesPortal


class AftersalesCampaignPortal(AftersalesPortal):
    """What campaigns ask of those who have the machines, and the way to an appointment (W15)."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "aftersales_campaign_count" in counters:
            values["aftersales_campaign_count"] = request.env[
                "aftersales.campaign.line"
            ]._count_for_portal()
        return values

    def _get_page_view_values(self, document, access_token, values, *args, **kwargs):
        if document._name == "aftersales.asset":
            # The page was opened by its owner or signed link; campaigns are told to both.
            lines = document.sudo()._get_open_campaign_lines()
            values["campaign_lines"] = lines.get(document.id, lines[False]).sudo()
        return super()._get_page_view_values(document, access_token, values, *args, **kwargs)

    @http.route(
        ["/my/campaigns", "/my/campaigns/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_aftersales_campaigns(self, page=1, search=None, **kwargs):
        """The machines of the user with an open campaign, searchable by serial."""
        lines = request.env["aftersales.campaign.line"]
        domain = lines._get_portal_domain()
        if search:
            domain &= Domain("serial", "ilike", search) | Domain("campaign_id.name", "=", search)
        # The domain holds the user's own machines only.
        lines = lines.sudo()
        pages = pager(
            url="/my/campaigns",
            url_args={"search": search} if search else None,
            total=lines.search_count(domain),
            page=page,
            step=PAGE_SIZE,
        )
        values = {
            **self._prepare_portal_layout_values(),
            "records": lines.search(
                domain, order="campaign_id desc, serial", limit=PAGE_SIZE, offset=pages["offset"]
            ),
            "own": request.env.user.commercial_partner_id,
            "pager": pages,
            "search": search,
            "default_url": "/my/campaigns",
            "page_name": "aftersales_campaign",
        }
        return request.render("aftersales_service.portal_my_campaigns", values)

    @http.route(
        "/my/assets/<int:asset_id>/campaign/<int:line_id>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_arrange_campaign(self, asset_id, line_id, **post):
        """Ask for an appointment: a ticket for the campaign's work, once."""
        try:
            asset = self._document_check_access("aftersales.asset", asset_id)
            # Only units of the machine that the user was let to.
            line = asset.sudo()._get_open_campaign_lines().get(asset.id)
            line = line and line.sudo().filtered(lambda unit: unit.id == line_id)
            if not line:
                return request.redirect(f"/my/assets/{asset_id}")
            ticket = line._arrange_for_portal(request.env.user)
        except (AccessError, MissingError):
            return request.redirect("/my")
        except UserError:
            return request.redirect(f"/my/assets/{asset_id}")
        return request.redirect(f"/my/tickets/{ticket.id}")
