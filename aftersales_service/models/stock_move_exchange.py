from odoo import fields, models


class StockMove(models.Model):
    """Deliveries of free replacements make assets that take over from the defective one (W09)."""

    _inherit = "stock.move"

    aftersales_exchange_id = fields.Many2one(
        "aftersales.exchange",
        string="Free Replacement",
        index="btree_not_null",
        copy=False,
        readonly=True,
    )

    def _is_aftersales_delivery(self):
        """A free replacement is a delivery to a customer, too, though nobody ordered it."""
        return super()._is_aftersales_delivery() or (
            bool(self.aftersales_exchange_id)
            and self.location_dest_id.usage == "customer"
            and self.location_id.usage != "customer"
        )

    def _prepare_procurement_values(self):
        """Moves that feed the replacement's delivery know what they are for."""
        values = super()._prepare_procurement_values()
        values["aftersales_exchange_id"] = self.aftersales_exchange_id.id
        return values

    def _prepare_move_split_vals(self, qty):
        """Back orders are for the same replacement."""
        return dict(
            super()._prepare_move_split_vals(qty),
            aftersales_exchange_id=self.aftersales_exchange_id.id,
        )

    def _prepare_aftersales_asset_vals_list(self):
        """The first unit delivered stands in for the defective asset."""
        vals_list = super()._prepare_aftersales_asset_vals_list()
        exchange = self.aftersales_exchange_id
        if exchange and not exchange.replacement_id and vals_list:
            vals_list[0].update(
                replaces_id=exchange.asset_id.id,
                takes_over_cover=exchange.replacement_cover == "remaining",
            )
        return vals_list

    def _prepare_aftersales_asset_vals(self):
        """A replacement belongs to the owner of what it replaces, and stands where that stood."""
        vals = super()._prepare_aftersales_asset_vals()
        replaced = self.aftersales_exchange_id.asset_id
        if replaced:
            vals.update(
                partner_id=replaced.partner_id.id,
                site_id=(replaced.site_id or self.picking_id.partner_id).id,
                sale_line_id=replaced.sale_line_id.id,
            )
        return vals

    def _make_aftersales_assets(self):
        """Tell the exchanges which asset replaces theirs."""
        assets = super()._make_aftersales_assets()
        for asset in assets.filtered("replaces_id"):
            asset.stock_move_id.aftersales_exchange_id._on_delivered(asset)
        return assets
