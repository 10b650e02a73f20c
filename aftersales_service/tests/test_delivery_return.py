from odoo.fields import Command
from odoo.tests import tagged

from .delivery_common import DeliveryCommon


@tagged("post_install", "-at_install")
class TestDeliveryReturn(DeliveryCommon):
    """W02: what comes back ends, what goes out again goes on or starts anew."""

    def test_part_of_an_untracked_quantity_comes_back(self):
        self.stock(self.pump, 10)
        picking = self.deliver(self.order(self.pump, 4).picking_ids)
        asset = self.assets_of(self.pump)
        self.return_goods(picking, 1)
        self.assertRecordValues(
            asset, [{"quantity": 3.0, "state": "in_service", "warranty_state": "active"}]
        )
        self.assertIn("1.0 of 4.0 Units came back", asset.message_ids[0].body)
        self.return_goods(picking, 3)
        self.assertRecordValues(
            asset, [{"quantity": 3.0, "state": "returned", "warranty_state": "void"}]
        )

    def test_only_the_lot_that_comes_back_ends(self):
        lot_1, lot_2 = self.make_lots("R-1", "R-2", quantity=2)
        picking = self.deliver(self.order(self.pump_lot, 4).picking_ids)
        assets = self.assets_of(self.pump_lot).grouped("lot_id")
        back = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_model="stock.picking"
        )
        back = back.create({"picking_id": picking.id})
        back.product_return_moves.quantity = 2
        transfer = self.env["stock.picking"].browse(back.action_create_returns()["res_id"])
        transfer.move_ids.move_line_ids.unlink()
        transfer.move_ids.move_line_ids = [
            Command.create({"product_id": self.pump_lot.id, "lot_id": lot_2.id, "quantity": 2})
        ]
        self.deliver(transfer)
        self.assertEqual((assets[lot_1].state, assets[lot_2].state), ("in_service", "returned"))

    def test_return_in_dozens(self):
        self.stock(self.pump, 24)
        order = self.order(self.pump, 2, uom=self.env.ref("uom.product_uom_dozen"))
        self.deliver(order.picking_ids)
        move = order.picking_ids.move_ids
        back = move.copy(
            {
                "picking_id": False,
                "origin_returned_move_id": move.id,
                "location_id": move.location_dest_id.id,
                "location_dest_id": self.stock_location.id,
                "product_uom": self.env.ref("uom.product_uom_dozen").id,
                "product_uom_qty": 1,
            }
        )
        back._action_confirm()
        back._action_assign()
        back.picked = True
        back._action_done()
        self.assertRecordValues(self.assets_of(self.pump), [{"quantity": 12.0}])

    def test_receipt_without_its_delivery_uses_up_the_owners_newest(self):
        self.stock(self.pump, 10)
        for __ in range(2):
            self.deliver(self.order(self.pump, 3).picking_ids)
        old, new = self.assets_of(self.pump)
        places = {
            "location_id": self.customer.property_stock_customer.id,
            "location_dest_id": self.stock_location.id,
        }
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "partner_id": self.customer.id,
                "move_ids": [
                    Command.create({"product_id": self.pump.id, "product_uom_qty": 4, **places})
                ],
                **places,
            }
        )
        receipt.action_confirm()
        self.deliver(receipt)
        self.assertRecordValues(
            old | new,
            [{"quantity": 2.0, "state": "in_service"}, {"quantity": 3.0, "state": "returned"}],
        )

    def test_undone_return_puts_the_same_asset_back(self):
        """Away for repair or returned by mistake: the warranty neither grows nor shrinks."""
        asset = self.sell("U-1")
        asset.date_delivery = "2026-01-10"
        warranty, end = asset.warranty_ids, asset.warranty_date_end
        back = self.return_goods(asset.picking_id)
        self.assertEqual((asset.state, warranty.state), ("returned", "void"))
        self.return_goods(back)
        self.assertEqual(
            self.env["aftersales.asset"].search([("lot_id", "=", asset.lot_id.id)]), asset
        )
        self.assertRecordValues(
            warranty,
            [{"state": "active", "date_end": end, "void_reason": False, "ended_with_asset": False}],
        )
        self.assertEqual((asset.state, asset.warranty_state), ("in_service", "active"))
        self.assertIn("runs on with its old dates", asset.message_ids[0].body)

    def test_sold_again_it_is_a_new_asset_that_knows_the_old_one(self):
        asset = self.sell("N-1")
        self.return_goods(asset.picking_id)
        other = self.env["res.partner"].create({"name": "Second Farm"})
        self.deliver(self.order(self.machine, 1, partner=other).picking_ids)
        again = self.env["aftersales.asset"].search([("lot_id", "=", asset.lot_id.id)]) - asset
        self.assertRecordValues(
            again,
            [{"partner_id": other.id, "former_asset_id": asset.id, "warranty_state": "active"}],
        )
        self.assertEqual(asset.state, "returned")

    def test_exchange_ends_one_and_makes_the_other(self):
        asset = self.sell("X-1")
        order = asset.sale_order_id
        self.return_goods(asset.picking_id, exchange=True)
        self.assertEqual(asset.state, "returned")
        self.make_serials("X-2")
        exchange = order.picking_ids.filtered(lambda p: p.state != "done")
        exchange.do_unreserve()
        self.env["stock.quant"]._update_available_quantity(
            self.machine, self.stock_location, -1, lot_id=asset.lot_id
        )
        self.deliver(exchange)
        new = self.env["aftersales.asset"].search([("serial", "=", "X-2")])
        self.assertRecordValues(
            new,
            [
                {
                    "state": "in_service",
                    "sale_line_id": asset.sale_line_id.id,
                    "warranty_state": "active",
                    "former_asset_id": False,
                }
            ],
        )

    def test_return_that_nobody_recorded_does_not_stop_the_next_delivery(self):
        asset = self.sell("G-1")
        for location, quantity in (
            (self.customer.property_stock_customer, -1),
            (self.stock_location, 1),
        ):
            self.env["stock.quant"]._update_available_quantity(
                self.machine, location, quantity, lot_id=asset.lot_id
            )
        other = self.env["res.partner"].create({"name": "Third Farm"})
        self.deliver(self.order(self.machine, 1, partner=other).picking_ids)
        self.assertEqual(asset.state, "returned")
        self.assertIn("not recorded", asset.warranty_ids.void_reason)
        again = self.env["aftersales.asset"].search([("former_asset_id", "=", asset.id)])
        self.assertRecordValues(again, [{"partner_id": other.id, "state": "in_service"}])

    def test_put_in_service_by_hand_undoes_the_return(self):
        asset = self.sell("P-1")
        asset._action_return()
        self.assertEqual(asset.warranty_state, "void")
        asset.with_user(self.agent_user).action_put_in_service()
        self.assertEqual((asset.state, asset.warranty_state), ("in_service", "active"))

    def test_put_in_service_leaves_what_was_void_before(self):
        asset = self.sell("P-2")
        asset.warranty_ids._void("Exported")
        asset._action_return()
        asset.action_put_in_service()
        self.assertEqual(asset.warranty_state, "void")
        self.assertIn("No warranty had ended", asset.message_ids[0].body)

    def test_what_lies_in_stock_is_not_put_in_service(self):
        asset = self.sell("P-3")
        self.return_goods(asset.picking_id)
        with self.assertRefused("lies in stock"):
            asset.with_user(self.agent_user).action_put_in_service()

    def test_what_was_sold_again_is_not_put_in_service(self):
        asset = self.sell("P-4")
        self.return_goods(asset.picking_id)
        other = self.env["res.partner"].create({"name": "Fourth Farm"})
        self.deliver(self.order(self.machine, 1, partner=other).picking_ids)
        with self.assertRefused("sold again"):
            asset.with_user(self.agent_user).action_put_in_service()
