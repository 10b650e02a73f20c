from odoo import SUPERUSER_ID, http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from .portal import AftersalesPortal
from .uploads import ACCEPT, MAX_FORM_BYTES, keep_uploads, read_uploads

MACHINES = 12
# New tickets of one login in an hour.
LIMIT, SECONDS = 20, 3600


class TicketForm(AftersalesPortal):
    """A customer reports a matter on the portal: first which machine, then what (T01).

    The two steps need no script, and the second one can say what is open on the machine already.
    """

    @http.route("/my/tickets/new", type="http", auth="user", website=True, methods=["GET"])
    def portal_ticket_new(self, asset_id=None, serial=None, other=None, search="", **kwargs):
        """Ask for the machine; with one, a serial or "something else", for the matter."""
        asset = self._get_own_asset(asset_id)
        if asset or (serial or "").strip() or other:
            return self._render_form(asset, {"serial": (serial or "").strip()[:64]})
        search = (search or "").strip()[:64]
        assets = request.env["aftersales.asset"]
        own = assets._search([("state", "in", ("draft", "in_service"))])
        domain = Domain("id", "in", own)
        if search:
            domain &= Domain("serial", "ilike", search) | Domain("product_id.name", "ilike", search)
        # The record rules of the user choose the machines; sudo finds and shows their products.
        found = assets.sudo().search(domain, limit=MACHINES + 1, order="id desc")
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "aftersales_ticket_new",
            "assets": found[:MACHINES],
            "has_more": len(found) > MACHINES,
            "search": search,
        }
        return request.render("aftersales_service.portal_ticket_new_machine", values)

    @http.route(
        "/my/tickets/new",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=MAX_FORM_BYTES,
    )
    def portal_ticket_create(self, asset_id=None, **post):
        """Make the ticket and show it; sent twice it is one."""
        post = {name: value for name, value in post.items() if isinstance(value, str)}
        asset = self._get_own_asset(asset_id)
        if asset_id and not asset:
            return request.redirect("/my/tickets/new")
        try:
            with request.env.cr.savepoint():
                ticket = self._create_ticket(asset, post)
        except UserError as refusal:
            return self._render_form(asset, post, error=str(refusal))
        return request.redirect(f"/my/tickets/{ticket.id}?message=created")

    def _get_own_asset(self, asset_id):
        """Return the machine (sudo) when it is the customer's own, else nothing."""
        assets = request.env["aftersales.asset"]
        if not (isinstance(asset_id, str) and asset_id.isdecimal() and len(asset_id) < 10):
            return assets
        # Found by the record rules of the user; sudo shows product and cover.
        return assets.search([("id", "=", int(asset_id))]).sudo()

    def _create_ticket(self, asset, post):
        """Return the ticket (superuser) made of the form.

        :raise UserError: naming what is missing or too much
        """
        user = request.env.user
        if user._is_internal():
            raise UserError(request.env._("Colleagues enter tickets under Hotline."))
        tickets = request.env["aftersales.ticket"].with_user(SUPERUSER_ID)
        tickets = tickets.with_context(**request.env.context)
        vals = tickets._prepare_portal_vals(user.partner_id, asset, post)
        same = tickets._find_sent_twice(vals)
        if same:
            return same
        uploads = read_uploads()
        if not request.env["aftersales.throttle"]._allow(
            "ticket-new", f"user {user.id}", LIMIT, SECONDS
        ):
            raise UserError(request.env._("That was a lot at once. Please wait an hour."))
        ticket = tickets.create(vals)
        ticket.message_subscribe(partner_ids=user.partner_id.ids)
        keep_uploads(ticket, uploads)
        return ticket

    def _render_form(self, asset, post, error=None):
        """Return the form for ``asset`` (sudo, may be empty) with what was typed."""
        tickets = request.env["aftersales.ticket"]
        labels = dict(tickets._fields["type"]._description_selection(request.env))
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "aftersales_ticket_new",
            "asset": asset,
            # Own open tickets only, by the record rules; stages and dates are shown by sudo.
            "duplicates": asset and tickets._find_open_of(asset).sudo(),
            "types": [(key, labels[key]) for key in tickets._get_portal_types()],
            "post": post,
            "error": error,
            "accept": ACCEPT,
        }
        return request.render("aftersales_service.portal_ticket_new", values)
