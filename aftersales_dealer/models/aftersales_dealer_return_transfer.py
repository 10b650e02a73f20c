from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesDealerReturn(models.Model):
    """Goods come back through Odoo's return of their delivery (D12)."""

    _inherit = "aftersales.dealer.return"

    def _make_transfers(self):
        """Make the returns of all deliveries, and a receipt for what has none."""
        for stock_return in self:
            # The manager decides; stock moves on the ground of that decision.
            own = stock_return.sudo()
            for picking, lines in own.line_ids.grouped(
                lambda line: line.move_id.picking_id
            ).items():
                made = own._return_delivery(picking, lines) if picking else own._receive(lines)
                made.write({"origin": own.name, "aftersales_dealer_return_id": own.id})

    def _return_delivery(self, picking, lines):
        """Return the return of ``picking`` with ``lines`` of it, made by Odoo's wizard."""
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        by_move = lines.grouped("move_id")
        for proposed in wizard.product_return_moves:
            own = by_move.get(proposed.move_id, lines.browse())
            proposed.quantity = sum(
                line.uom_id._compute_quantity(line.quantity, proposed.move_id.product_uom)
                for line in own
            )
            if "to_refund" in proposed._fields:
                proposed.to_refund = True
        made = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        for move in made.move_ids:
            own = by_move.get(move.origin_returned_move_id, lines.browse())
            own.write({"return_move_id": move.id})
            own._name_serials(move)
        return made

    def _receive(self, lines):
        """Return a receipt of goods that were delivered before Odoo."""
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)], limit=1
        )
        if not warehouse:
            raise UserError(
                self.env._(
                    "%(company)s has no warehouse to receive returned goods. Create one under "
                    "Inventory / Configuration / Warehouses.",
                    company=self.company_id.display_name,
                )
            )
        source = self.dealer_id.with_company(self.company_id).property_stock_customer
        common = {
            "company_id": self.company_id.id,
            "location_id": source.id,
            "location_dest_id": warehouse.in_type_id.default_location_dest_id.id,
        }
        picking = self.env["stock.picking"].create(
            {
                **common,
                "picking_type_id": warehouse.in_type_id.id,
                "partner_id": self.dealer_id.id,
                "move_ids": [
                    Command.create(
                        {
                            **common,
                            "product_id": line.product_id.id,
                            "product_uom_qty": line.quantity,
                            "product_uom": line.uom_id.id,
                        }
                    )
                    for line in lines
                ],
            }
        )
        for line, move in zip(lines, picking.move_ids.sorted("id"), strict=True):
            line.return_move_id = move
        picking.action_confirm()
        for line in lines:
            line._name_serials(line.return_move_id)
        return picking

    def _on_transfer_done(self):
        """The transfers were validated, here or in the Inventory app."""
        arriving = self.filtered(
            lambda r: (
                r.state == "approved"
                and all(picking.state in ("done", "cancel") for picking in r.picking_ids)
            )
        )
        for line in arriving.line_ids:
            line.quantity_received = line._get_arrived()
        arriving._set_state("received", date_received=fields.Datetime.now())
        lots = arriving.line_ids.filtered("quantity_received").asset_id
        # Deliveries that Odoo returned have ended their assets; the others end here.
        lots.filtered(lambda asset: asset.state == "in_service")._action_return(
            self.env._("Returned by the dealer")
        )


class AftersalesDealerReturnLine(models.Model):
    _inherit = "aftersales.dealer.return.line"

    def _name_serials(self, move):
        """Say on the transfer which serials come back: Odoo proposes any of the delivery."""
        tracked = self.filtered("lot_id")
        if not tracked:
            return
        move.move_line_ids.unlink()
        move.move_line_ids = [
            Command.create(
                dict(move._prepare_move_line_vals(quantity=line.quantity), lot_id=line.lot_id.id)
            )
            for line in tracked
        ]

    def _get_arrived(self):
        """Return how much of the line the done transfer brought."""
        self.ensure_one()
        move = self.return_move_id
        if move.state != "done":
            return 0.0
        if self.lot_id:
            own = move.move_line_ids.filtered(lambda line: line.lot_id == self.lot_id)
            return sum(own.mapped("quantity_product_uom"))
        return move.product_uom._compute_quantity(move.quantity, self.product_id.uom_id)
