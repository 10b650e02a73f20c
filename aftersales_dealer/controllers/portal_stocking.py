from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from .portal_dealer import dealer_todo
from .portal_dispatch import PortalDispatch

URL = "/my/dealer/stocking"


class PortalStocking(PortalDispatch):
    """The dealer's stocking plans on the portal: count, confirm, order (D06)."""

    def _get_dealer_todos(self, dealer):
        env, todos = request.env, super()._get_dealer_todos(dealer)
        waiting = env["aftersales.stocking.plan"].search(
            [("dealer_id", "=", dealer.id), ("state", "=", "sent")], order="date_due"
        )
        return [
            *todos,
            dealer_todo(
                "stocking",
                env._("Confirm your spare parts"),
                waiting.access_url if len(waiting) == 1 else URL,
                len(waiting),
                icon="fa-cubes",
                sequence=40,
                deadline=waiting[:1].date_due,
            ),
        ]

    @http.route(
        [URL, f"{URL}/page/<int:page>"], type="http", auth="user", website=True, readonly=True
    )
    def portal_stocking_plans(self, page=1, **asked):
        """List the dealer's plans."""
        if not self._get_dealer():
            return request.redirect("/my")
        env = request.env
        values = self._prepare_dealer_list(
            "aftersales.stocking.plan",
            URL,
            dict(asked, page=page),
            filters={
                "all": {"label": env._("All"), "domain": Domain.TRUE},
                "sent": {"label": env._("To confirm"), "domain": Domain("state", "=", "sent")},
            },
            sortings={"due": {"label": env._("In stock by"), "order": "date_due desc, id desc"}},
            search_fields=("name",),
        )
        return request.render(
            "aftersales_dealer.portal_stocking_plans", dict(values, page_name="dealer_stocking")
        )

    def _get_own_plan(self, plan_id):
        """Return the dealer's own plan (sudo, as the user's deed), else nothing."""
        plan = self._get_own_document("aftersales.stocking.plan", plan_id)
        # sudo: only what ``_get_own_document`` let through; the user stays who did it.
        return request.env["aftersales.stocking.plan"].browse(plan.ids).sudo()

    @http.route(f"{URL}/<int:plan_id>", type="http", auth="user", website=True, readonly=True)
    def portal_stocking_plan(self, plan_id, message="", **kwargs):
        """Show one plan with what is recommended and why."""
        plan = self._get_own_plan(plan_id)
        return self._render_plan(plan, message=message) if plan else request.redirect(URL)

    def _render_plan(self, plan, post=None, error="", message=""):
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_stocking",
            "plan": plan,
            "post": post or {},
            "error": error,
            "message": message if message in ("saved", "confirmed") else "",
            "is_owner": self._is_dealer_owner(),
            "orders": plan.sale_order_ids,
        }
        return request.render("aftersales_dealer.portal_stocking_plan", values)

    @http.route(
        f"{URL}/<int:plan_id>/<any(stock,confirm):deed>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_stocking_plan_post(self, plan_id, deed, **post):
        """Report the stock, or confirm the plan and order: that is the owner's."""
        if deed == "confirm":
            self._ensure_dealer_owner()
        plan = self._get_own_plan(plan_id)
        if not plan:
            return request.redirect(URL)
        try:
            with request.env.cr.savepoint():
                stock = self._read_quantities(plan, post, "stock")
                if deed == "confirm":
                    plan._confirm(stock, self._read_quantities(plan, post, "order"))
                else:
                    plan._report_stock(stock)
        except UserError as refusal:
            plan.invalidate_recordset()
            return self._render_plan(plan, post, str(refusal))
        message = "confirmed" if deed == "confirm" else "saved"
        return request.redirect(f"{plan.access_url}?message={message}")

    def _read_quantities(self, plan, post, name):
        """Return {line id: quantity} as posted; empty inputs count as zero."""
        quantities = {}
        for line in plan.line_ids:
            text = post.get(f"{name}_{line.id}")
            if text is not None:
                quantities[line.id] = self._parse_number(text or "0", line.product_id.display_name)
        return quantities

    def _do_report(self, dispatch, post):
        result = super()._do_report(dispatch, post)
        product = self._get_planned_products(dispatch).filtered(
            lambda p: p.id == self._parse_int(post.get("missing_product_id"))
        )
        if product and not dispatch.fixed:
            dispatch._report_missing_part(product)
        return result

    def _get_planned_products(self, dispatch):
        """Return the parts of the dealer's plans, of which one may be missing."""
        lines = request.env["aftersales.stocking.plan.line"].search(
            [("dealer_id", "=", dispatch.dealer_id.id)], order="id desc", limit=300
        )
        return lines.sudo().product_id  # found by the user's rules; sudo shows the names

    def _render_dispatch(self, dispatch, *args, **kwargs):
        response = super()._render_dispatch(dispatch, *args, **kwargs)
        response.qcontext["planned_products"] = self._get_planned_products(dispatch)
        return response
