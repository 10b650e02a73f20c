from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    aftersales_renewal_ids = fields.One2many(
        "aftersales.renewal", "sale_order_id", string="Ending Cover"
    )
