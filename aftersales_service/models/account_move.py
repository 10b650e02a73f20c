from odoo import api, models


class AccountMove(models.Model):
    """What happens to invoices happens to the periods of contracts and to what was sold (W11)."""

    _inherit = "account.move"

    def _get_contract_periods(self):
        """Return the contract periods that the invoices are for."""
        # sudo: whoever cancels or posts an invoice need not have rights on contracts.
        return self.env["aftersales.contract.period"].sudo().search([("move_id", "in", self.ids)])

    @api.ondelete(at_uninstall=False)
    def _unlink_free_contract_periods(self):
        periods = self._get_contract_periods()
        # Not left to the database, which would not work out that the periods are free.
        periods.write({"move_id": False, "move_line_id": False})
        periods._tell_free()

    def button_cancel(self):
        """A cancelled invoice leaves its contract periods free: the responsible is told (W11)."""
        result = super().button_cancel()
        self._get_contract_periods()._tell_free()
        return result

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted.filtered(lambda m: m.move_type == "out_refund")._void_credited_extensions()
        return posted

    def _void_credited_extensions(self):
        """An extended warranty whose price is given back is void (W12)."""
        # sudo: accountants have no rights on orders and warranties.
        lines = self.sudo().invoice_line_ids.sale_line_ids.filtered(
            lambda line: (
                line.aftersales_service_type == "extended_warranty"
                and line.qty_invoiced_posted <= 0
            )
        )
        for line in lines:
            refunds = self & line.invoice_lines.move_id
            line.aftersales_warranty_ids._end_with_asset(
                self.env._("Credited with %s", ", ".join(refunds.mapped("name")))
            )
