from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .portal_dealer import DealerPortal, dealer_todo


class PortalDealerReturn(DealerPortal):
    """Stock returns on the portal: ask, see the decision, take the request back (D12, D14)."""

    def _get_dealer_todos(self, dealer):
        count = request.env["aftersales.dealer.return"].search_count(
            [("dealer_id", "=", dealer.id), ("state", "=", "approved")]
        )
        todo = dealer_todo(
            "stock_return",
            request.env._("Goods to send back"),
            "/my/stock-returns?filterby=approved",
            count,
            text=request.env._("The company takes them back."),
            icon="fa-undo",
            sequence=45,
        )
        return [*super()._get_dealer_todos(dealer), todo]

    def _get_stock_return_filters(self):
        env = request.env
        return {
            "all": {"label": env._("All"), "domain": []},
            "requested": {"label": env._("Requested"), "domain": [("state", "=", "requested")]},
            "approved": {"label": env._("To send back"), "domain": [("state", "=", "approved")]},
        }

    @http.route(
        ["/my/stock-returns", "/my/stock-returns/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_stock_returns(self, page=1, **asked):
        """List the dealer's stock returns."""
        if not self._get_dealer():
            return request.redirect("/my")
        values = self._prepare_dealer_list(
            "aftersales.dealer.return",
            "/my/stock-returns",
            dict(asked, page=page),
            filters=self._get_stock_return_filters(),
            search_fields=("name", "line_ids.serial", "line_ids.product_id.name"),
        )
        return request.render(
            "aftersales_dealer.portal_stock_returns", dict(values, page_name="dealer_stock_return")
        )

    @http.route(
        "/my/stock-returns/new",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
    )
    def portal_stock_return_new(self, **post):
        """Ask the company to take goods back."""
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        error = ""
        if request.httprequest.method == "POST":
            try:
                with request.env.cr.savepoint():
                    stock_return = request.env["aftersales.dealer.return"]._request_for_portal(
                        dealer,
                        post.get("reason"),
                        post.get("description"),
                        self._get_ids(request.httprequest.form.getlist("machine")),
                        self._get_quantities(post),
                    )
                return request.redirect(stock_return.access_url)
            except UserError as refusal:
                error = str(refusal)
        returns = request.env["aftersales.dealer.return"]
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_stock_return",
            "new": True,
            "error": error,
            "post": post,
            "chosen": set(self._get_ids(request.httprequest.form.getlist("machine"))),
            "reasons": returns._fields["reason"]._description_selection(request.env),
            "machines": returns._get_portal_machines(dealer),
            "deliveries": returns._get_portal_deliveries(dealer),
        }
        return request.render("aftersales_dealer.portal_stock_return_new", values)

    @http.route(
        "/my/stock-returns/<int:return_id>", type="http", auth="user", website=True, readonly=True
    )
    def portal_stock_return(self, return_id, error="", **kwargs):
        """Show one stock return."""
        stock_return = self._get_own_document("aftersales.dealer.return", return_id)
        if not stock_return:
            return request.redirect("/my/stock-returns")
        return self._render_stock_return(stock_return)

    @http.route(
        "/my/stock-returns/<int:return_id>/cancel",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_stock_return_cancel(self, return_id, **post):
        """The dealer takes its request back."""
        stock_return = self._get_own_document("aftersales.dealer.return", return_id)
        if not stock_return:
            return request.redirect("/my/stock-returns")
        try:
            with request.env.cr.savepoint():
                stock_return._cancel_for_portal()
        except UserError as refusal:
            return self._render_stock_return(stock_return, error=str(refusal))
        return request.redirect(stock_return.access_url)

    def _render_stock_return(self, stock_return, error=""):
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_stock_return",
            "stock_return": stock_return,
            "error": error,
        }
        return request.render("aftersales_dealer.portal_stock_return", values)

    def _get_ids(self, texts):
        """Return the numbers among ``texts``; anything else was not sent by our page."""
        return [number for number in map(self._parse_int, texts) if number]

    def _get_quantities(self, post):
        """Return {move id: quantity} of the form's fields ``quantity_<move>``.

        :raise UserError: for a quantity that is no positive number
        """
        quantities = {}
        for name, text in post.items():
            prefix, _sep, key = name.partition("quantity_")
            move_id = self._parse_int(key)
            if prefix or not move_id or not text.strip():
                continue
            try:
                quantity = float(text.replace(",", "."))
            except ValueError:
                quantity = -1.0
            if not 0.0 <= quantity < 1e9:
                raise UserError(
                    request.env._("“%s” is not a quantity. Enter a positive number.", text[:40])
                )
            quantities[move_id] = quantity
        return quantities
