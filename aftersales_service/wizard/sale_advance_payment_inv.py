from odoo import models
from odoo.exceptions import UserError
from odoo.tools import formatLang


class SaleAdvancePaymentInv(models.TransientModel):
    """Down payments are deducted from what the order invoices, not from its contracts (W11)."""

    _inherit = "sale.advance.payment.inv"

    def create_invoices(self):
        """Invoice the orders.

        :raise UserError: when a down payment is more than the order itself invoices
        """
        self._check_contract_down_payment()
        return super().create_invoices()

    def _check_contract_down_payment(self):
        """Raise when a down payment could not be deducted: contracts invoice their periods."""
        order = self.sale_order_ids
        if self.advance_payment_method == "delivered" or len(order) != 1:
            return
        if not order.order_line._filter_service("contract"):
            return
        asked = self.fixed_amount
        if self.advance_payment_method == "percentage":
            asked = order.amount_total * self.amount / 100
        earlier = order.order_line.filtered("is_downpayment").invoice_lines
        paid = sum(earlier.filtered(lambda x: x.parent_state != "cancel").mapped("price_total"))
        room = max(order._get_aftersales_own_amount() - paid, 0.0)
        if order.currency_id.compare_amounts(asked, room) > 0:
            raise UserError(
                self.env._(
                    "%(order)s: the service contract is invoiced by period, and a down payment is "
                    "not deducted there. Enter %(amount)s at most, what the order invoices besides "
                    "its contract, or invoice the first period with “Invoice Now” on the contract.",
                    order=order.name,
                    amount=formatLang(self.env, room, currency_obj=order.currency_id),
                )
            )
