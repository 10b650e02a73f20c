from odoo import api, fields, models
from odoo.fields import Domain


class AftersalesAsset(models.Model):
    """The warranties that suppliers give us for the asset and its parts (W19)."""

    _inherit = "aftersales.asset"

    supplier_warranty_ids = fields.One2many(
        "aftersales.supplier.warranty", "asset_id", string="Suppliers' Warranties", copy=False
    )

    def _on_made(self):
        result = super()._on_made()
        # Whoever delivers a machine need not see what its supplier promised.
        self.env["aftersales.supplier.warranty"].sudo()._make_from_receipts(self.sudo())
        return result

    def action_find_supplier_warranties(self):
        """Record the suppliers' warranties by the receipts of the assets and their parts: after
        the terms were entered on the products (W19).
        """
        self.check_access("write")
        # Agents need not see receipts; the warranties of these assets are recorded.
        warranties = self.env["aftersales.supplier.warranty"].sudo()
        new = warranties._make_from_receipts(self.sudo())
        new += warranties._make_from_receipts(self.sudo().part_ids)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if new else "info",
                "message": self.env._("%s warranties of suppliers were found.", len(new)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_supplier_cover(self, date, part=None):
        """Return {asset id: suppliers' warranties that run on ``date``} in one search, those that
        run longest first (W19, F07).

        :param date: day of the failure (date)
        :param part: the part that failed (``product.product``): its own warranties come before
            the asset's; without it only those of the whole assets
        """
        domain = (
            Domain("asset_id", "in", self.ids)
            & Domain("date_start", "<=", date)
            & Domain("date_end", ">=", date)
        )
        whole = Domain("asset_part_id", "=", False)
        domain &= whole | Domain("asset_part_id.product_id", "=", part.id) if part else whole
        found = self.env["aftersales.supplier.warranty"].search(domain)
        by_asset = found.sorted(lambda w: not w.asset_part_id).grouped("asset_id")
        return {asset.id: by_asset.get(asset, found.browse()) for asset in self}


class AftersalesAssetPart(models.Model):
    _inherit = "aftersales.asset.part"

    supplier_warranty_ids = fields.One2many(
        "aftersales.supplier.warranty", "asset_part_id", string="Supplier's Warranty", copy=False
    )

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        # Whoever fits a part need not see what its supplier promised.
        self.env["aftersales.supplier.warranty"].sudo()._make_from_receipts(parts.sudo())
        return parts
