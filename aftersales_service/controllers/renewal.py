from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request


class RenewalController(http.Controller):
    """The button of the digest of ending cover (W10)."""

    @http.route(
        "/aftersales/renewal/<int:renewal_id>/quotation", type="http", auth="user", methods=["GET"]
    )
    def quotation(self, renewal_id):
        """Open the quotation for more cover of a customer; make it when there is none.

        A link of a mail can be GET only; opened twice it makes nothing twice. What cannot be
        offered any more opens the line that says why.
        """
        renewal = request.env["aftersales.renewal"].browse(renewal_id).exists()
        if not renewal:
            return request.redirect("/odoo/ending-cover")
        try:
            # All of the customer's that this salesperson has: one quotation a customer.
            orders = renewal._get_of_same_customer()._make_quotations()
        except (AccessError, UserError):
            return request.redirect(f"/odoo/ending-cover/{renewal.id}")
        return request.redirect(f"/odoo/sales/{orders[:1].id}")
