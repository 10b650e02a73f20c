from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    aftersales_asset_count = fields.Integer(compute="_compute_aftersales_asset_count")

    def _compute_aftersales_asset_count(self):
        counts = self.env["aftersales.asset"]._read_group(
            [("sale_line_id.order_id", "in", self.ids)], ["sale_line_id"], ["__count"]
        )
        by_order = {}
        for line, count in counts:
            by_order[line.order_id] = by_order.get(line.order_id, 0) + count
        for order in self:
            order.aftersales_asset_count = by_order.get(order, 0)

    def action_view_aftersales_assets(self):
        """Open the assets that deliveries of this order made."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_asset_action"
        )
        return dict(action, domain=[("sale_line_id.order_id", "=", self.id)], context={})
