from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesExchange(models.Model):
    """The two transfers of a replacement, made by Odoo's own returns and procurements (W09)."""

    _inherit = "aftersales.exchange"

    transfer_state = fields.Char(string="Transfers", compute="_compute_transfer_state")
    delivery_count = fields.Integer(compute="_compute_delivery_count")

    @api.depends("move_ids.picking_id", "return_picking_id")
    def _compute_delivery_count(self):
        for exchange in self:
            # Who may read the exchange may see that there are transfers.
            moves = exchange.sudo()
            exchange.delivery_count = len(moves.move_ids.picking_id | moves.return_picking_id)

    @api.depends("state", "replacement_id", "date_returned", "return_defective")
    @api.depends_context("lang")
    def _compute_transfer_state(self):
        for exchange in self:
            if exchange.state not in ("approved", "done"):
                exchange.transfer_state = False
            elif not exchange.replacement_id:
                exchange.transfer_state = self.env._("Replacement is to be delivered")
            elif exchange.return_defective and not exchange.date_returned:
                exchange.transfer_state = self.env._("Defective asset is to come back")
            else:
                exchange.transfer_state = self.env._("Complete")

    def _make_transfers(self):
        """Order the replacement's delivery, and the return of the defective asset."""
        self.ensure_one()
        # The manager decides; stock is moved on the ground of that decision, with no more rights
        # of the manager's own on stock.
        exchange = self.sudo().with_company(self.company_id)
        exchange._order_delivery()
        if exchange.return_defective:
            exchange.return_picking_id = exchange._make_return()

    def _get_origin_move(self):
        """Return the done move that delivered the defective asset; empty when it was imported."""
        self.ensure_one()
        move = self.asset_id.stock_move_id
        return move if move.state == "done" and move.picking_id else self.env["stock.move"]

    def _get_site(self):
        """Return the address the replacement goes to."""
        self.ensure_one()
        return self.asset_id.site_id or self.asset_id.partner_id

    def _order_delivery(self):
        """Run the procurement of the replacement to where the defective asset stands.

        As Odoo's own exchange does, but without the sale order line: the sold quantity stays
        delivered and there is nothing to invoice.
        """
        site = self._get_site()
        origin = self._get_origin_move()
        location = origin.location_dest_id or site.property_stock_customer
        rule = self.env["stock.rule"]
        rule.run(
            [
                rule.Procurement(
                    self.product_id,
                    self.asset_id.quantity,
                    self.product_id.uom_id,
                    location,
                    self.product_id.display_name,
                    self.name,
                    self.company_id,
                    self._prepare_procurement_values(site, location),
                )
            ]
        )
        if not self.move_ids:
            raise UserError(
                self.env._(
                    "%(exchange)s: no transfer was made for %(product)s. Check the routes of the "
                    "product and of the warehouse.",
                    exchange=self.display_name,
                    product=self.product_id.display_name,
                )
            )

    def _prepare_procurement_values(self, site, location):
        """Return the values that the procurement hands to its moves."""
        self.ensure_one()
        return {
            "aftersales_exchange_id": self.id,
            # A reference of its own keeps the replacement out of other open deliveries.
            "reference_ids": self.env["stock.reference"].create({"name": self.name}),
            "date_planned": fields.Datetime.now(),
            "warehouse_id": self.warehouse_id,
            "partner_id": site.id,
            "location_final_id": location,
            "company_id": self.company_id,
        }

    def _make_return(self):
        """Return the transfer that brings the defective asset back: of its delivery, else new."""
        move = self._get_origin_move()
        picking = self._return_delivery(move) if move else self._receive_without_delivery()
        asset = self.asset_id
        returned = picking.move_ids
        if asset.lot_id:
            # Odoo proposes any serial of the delivery: it is this one that comes back.
            returned.move_line_ids.unlink()
            returned.move_line_ids = [
                Command.create(
                    dict(
                        returned._prepare_move_line_vals(quantity=asset.quantity),
                        lot_id=asset.lot_id.id,
                    )
                )
            ]
        picking.write({"origin": self.name, "partner_id": self._get_site().id})
        return picking

    def _return_delivery(self, move):
        """Return the return of ``move``, made by Odoo's wizard; the sale keeps its quantity."""
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=move.picking_id.id, active_model="stock.picking")
            .create({"picking_id": move.picking_id.id})
        )
        line = wizard.product_return_moves.filtered(lambda line: line.move_id == move)
        if not line:
            return self._receive_without_delivery()
        line.quantity = move.product_id.uom_id._compute_quantity(
            self.asset_id.quantity, move.product_uom
        )
        line.to_refund = False
        return self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])

    def _receive_without_delivery(self):
        """Return a receipt for an asset that Odoo did not deliver itself."""
        asset = self.asset_id
        picking_type = self.warehouse_id.in_type_id
        source = self._get_site().property_stock_customer
        target = picking_type.default_location_dest_id
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "company_id": self.company_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": asset.product_id.id,
                            "product_uom_qty": asset.quantity,
                            "product_uom": asset.product_id.uom_id.id,
                            "location_id": source.id,
                            "location_dest_id": target.id,
                            "company_id": self.company_id.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        return picking

    def _cancel_transfers(self):
        """Cancel what is not done yet of the transfers."""
        # As above: the decision to withdraw was checked, stock follows it.
        exchanges = self.sudo()
        moves = exchanges.move_ids | exchanges.return_picking_id.move_ids
        moves.filtered(lambda move: move.state not in ("done", "cancel"))._action_cancel()

    def _on_delivered(self, replacement):
        """The replacement reached the customer: it takes over, the defective asset ends (W16)."""
        self.ensure_one()
        date = replacement.date_delivery or fields.Date.context_today(self)
        self._write_past_guard({"replacement_id": replacement.id, "date_replaced": date})
        self.asset_id._replace_by(replacement, date)
        if not self.return_defective:
            self.asset_id._set_state("scrapped")
        self._finish()

    def _on_returned(self):
        """The defective assets came back to stock."""
        self._write_past_guard({"date_returned": fields.Date.context_today(self)})
        self._finish()

    def _finish(self):
        """End the exchanges of which both sides are done."""
        self.filtered(
            lambda exchange: (
                exchange.state == "approved"
                and exchange.replacement_id
                and (exchange.date_returned or not exchange.return_defective)
            )
        )._set_state("done")
