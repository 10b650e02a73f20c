from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Invoices of paid work offer to register what was collected for it on the spot (V10)."""

    _inherit = "account.move"

    aftersales_collected = fields.Char(
        string="Collected on the Spot", compute="_compute_aftersales_collected"
    )

    @api.depends("state", "payment_state", "amount_residual", "line_ids.sale_line_ids")
    def _compute_aftersales_collected(self):
        for move in self:
            visits = move._get_collected_visits()
            move.aftersales_collected = ", ".join(
                f"{visit.currency_id.format(visit.charge_amount)} ({visit.name})"
                for visit in visits
            )

    def _get_collected_visits(self):
        """Return the vouchers (sudo) of the invoiced work whose money is not in the books yet."""
        self.ensure_one()
        none = self.env["aftersales.visit"].sudo()
        if self.move_type != "out_invoice" or self.payment_state not in ("not_paid", "partial"):
            return none
        # sudo: accountants need not read orders and tickets; amounts of this work are shown.
        orders = self.sudo().line_ids.sale_line_ids.order_id.filtered("aftersales_paid_work")
        visits = orders.aftersales_ticket_id.visit_ids.filtered(
            lambda v: v.company_id == self.company_id
        )
        return visits._filter_to_register().sorted("id")

    def action_register_collected(self):
        """Register what was collected on the spot, and deduct it from this invoice (V10).

        :raise UserError: when the invoice is not posted, the user is no accountant, or nothing is
            to be registered
        """
        self.ensure_one()
        self.check_access("write")
        visits = self._get_collected_visits()
        if self.state != "posted" or not visits:
            raise UserError(
                self.env._(
                    "%(invoice)s: post the invoice first. What was collected is registered once, "
                    "while something is to be paid.",
                    invoice=self.display_name,
                )
            )
        visits.sudo(False)._register_collected(self)
