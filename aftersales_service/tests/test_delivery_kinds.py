from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .delivery_common import DeliveryCommon


@tagged("post_install", "-at_install")
class TestDeliveryKinds(DeliveryCommon):
    """W01, W02: lots, quantities, steps, units and companies."""

    def test_lots_make_one_asset_each(self):
        lot_1, lot_2 = self.make_lots("L-1", "L-2", quantity=3)
        order = self.order(self.pump_lot, 5)
        self.deliver(order.picking_ids)
        assets = self.assets_of(self.pump_lot)
        self.assertEqual(assets.lot_id, lot_1 | lot_2)
        self.assertEqual(sum(assets.mapped("quantity")), 5.0)
        self.assertEqual(set(assets.mapped("warranty_state")), {"active"})

    def test_dozens_are_counted_in_units(self):
        self.stock(self.pump, 30)
        order = self.order(self.pump, 2, uom=self.env.ref("uom.product_uom_dozen"))
        self.deliver(order.picking_ids)
        self.assertRecordValues(self.assets_of(self.pump), [{"quantity": 24.0}])

    def test_partial_delivery_in_dozens(self):
        self.stock(self.pump, 12)
        order = self.order(self.pump, 2, uom=self.env.ref("uom.product_uom_dozen"))
        self.deliver(order.picking_ids)
        self.stock(self.pump, 12)
        self.deliver(order.picking_ids.filtered(lambda p: p.state != "done"))
        self.assertEqual(self.assets_of(self.pump).mapped("quantity"), [12.0, 12.0])

    def test_only_the_last_step_makes_assets(self):
        for steps in ("pick_ship", "pick_pack_ship"):
            with self.subTest(steps=steps):
                self.warehouse.delivery_steps = steps
                lot = self.make_serials(f"STEP-{steps}")
                order = self.order(self.machine, 1)
                assets = self.env["aftersales.asset"]
                while open_pickings := order.picking_ids.filtered(lambda p: p.state != "done"):
                    self.assertFalse(assets.search([("lot_id", "=", lot.id)]))
                    self.deliver(open_pickings[:1])
                asset = assets.search([("lot_id", "=", lot.id)])
                self.assertRecordValues(
                    asset, [{"sale_line_id": order.order_line.id, "state": "in_service"}]
                )
                self.assertEqual(asset.stock_move_id.location_dest_id.usage, "customer")
                self.assertGreater(len(order.picking_ids), 1)

    def test_the_order_is_found_along_the_chain(self):
        """A push rule of one's own may not hand the order line on."""
        self.warehouse.delivery_steps = "pick_ship"
        lot = self.make_serials("CHAIN-1")
        order = self.order(self.machine, 1)
        self.deliver(order.picking_ids)
        last = order.picking_ids.filtered(lambda p: p.state != "done")
        last.move_ids.sale_line_id = False
        self.deliver(last)
        asset = self.env["aftersales.asset"].search([("lot_id", "=", lot.id)])
        self.assertEqual(asset.sale_line_id, order.order_line[0])

    def test_what_nobody_bought_is_no_asset(self):
        lot = self.make_serials("GIFT-1")
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "location_id": self.stock_location.id,
                "location_dest_id": self.customer.property_stock_customer.id,
                "partner_id": self.customer.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.machine.id,
                            "product_uom_qty": 1,
                            "location_id": self.stock_location.id,
                            "location_dest_id": self.customer.property_stock_customer.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        self.deliver(picking)
        self.assertEqual(picking.state, "done")
        self.assertFalse(self.env["aftersales.asset"].search([("lot_id", "=", lot.id)]))

    def test_warehouse_worker_needs_no_rights_on_assets(self):
        worker = new_test_user(self.env, "t_worker", groups="stock.group_stock_user")
        self.make_serials("WORKER-1")
        order = self.order(self.machine, 1)
        picking = order.picking_ids.with_user(worker)
        picking.action_assign()
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        asset = self.env["aftersales.asset"].search([("serial", "=", "WORKER-1")])
        self.assertEqual(asset.warranty_state, "active")
        self.assertFalse(asset.with_user(worker).has_access("write"))
        self.return_goods(picking.sudo(False), user=worker)
        self.assertEqual(asset.state, "returned")

    def test_delivery_to_our_own_company_is_internal(self):
        own = self.company.partner_id
        own.property_stock_customer = self.customer.property_stock_customer
        asset = self.sell("OWN-1", partner=own)
        self.assertEqual(asset.get_entitlement()[asset.id]["category"], "internal")

    def test_other_company_delivers_with_a_policy_of_its_own(self):
        """The product's policy belongs to the first company: the second one promises its own."""
        other = self.env["res.company"].create({"name": "Sales Company"})
        self.env.user.company_ids |= other
        self.policy.company_id = self.company
        policy = self.policy.copy({"name": "Theirs", "company_id": other.id})
        other.aftersales_warranty_policy_id = policy
        self.env = self.env(context=dict(self.env.context, allowed_company_ids=other.ids))
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        lot = self.env["stock.lot"].create({"name": "MC-1", "product_id": self.machine.id})
        self.env["stock.quant"]._update_available_quantity(
            self.machine.with_env(self.env), warehouse.lot_stock_id, 1.0, lot_id=lot
        )
        order = self.order(self.machine, 1, company_id=other.id)
        self.deliver(order.picking_ids)
        asset = self.env["aftersales.asset"].search([("lot_id", "=", lot.id)])
        self.assertRecordValues(asset, [{"company_id": other.id, "warranty_policy_id": policy.id}])
        self.assertEqual(asset.warranty_ids.company_id, other)

    def test_company_buying_from_a_sister_company_and_selling_on(self):
        """Each company has an asset of its own of the same serial, and a return ends only its."""
        asset = self.sell("SISTER-1")
        other = self.env["res.company"].create({"name": "Sister"})
        self.env.user.company_ids |= other
        sister = asset.copy({"company_id": other.id, "lot_id": asset.lot_id.id})
        sister.action_put_in_service()
        self.return_goods(asset.picking_id)
        self.assertEqual((asset.state, sister.state), ("returned", "in_service"))

    def test_delivered_day_is_the_day_at_the_warehouse(self):
        self.warehouse.partner_id.tz = "Asia/Tokyo"
        asset = self.sell("TZ-1")
        move = asset.stock_move_id
        move.date = "2026-03-01 20:00:00"
        self.assertEqual(move._get_aftersales_date(), fields.Date.to_date("2026-03-02"))

    def test_serial_entered_before_its_delivery_is_adopted(self):
        lot = self.make_serials("DRAFT-1")
        draft = self.env["aftersales.asset"].create(
            {"product_id": self.machine.id, "lot_id": lot.id, "note": "prepared"}
        )
        order = self.order(self.machine, 1)
        self.deliver(order.picking_ids)
        self.assertEqual(self.env["aftersales.asset"].search([("lot_id", "=", lot.id)]), draft)
        self.assertRecordValues(
            draft,
            [
                {
                    "state": "in_service",
                    "partner_id": self.customer.id,
                    "sale_line_id": order.order_line.id,
                    "warranty_state": "active",
                }
            ],
        )

    def test_clones_are_what_create_makes(self):
        """Set-based creation of many serials stores what the ORM stores for one (W02, W03)."""
        assets = self.sell(*[f"CLONE-{number}" for number in range(3)])
        self.env.flush_all()
        self.assert_same_rows(assets, {"lot_id", "serial"})
        self.assert_same_rows(assets.warranty_ids, {"asset_id"})
        for asset in assets:
            self.assertEqual(asset.serial, asset.lot_id.name)
            self.assertEqual(len(asset.warranty_ids.term_ids), 2)
        self.assert_same_rows(assets.warranty_ids.term_ids[::2], {"warranty_id"})
        by_hand = self.env["aftersales.asset"].create(
            [
                assets[0]._convert_to_write(
                    assets[0].read(
                        ["product_id", "partner_id", "site_id", "sale_line_id", "date_delivery"],
                        load=None,
                    )[0]
                )
                | {
                    "state": "in_service",
                    "company_id": self.company.id,
                    "lot_id": self.make_serials("CLONE-X").id,
                }
            ]
        )
        self.env.flush_all()
        own = {"lot_id", "serial", "stock_move_id"}
        self.assert_same_rows(by_hand | assets[-1], own)
        self.assert_same_rows(by_hand.warranty_ids | assets[-1].warranty_ids, {"asset_id"})

    def test_queries_do_not_grow_with_serials(self):
        def share(count):
            lots = self.make_serials(*[f"Q{count}-{number}" for number in range(count)])
            order = self.order(self.machine, count)
            picking = order.picking_ids
            with self.unhooked():
                self.deliver(picking)
            self.env.flush_all()
            move = picking.move_ids.filtered(lambda m: m.state == "done")
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            move._make_aftersales_assets()
            self.env.flush_all()
            made = self.env["aftersales.asset"].search_count([("lot_id", "in", lots.ids)])
            self.assertEqual(made, count)
            return self.cr.sql_log_count - before

        share(3)  # fills caches of the registry
        self.assertLessEqual(share(80), share(10) + 1)
