from odoo import api, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    @api.model_create_multi
    def create(self, vals_list):
        warehouses = super().create(vals_list)
        # The first warehouse of a company lets it receive old parts; who makes it need not have
        # rights on claims.
        warehouses.company_id.sudo()._create_aftersales_claim_setup()
        return warehouses
