from odoo import fields, models


class SaleOrder(models.Model):
    """An order that a dealer placed from its stocking plan (D06)."""

    _inherit = "sale.order"

    aftersales_stocking_plan_id = fields.Many2one(
        "aftersales.stocking.plan",
        string="Stocking Plan",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    aftersales_stocking_line_id = fields.Many2one(
        "aftersales.stocking.plan.line",
        string="Planned Part",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
