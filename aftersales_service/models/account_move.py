from odoo import api, fields, models


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

    def _hand_on_contract_periods(self, successors):
        """These invoices were reversed and are made anew as ``successors``, in the same order: the
        periods are invoiced by those now.
        """
        for move, successor in zip(self, successors, strict=False):
            old, new = (
                invoice.invoice_line_ids.sorted(lambda line: (line.sequence, line.id))
                for invoice in (move, successor)
            )
            periods = move._get_contract_periods().filtered(lambda p: not p.is_live)
            if periods and len(old) == len(new):
                lines = dict(zip(old, new, strict=True))
                for period in periods.filtered("move_line_id"):
                    line = lines[period.move_line_id]
                    period.copy({"move_id": successor.id, "move_line_id": line.id})

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


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    aftersales_period_ids = fields.One2many(
        "aftersales.contract.period", "move_line_id", string="Contract Periods"
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_free_contract_periods(self):
        # sudo: as for invoices.
        periods = self.sudo().aftersales_period_ids
        # Not left to the database, which would not work out that the periods are free.
        periods.write({"move_line_id": False})
        periods._tell_free()

    def _get_period_charge(self):
        """Return what the line charges for its periods, in the terms of its unit price."""
        self.ensure_one()
        return self.price_unit * self.quantity * (1 - self.discount / 100)
