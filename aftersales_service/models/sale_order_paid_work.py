from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request

WORK_KINDS = [
    ("part", "Part"),
    ("labour", "Labour"),
    ("travel", "Travel"),
    ("other", "Other"),
]
# What only the system says of an order.
OURS = {"aftersales_paid_work", "aftersales_version", "aftersales_replaces_id"}
PAID_STATES = ("pending", "authorized", "done")


class SaleOrder(models.Model):
    """The quotation of paid work on a ticket: accepted, done, invoiced (T11).

    Its parts leave stock with the visits and repairs that fit them, so the order itself delivers
    nothing; what it invoices is what the vouchers say, and never more than was accepted.
    """

    _inherit = "sale.order"

    aftersales_paid_work = fields.Boolean(
        string="Paid Service Work", readonly=True, copy=False, index="btree_not_null"
    )
    aftersales_version = fields.Integer(
        string="Version", default=1, readonly=True, copy=False, aggregator=None
    )
    aftersales_replaces_id = fields.Many2one(
        "sale.order", string="Replaces", readonly=True, copy=False, index="btree_not_null"
    )
    aftersales_refusal = fields.Char(
        string="Refused Because", readonly=True, copy=False, tracking=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        defaults = {name.removeprefix("default_") for name in self.env.context}
        self._check_paid_work_is_ours(defaults.union(*vals_list))
        orders = super().create(vals_list)
        orders._get_quoted_tickets()._sync_quotation_state()
        return orders

    def write(self, vals):
        self._check_paid_work_is_ours(vals.keys())
        result = super().write(vals)
        if "state" in vals:
            tickets = self._get_quoted_tickets()
            tickets._sync_quotation_state()
            if vals["state"] == "sent":
                tickets._on_quotation_sent()
        return result

    def _check_paid_work_is_ours(self, names):
        """Raise UserError when a client says which orders are paid work: these deliver and invoice
        by the vouchers of their ticket, all others by themselves.
        """
        if OURS & names and not self.env.su:
            raise UserError(
                self.env._(
                    "Quotations of paid service work are made and revised from their ticket, not "
                    "by hand."
                )
            )

    def _get_quoted_tickets(self):
        """Return the tickets whose paid work these orders quote."""
        # sudo: salespeople and customers who sign online have no rights on tickets.
        return self.sudo().filtered("aftersales_paid_work").aftersales_ticket_id

    def action_confirm(self):
        """A quotation of paid work is confirmed by the customer: signed, paid, or on paper."""
        for order in self.filtered("aftersales_paid_work"):
            # sudo: whoever confirms need not read payments; one that failed accepts nothing.
            payments = order.sudo().transaction_ids.filtered(lambda tx: tx.state in PAID_STATES)
            accepted = order.signed_by or order.signature or payments
            if not accepted and not self.env.su:
                raise UserError(
                    self.env._(
                        "%(order)s: paid work starts when the customer has accepted. Send it to be "
                        "signed online, or use “Record Acceptance” to say who signed.",
                        order=order.name,
                    )
                )
        return super().action_confirm()

    def _action_confirm(self):
        result = super()._action_confirm()
        for order in self.filtered("aftersales_paid_work"):
            # As in ``_get_quoted_tickets``.
            order.sudo().aftersales_ticket_id._on_quotation_accepted(order)
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        for order in self.filtered("aftersales_paid_work"):
            if not order.aftersales_refusal:
                order.aftersales_refusal = self._get_online_refusal()
            # As above.
            order.sudo().aftersales_ticket_id._on_quotation_cancelled(order)
        return result

    @api.model
    def _get_online_refusal(self):
        """Return what the customer wrote who declines on Odoo's page right now, or False."""
        # Odoo's page acts as superuser; who asks stands in the request only.
        if not request or not request.env.user.share:
            return False
        return request.params.get("decline_message") or self.env._("Declined online.")

    def action_draft(self):
        """A refused quotation that is offered again is not refused."""
        result = super().action_draft()
        self.filtered("aftersales_refusal").aftersales_refusal = False
        self._get_quoted_tickets()._sync_quotation_state()
        return result

    def action_revise_paid_work(self):
        """Make the next version of the quotation; this one is cancelled (T11).

        :return: window action on the new version
        :raise UserError: when it is accepted already
        """
        self.ensure_one()
        if self.state == "sale" or not self.aftersales_paid_work:
            raise UserError(
                self.env._(
                    "%(order)s is accepted: what is needed beyond it is a supplement.",
                    order=self.name,
                )
            )
        self.check_access("write")
        # sudo: that it is paid work is set by the system only; whoever may write it revises it.
        revised = self.sudo().copy(self._prepare_revision_vals()).sudo(self.env.su)
        if self.state != "cancel":
            self._action_cancel()
        self.message_post(body=self.env._("Replaced by %s.", revised.name))
        return revised._get_paid_work_action()

    def action_record_answer(self):
        """Open the dialog that records the customer's answer given to us (T11)."""
        self.ensure_one()
        return self.aftersales_ticket_id.action_answer_quotation()

    def _prepare_revision_vals(self):
        """Return what the next version of the quotation does not copy by itself."""
        self.ensure_one()
        return {
            "aftersales_paid_work": True,
            "aftersales_ticket_id": self.aftersales_ticket_id.id,
            "aftersales_version": self.aftersales_version + 1,
            "aftersales_replaces_id": self.id,
            "origin": self.origin,
            "validity_date": self.company_id._get_quotation_end(),
        }

    def _get_paid_work_action(self):
        """Return the window action that opens the quotation."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _ask_to_invoice(self, ticket):
        """Ask the salesperson, once, to invoice the finished work on ``ticket`` today (V10)."""
        self.ensure_one()
        summary = self.env._("Invoice the work on %s", ticket.name)
        if self.user_id and summary not in self.activity_ids.mapped("summary"):
            self.activity_schedule(
                "mail.mail_activity_data_todo", summary=summary, user_id=self.user_id.id
            )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    aftersales_work = fields.Selection(WORK_KINDS, string="Kind of Work", readonly=True)

    def _is_paid_work(self):
        """Whether the line is invoiced by what the vouchers of a ticket say."""
        self.ensure_one()
        return self.order_id.aftersales_paid_work and not self.display_type

    def _get_work_key(self):
        """Return what the line is used up by: a product of parts, labour, or a journey."""
        self.ensure_one()
        company = self.order_id.company_id
        if self.product_id == company.aftersales_labour_product_id:
            return ("labour",)
        if self.product_id.type == "consu":
            return ("part", self.product_id.id)
        return (self.aftersales_work or "other", self.product_id.id)

    def _get_work_uom(self):
        """Return the unit that the line's work is counted in: hours, or the part's own."""
        self.ensure_one()
        hour = self.env.ref("uom.product_uom_hour")
        if self._get_work_key() == ("labour",) and self.product_uom_id._has_common_reference(hour):
            return hour
        return self.product_id.uom_id

    def _get_offered_quantity(self):
        """Return the quantity of the line in the unit that its work is counted in."""
        self.ensure_one()
        uom = self._get_work_uom()
        return self.product_uom_id._compute_quantity(self.product_uom_qty, uom, round=False)

    def _get_quantity_of(self, quantity):
        """Return ``quantity``, counted in the unit of the work, in the unit of the line."""
        self.ensure_one()
        return self._get_work_uom()._compute_quantity(quantity, self.product_uom_id, round=False)

    def _prepare_qty_delivered(self):
        quantities = super()._prepare_qty_delivered()
        lines = self.filtered(lambda line: line._is_paid_work())
        # sudo: whoever looks at the order need not read the vouchers it is invoiced by.
        for ticket, own in lines.grouped(
            lambda li: li.sudo().order_id.aftersales_ticket_id
        ).items():
            delivered = ticket._allocate_work()[0] if ticket else {}
            for line in own:
                quantities[line] = delivered.get(line._origin.id, 0.0)
        return quantities

    @api.depends("order_id.aftersales_paid_work")
    def _compute_qty_to_invoice(self):
        result = super()._compute_qty_to_invoice()
        for line in self:
            # Whatever the product says: no more than what was done.
            if line.state == "sale" and line._is_paid_work() and not line.is_downpayment:
                line.qty_to_invoice = line.qty_delivered - line.qty_invoiced
        return result

    def _action_launch_stock_rule(self, **kwargs):
        """Parts of paid work leave stock with the visit or repair that fits them."""
        moved = self.filtered(lambda line: not line.order_id.aftersales_paid_work)
        return super(SaleOrderLine, moved)._action_launch_stock_rule(**kwargs)
