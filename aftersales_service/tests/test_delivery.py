from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestDelivery(AftersalesCommon):
    """W01, W02, W04, W05: a delivered sale becomes assets and warranties, once."""

    def _return(self, picking):
        wizard = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
        )
        wizard = wizard.create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            line.quantity = line.move_id.quantity
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        return self.deliver(back)

    def test_two_serials_make_two_assets_and_warranties(self):
        assets = self.sell("W-1", "W-2")
        today = fields.Date.context_today(assets)
        self.assertEqual(assets.mapped("lot_id.name"), ["W-1", "W-2"])
        self.assertRecordValues(
            assets,
            [
                {
                    "partner_id": self.customer.id,
                    "state": "in_service",
                    "date_delivery": today,
                    "quantity": 1.0,
                }
            ]
            * 2,
        )
        self.assertRecordValues(
            assets.warranty_ids,
            [{"state": "active", "date_start": today, "policy_id": self.policy.id}] * 2,
        )
        for warranty in assets.warranty_ids:
            self.assertEqual(warranty.date_end, fields.Date.add(today, months=24))
            wear = warranty.term_ids.filtered("part_category_id")
            self.assertEqual(wear.date_end, fields.Date.add(today, months=3))

    def test_redone_hook_makes_nothing_twice(self):
        assets = self.sell("W-3")
        assets.stock_move_id._make_aftersales_assets()
        self.assertEqual(
            self.env["aftersales.asset"].search_count([("lot_id", "=", assets.lot_id.id)]), 1
        )
        self.assertEqual(len(assets.warranty_ids), 1)

    def test_partial_delivery_and_back_order(self):
        self.make_serials("W-4", "W-5")
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": self.machine.id, "product_uom_qty": 2})
                ],
            }
        )
        order.action_confirm()
        picking = order.picking_ids
        picking.move_line_ids[1:].unlink()
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        self.assertEqual(order.aftersales_asset_count, 1)
        back_order = order.picking_ids - picking
        self.deliver(back_order)
        order.invalidate_recordset()
        self.assertEqual(order.aftersales_asset_count, 2)

    def test_untracked_quantity_is_one_asset(self):
        pump = self.env["product.product"].create(
            {"name": "Pump set", "is_storable": True, "warranty_policy_id": self.policy.id}
        )
        self.env["stock.quant"]._update_available_quantity(pump, self.stock_location, 10)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": pump.id, "product_uom_qty": 4})],
            }
        )
        order.action_confirm()
        self.deliver(order.picking_ids)
        asset = self.env["aftersales.asset"].search([("product_id", "=", pump.id)])
        self.assertRecordValues(asset, [{"quantity": 4.0, "lot_id": False, "state": "in_service"}])

    def test_return_ends_asset_and_warranty_and_redelivery_starts_anew(self):
        asset = self.sell("W-6")
        self._return(asset.picking_id)
        self.assertEqual(asset.state, "returned")
        self.assertRecordValues(
            asset.warranty_ids, [{"state": "void", "void_reason": "Returned to stock"}]
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.machine.id})],
            }
        )
        order.action_confirm()
        self.deliver(order.picking_ids)
        again = self.env["aftersales.asset"].search(
            [("lot_id", "=", asset.lot_id.id), ("state", "=", "in_service")]
        )
        self.assertEqual(len(again), 1)
        self.assertEqual(again.warranty_state, "active")

    def test_spare_part_is_no_asset(self):
        self.env["stock.quant"]._update_available_quantity(self.part, self.stock_location, 10)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.part.id})],
            }
        )
        order.action_confirm()
        self.deliver(order.picking_ids)
        self.assertFalse(self.env["aftersales.asset"].search([("product_id", "=", self.part.id)]))

    def test_nearest_policy_wins(self):
        parent = self.env["product.category"].create(
            {"name": "P", "warranty_policy_id": self.policy.id}
        )
        child = self.env["product.category"].create({"name": "C", "parent_id": parent.id})
        other = self.policy.copy({"name": "Other"})
        product = self.env["product.template"].create({"name": "X", "categ_id": child.id})
        self.assertEqual(product._get_warranty_policies(self.company)[product], self.policy)
        product.warranty_policy_id = other
        self.assertEqual(product._get_warranty_policies(self.company)[product], other)
        plain = self.env["product.template"].create({"name": "Y"})
        self.company.aftersales_warranty_policy_id = other
        self.assertEqual(plain._get_warranty_policies(self.company)[plain], other)

    def test_registration_policy_waits_for_the_event(self):
        self.policy.start_event = "registration"
        asset = self.sell("W-7")
        self.assertRecordValues(
            asset.warranty_ids, [{"state": "draft", "date_start": False, "date_end": False}]
        )
        sold = fields.Date.today()
        asset.date_sale_end_user = sold
        self.assertRecordValues(
            asset.warranty_ids,
            [{"state": "active", "date_start": sold, "date_end": fields.Date.add(sold, months=24)}],
        )

    def test_void_needs_a_reason(self):
        warranty = self.sell("W-8").warranty_ids
        with self.assertRefused("reason"):
            warranty._void("  ")
        self.assertEqual(warranty.state, "active")
        warranty._void("Exported")
        self.assertRecordValues(warranty, [{"state": "void", "void_reason": "Exported"}])

    def test_state_is_not_written_from_outside(self):
        asset = self.sell("W-9")
        with self.assertRefused("buttons"):
            asset.with_user(self.manager_user).write({"state": "scrapped"})
        with self.assertRefused("buttons"):
            asset.with_context(aftersales_transition=True).write({"state": "scrapped"})
        asset.with_user(self.manager_user).action_scrap()
        self.assertEqual(asset.warranty_state, "void")

    def test_only_service_people_change_assets(self):
        asset = self.sell("W-10")
        self.assertEqual(asset.with_user(self.plain_user).name, asset.name)
        with self.assertRaises(AccessError):
            asset.with_user(self.plain_user).write({"note": "x"})
        with self.assertRaises(AccessError):
            asset.with_user(self.technician_user).action_scrap()

    def test_dates_that_contradict_are_refused(self):
        asset = self.sell("W-11")
        with self.assertRefused("before the delivery"):
            asset.date_acceptance = fields.Date.add(asset.date_delivery, days=-1)

    def test_other_company_sees_nothing(self):
        asset = self.sell("W-12")
        other = self.env["res.company"].create({"name": "Other maker"})
        stranger = self.manager_user
        stranger.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        found = self.env["aftersales.asset"].with_user(stranger).search([("id", "=", asset.id)])
        self.assertFalse(found)

    def test_expiry_job_takes_what_is_due(self):
        asset = self.sell("W-13")
        asset.date_delivery = fields.Date.subtract(fields.Date.today(), months=30)
        self.assertEqual(asset.warranty_state, "expired")
        asset.date_delivery = fields.Date.today()
        warranty = asset.warranty_ids
        self.assertEqual(warranty.state, "active")
        warranty.term_ids.write({"date_start": "2020-01-01", "date_end": "2022-01-01"})
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_service.ir_cron_warranty_expire").method_direct_trigger()
        self.assertEqual(warranty.state, "expired")

    def test_delivery_of_many_serials_costs_the_same_queries_each(self):
        def share(count, start):
            lots = self.make_serials(*[f"Q-{start + n}" for n in range(count)])
            order = self.env["sale.order"].create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [
                        Command.create({"product_id": self.machine.id, "product_uom_qty": count})
                    ],
                }
            )
            order.action_confirm()
            self.env.flush_all()
            before = self.cr.sql_log_count
            order.picking_ids.move_ids.sudo()
            vals = [
                {
                    "product_id": self.machine.id,
                    "lot_id": lot.id,
                    "partner_id": self.customer.id,
                    "state": "in_service",
                }
                for lot in lots
            ]
            self.env["aftersales.asset"].create(vals)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        few, many = share(5, 0), share(50, 100)
        self.assertLessEqual(many, few + 10)
