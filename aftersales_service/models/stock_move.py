from odoo import fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    aftersales_asset_ids = fields.One2many("aftersales.asset", "stock_move_id", string="Assets")

    aftersales_visit_line_id = fields.Many2one(
        "aftersales.visit.line",
        string="Visit Part",
        index="btree_not_null",
        copy=False,
        readonly=True,
    )

    _aftersales_visit_line_uniq = models.UniqueIndex(
        "(aftersales_visit_line_id) WHERE aftersales_visit_line_id IS NOT NULL",
        "A part of a visit leaves the stock once.",
    )

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        done = moves.filtered(lambda move: move.state == "done" and move.product_id.is_asset)
        if done:
            done._end_aftersales_assets()
            done._make_aftersales_assets()
        return moves

    def _is_aftersales_delivery(self):
        """Whether the move hands a product over to a customer who bought it."""
        self.ensure_one()
        return (
            self.location_dest_id.usage == "customer"
            and self.location_id.usage != "customer"
            and bool(self.sale_line_id)
        )

    def _make_aftersales_assets(self):
        """Make the assets and warranties of delivered moves, once (W02)."""
        # The warehouse worker who validates the delivery need not have rights on assets.
        assets = self.env["aftersales.asset"].sudo()
        deliveries = self.filtered(lambda move: move._is_aftersales_delivery())
        vals_list = [
            vals for move in deliveries for vals in move._prepare_aftersales_asset_vals_list()
        ]
        if not vals_list:
            return assets
        known = assets._get_known_delivery_keys(deliveries)
        return assets.create(
            [vals for vals in vals_list if (vals["stock_move_id"], vals["lot_id"]) not in known]
        )

    def _prepare_aftersales_asset_vals_list(self):
        """Return the values of the assets of one done move: one per serial, else one per lot or
        move.
        """
        self.ensure_one()
        quantities = {}
        for line in self.move_line_ids:
            quantity = line.quantity_product_uom
            quantities[line.lot_id.id] = quantities.get(line.lot_id.id, 0.0) + quantity
        return [
            dict(self._prepare_aftersales_asset_vals(), lot_id=lot_id, quantity=quantity)
            for lot_id, quantity in quantities.items()
            if self.product_id.uom_id.compare(quantity, 0.0) > 0
        ]

    def _prepare_aftersales_asset_vals(self):
        """Return the values that all assets of the move share; addons add theirs."""
        self.ensure_one()
        order = self.sale_line_id.order_id
        site = self.picking_id.partner_id or order.partner_shipping_id
        return {
            "product_id": self.product_id.id,
            "company_id": self.company_id.id,
            "partner_id": order.partner_id.commercial_partner_id.id,
            "site_id": site.id,
            "sale_line_id": self.sale_line_id.id,
            "stock_move_id": self.id,
            "date_delivery": self._get_aftersales_date(),
            "state": "in_service",
        }

    def _get_aftersales_date(self):
        """Return the day of the move where it took place: in the time zone of its warehouse, else
        of the company, whoever validates it from wherever (W04).
        """
        self.ensure_one()
        warehouse = self.warehouse_id or self.picking_type_id.warehouse_id
        tz = warehouse.partner_id.tz or self.company_id._get_aftersales_tz()
        return fields.Datetime.context_timestamp(self.with_context(tz=tz), self.date).date()

    def _end_aftersales_assets(self):
        """End the assets whose goods came back from the customer (W02)."""
        returns = self.filtered(
            lambda move: (
                move.location_id.usage == "customer" and move.location_dest_id.usage != "customer"
            )
        )
        lots = returns.move_line_ids.filtered(lambda line: line.quantity > 0).lot_id
        if not returns:
            return
        # As above: whoever receives the return need not have rights on assets.
        assets = self.env["aftersales.asset"].sudo()
        serials = assets.search(
            [("lot_id", "in", lots.ids), ("tracking", "=", "serial"), ("state", "=", "in_service")]
        )
        # Without serials a return ends the asset of the move that is returned, when all of it
        # comes back.
        origins = returns.filtered(
            lambda move: move.product_id.tracking != "serial"
        ).origin_returned_move_id
        untracked = assets.search(
            [("stock_move_id", "in", origins.ids), ("state", "=", "in_service")]
        )
        (serials | untracked._filtered_fully_returned(origins))._action_return()
