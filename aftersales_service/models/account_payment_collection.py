from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AccountPayment(models.Model):
    """Payments of what technicians collected: one a voucher, of its amount (V10)."""

    _inherit = "account.payment"

    aftersales_visit_id = fields.Many2one(
        "aftersales.visit",
        string="Collected on Visit",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    _aftersales_visit_uniq = models.UniqueIndex(
        "(aftersales_visit_id) WHERE state NOT IN ('canceled', 'rejected') "
        "AND aftersales_visit_id IS NOT NULL",
        "What was collected on this visit is registered already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        defaults = {name.removeprefix("default_") for name in self.env.context}
        self._check_collection_is_ours(defaults.union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        self._check_collection_is_ours(vals.keys())
        return super().write(vals)

    def _check_collection_is_ours(self, names):
        """Raise when a client says which payments are of vouchers."""
        if "aftersales_visit_id" in names and not self.env.su:
            raise UserError(
                self.env._(
                    "What was collected on a visit is registered by its button, not linked by hand."
                )
            )

    def action_post(self):
        """Also see that what is posted for a voucher is what stands on it (V10).

        :raise UserError: when amount, currency or direction is another
        """
        for payment in self.filtered("aftersales_visit_id"):
            visit = payment.sudo().aftersales_visit_id  # the voucher of the accountant's payment
            currency = visit.currency_id
            same = payment.currency_id == currency and not currency.compare_amounts(
                payment.amount, visit.charge_amount
            )
            if not same or payment.payment_type != "inbound":
                raise UserError(
                    self.env._(
                        "%(visit)s: %(amount)s was collected. Register that amount, or cancel this "
                        "payment.",
                        visit=visit.display_name,
                        amount=visit.currency_id.format(visit.charge_amount),
                    )
                )
        return super().action_post()

    def _match_collected(self, invoices):
        """Match the posted payment with ``invoices``, in their order."""
        self.ensure_one()
        account = self.destination_account_id
        lines = (self.move_id | invoices).line_ids.filtered(
            lambda line: line.account_id == account and not line.reconciled
        )
        if invoices and len(lines) > 1:
            lines.reconcile()
            matched = invoices.filtered(lambda m: self in m._get_reconciled_payments())
            # As Odoo's own dialog does.
            matched.matched_payment_ids = [Command.link(self.id)]

    def _get_collection_action(self):
        """Return the window action on these payments."""
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_account_payments")
        if len(self) == 1:
            return dict(action, res_id=self.id, views=[(False, "form")], view_mode="form")
        return dict(action, domain=[("id", "in", self.ids)])
