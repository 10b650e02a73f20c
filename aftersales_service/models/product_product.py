from odoo import api, models
from odoo.fields import Domain


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """With ``aftersales_asset_id`` in the context, the parts that fit the asset come first
        (N01).
        """
        asset_id = self.env.context.get("aftersales_asset_id")
        if not isinstance(asset_id, int):
            return super().name_search(name, domain, operator, limit)
        asset = self.env["aftersales.asset"].browse(asset_id)
        fitting = self.env["aftersales.product.part"]._get_for_asset(asset).part_id
        domain = Domain(domain or Domain.TRUE)
        found = super().name_search(name, domain & Domain("id", "in", fitting.ids), operator, limit)
        rest = limit and limit - len(found)
        if rest is None or rest > 0:
            others = domain & Domain("id", "not in", fitting.ids)
            found += super().name_search(name, others, operator, rest)
        return found
