from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    aftersales_visit_id = fields.Many2one(
        "aftersales.visit", string="Visit", index="btree_not_null", copy=False, readonly=True
    )
    aftersales_asset_count = fields.Integer(compute="_compute_aftersales_asset_count")

    def _compute_aftersales_asset_count(self):
        counts = self.move_ids.aftersales_asset_ids.grouped("picking_id")
        for picking in self:
            picking.aftersales_asset_count = len(counts.get(picking, ()))

    def action_view_aftersales_assets(self):
        """Open the assets that this delivery made."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_asset_action"
        )
        return dict(action, domain=[("stock_move_id.picking_id", "=", self.id)], context={})

    def _send_confirmation_email(self):
        # As with the text message: the parts of a visit are handed over in person.
        others = self.filtered(lambda p: not p.aftersales_visit_id)
        return super(StockPicking, others)._send_confirmation_email()
