from odoo import api, models
from odoo.exceptions import UserError

# What decides what a line costs.
PRICE_FIELDS = {"product_id", "product_uom_id", "product_uom_qty", "price_unit", "discount"}
PRICE_FIELDS |= {"tax_ids", "order_id"}


class SaleOrderLine(models.Model):
    """What the customer has accepted of paid work does not get dearer afterwards (T11, J04)."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_not_dearer({})
        return lines

    def write(self, vals):
        if self.env.su or not vals.keys() & PRICE_FIELDS:
            return super().write(vals)
        before = {line: line.price_total for line in self._get_accepted()}
        result = super().write(vals)
        self._check_not_dearer(before)
        return result

    def _get_accepted(self):
        """Return the lines of paid work that was accepted."""
        return self.filtered(
            lambda line: line.state == "sale" and line._is_paid_work() and not line.is_downpayment
        )

    def _check_not_dearer(self, before):
        """Raise UserError for the first line that costs more than in ``before`` ({line: amount}).

        What the system itself adds is not checked.
        """
        for line in self.browse() if self.env.su else self._get_accepted():
            if line.currency_id.compare_amounts(line.price_total, before.get(line, 0.0)) > 0:
                raise UserError(
                    self.env._(
                        "%(order)s was accepted by the customer as it is: “%(line)s” cannot cost "
                        "more. Quote what is needed beyond it as a supplement, on the ticket.",
                        order=line.order_id.name,
                        line=line.name,
                    )
                )
