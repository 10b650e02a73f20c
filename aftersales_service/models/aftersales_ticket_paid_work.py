from collections import defaultdict

from odoo import models

from ..tools.paid_work import allocate


class AftersalesTicket(models.Model):
    """What of the accepted quotations the work has used up, by the vouchers (T11)."""

    _inherit = "aftersales.ticket"

    def _allocate_work(self):
        """Return what the vouchers and repairs of the ticket used of its accepted quotations.

        :return: ({order line id: quantity to invoice}, {key: quantity beyond what was accepted});
            keys as in ``sale.order.line._get_work_key``
        """
        self.ensure_one()
        # sudo: whoever asks need not read orders, vouchers and stock moves.
        ticket = self.sudo()
        orders = ticket.quotation_ids.filtered(lambda order: order.state == "sale").sorted("id")
        order_lines = orders.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )
        lines = [(line, line._get_work_key(), line._get_offered_quantity()) for line in order_lines]
        visits = ticket.visit_ids.filtered(lambda v: v.state == "done" and v._is_charged(orders))
        repairs = ticket.repair_ids.filtered(lambda r: r.state == "done")
        used = self._get_used_parts(visits, repairs)
        if repairs or visits.type_id.filtered("quotation_exempt"):
            # As quoted: Odoo's repairs record no hours, and who looked first and stayed for the
            # work does not say when it began.
            used[("labour",)] = None
        elif visits:
            used[("labour",)] = sum(visits.mapped("hours"))
        if visits or repairs:
            # What comes once comes with the work; another journey is not the customer's affair.
            used.update({key: None for _line, key, _qty in lines if key[0] in ("travel", "other")})
        delivered, beyond = allocate(lines, used)
        quantities = {line.id: line._get_quantity_of(taken) for line, taken in delivered.items()}
        return quantities, self._drop_free(beyond)

    def _get_used_parts(self, visits, repairs):
        """Return {("part", product id): quantity in the product's unit} that was fitted."""
        used = defaultdict(float)
        for line in visits.line_ids.filtered(lambda li: li.kind == "used"):
            product = line.product_id
            used["part", product.id] += line.uom_id._compute_quantity(
                line.quantity, product.uom_id, round=False
            )
        for move in repairs.move_ids:
            if move.repair_line_type == "add" and move.state == "done":
                product = move.product_id
                used["part", product.id] += move.product_uom._compute_quantity(
                    move.quantity, product.uom_id, round=False
                )
        return dict(used)

    def _drop_free(self, beyond):
        """Return ``beyond`` without what warranty or contract pays for."""
        free = {
            "part": self.entitlement_parts,
            "labour": self.entitlement_labour,
            "travel": self.entitlement_travel,
        }
        return {key: quantity for key, quantity in beyond.items() if not free.get(key[0])}

    def _on_work_done(self):
        """Visits or repairs of these tickets are done: their orders invoice what was used."""
        # sudo: whoever ends the work need not read orders; their quantities follow.
        tickets = self.sudo().filtered("quotation_state")
        for ticket in tickets:
            orders = ticket.quotation_ids.filtered(lambda order: order.state == "sale")
            orders.order_line._compute_qty_delivered()
            for order in orders.filtered(lambda o: o.invoice_status == "to invoice"):
                order._ask_to_invoice(ticket)
        tickets._sync_quotation_state()
