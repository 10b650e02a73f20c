from odoo import fields, models

from .aftersales_task_list import AGENT


class AftersalesTaskList(models.Model):
    """What was sold, beside what putting it right costs (T07)."""

    _inherit = "aftersales.task.list"

    order_name = fields.Char(string="Original Order", compute="_compute_order")
    order_date = fields.Date(compute="_compute_order")
    order_item = fields.Char(string="Sold", compute="_compute_order")
    order_quantity = fields.Float(
        string="Quantity Sold", digits="Product Unit", compute="_compute_order"
    )
    order_delivered = fields.Float(
        string="Quantity Delivered", digits="Product Unit", compute="_compute_order"
    )
    order_salesperson = fields.Char(string="Salesperson", compute="_compute_order")
    order_value = fields.Monetary(
        string="Sold for",
        compute="_compute_order",
        groups=AGENT,
        help="This machine, without taxes, in the company's currency.",
    )
    cost_share = fields.Float(
        string="Share of the Sale",
        compute="_compute_order",
        groups=AGENT,
        help="The planned cost as a share of what the machine was sold for.",
    )

    def _compute_order(self):
        # sudo: the office compares with the order, whatever its rights on sales.
        for task_list in self.sudo():
            line = task_list.asset_id.sale_line_id
            value = task_list.asset_id._get_sale_value(task_list.currency_id, task_list.company_id)
            task_list.order_name = line.order_id.name
            ordered = line.order_id.date_order
            task_list.order_date = ordered and fields.Datetime.context_timestamp(self, ordered)
            task_list.order_item = line.product_id.display_name
            task_list.order_quantity = line.product_uom_qty
            task_list.order_delivered = line.qty_delivered
            task_list.order_salesperson = line.order_id.user_id.name
            task_list.order_value = value
            task_list.cost_share = task_list.amount_planned / value if value else 0.0


class AftersalesAsset(models.Model):
    _inherit = "aftersales.asset"

    def _get_sale_value(self, currency, company):
        """Return what the asset was sold for, without taxes, in ``currency``; 0 when unknown."""
        line = self.sale_line_id
        if not line.product_uom_qty:
            return 0.0
        share = line.price_subtotal * min(self.quantity / line.product_uom_qty, 1.0)
        today = fields.Date.context_today(self)
        return line.currency_id._convert(share, currency, company, today)
