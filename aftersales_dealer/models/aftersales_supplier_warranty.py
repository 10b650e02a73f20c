from odoo import api, fields, models


class AftersalesSupplierWarranty(models.Model):
    """The purchase by which the thing came from its supplier (W19, F07)."""

    _inherit = "aftersales.supplier.warranty"

    purchase_line_id = fields.Many2one(
        "purchase.order.line",
        string="Purchase",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups="purchase.group_purchase_user",
    )

    @api.model
    def _prepare_from_receipt(self, asset, part, line, term):
        vals = super()._prepare_from_receipt(asset, part, line, term)
        return vals | {"purchase_line_id": line.move_id.purchase_line_id.id}
