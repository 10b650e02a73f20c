from odoo import fields, models


class StockMove(models.Model):
    """Deliveries become assets (W01, W02)."""

    _inherit = "stock.move"

    def _is_aftersales_delivery(self):
        """Whether the move hands a product over to a customer who bought it.

        Of a delivery in two or three steps it is the last one. A dropshipped product comes from the
        supplier; nobody but the customer who is named on the purchase need have ordered it.
        """
        self.ensure_one()
        return (
            self.location_dest_id._is_aftersales_customer()
            and not self.location_id._is_aftersales_customer()
            and bool(self._get_aftersales_customer())
        )

    def _get_aftersales_sale_line(self):
        """Return the order line that the move delivers: its own, or the one of the moves before it
        or of the purchase it comes from.
        """
        self.ensure_one()
        if self.sale_line_id:
            return self.sale_line_id
        before = self.browse(self._rollup_move_origs())
        lines = before.sale_line_id
        if "purchase_line_id" in self._fields and "sale_line_id" in self.purchase_line_id._fields:
            lines |= (self | before).purchase_line_id.sale_line_id
        return lines[:1]

    def _get_aftersales_customer(self):
        """Return the contact whose property the delivered product is, empty when nobody bought
        it.
        """
        self.ensure_one()
        customer = self._get_aftersales_sale_line().order_id.partner_id
        if not customer and "purchase_line_id" in self._fields:
            customer = self.purchase_line_id.order_id.dest_address_id
        return customer.commercial_partner_id

    def _make_aftersales_assets(self):
        """Make the assets and warranties of delivered moves, once (W02)."""
        deliveries = self.filtered(lambda move: move._is_aftersales_delivery())
        return self.env["aftersales.asset"]._make_delivered(
            [vals for move in deliveries for vals in move._prepare_aftersales_asset_vals_list()]
        )

    def _prepare_aftersales_asset_vals_list(self):
        """Return the values of the assets of one done move: one per serial, else one per lot or
        move.
        """
        self.ensure_one()
        shared = self._prepare_aftersales_asset_vals()
        return [
            dict(shared, lot_id=lot_id, quantity=quantity)
            for lot_id, quantity in self._get_aftersales_quantities().items()
            if self.product_id.uom_id.compare(quantity, 0.0) > 0
        ]

    def _get_aftersales_quantities(self):
        """Return {lot id, or False: quantity moved in the product's unit}."""
        quantities = {}
        for line in self.move_line_ids:
            lot_id = line.lot_id.id
            quantities[lot_id] = quantities.get(lot_id, 0.0) + line.quantity_product_uom
        return quantities

    def _prepare_aftersales_asset_vals(self):
        """Return the values that all assets of the move share; addons add theirs."""
        self.ensure_one()
        line = self._get_aftersales_sale_line()
        customer = self._get_aftersales_customer()
        site = line.order_id.partner_shipping_id or customer
        # On a dropship transfer the partner is the supplier.
        if self.picking_id.partner_id and self.location_id.usage != "supplier":
            site = self.picking_id.partner_id
        return {
            "product_id": self.product_id.id,
            "company_id": self.company_id.id,
            "partner_id": customer.id,
            "site_id": site.id,
            "sale_line_id": line.id,
            "stock_move_id": self.id,
            "date_delivery": self._get_aftersales_date(),
            "warranty_policy_id": self.product_id._get_aftersales_policy(
                line.product_id, self.company_id
            ).id,
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
