from odoo import fields, models


class StockLot(models.Model):
    _inherit = "stock.lot"

    aftersales_asset_ids = fields.One2many("aftersales.asset", "lot_id", string="Assets")
