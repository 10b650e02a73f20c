from datetime import date

from dateutil.relativedelta import relativedelta
from psycopg2 import IntegrityError

from odoo import fields
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-15 12:00:00")
class TestContractSale(ContractCommon):
    """W11: a sale order makes the contract, by asset, once."""

    def test_order_makes_the_contract(self):
        assets = self.sell("S-1", "S-2")
        order = self.sell_service(self.contract_product, assets, user_id=self.salesman.id)
        contract = order.aftersales_contract_ids
        self.assertRecordValues(
            contract,
            [
                {
                    "partner_id": self.customer.id,
                    "state": "running",
                    "date_start": date(2026, 1, 15),
                    "date_end": date(2027, 1, 14),
                    "amount_total": 2400.0,
                    "user_id": self.salesman.id,
                }
            ],
        )
        self.assertEqual(contract.line_ids.asset_id, assets)
        order._make_aftersales_contracts()
        order.order_line._serve_chosen()
        self.assertEqual(len(order.aftersales_contract_ids.line_ids), 2)

    def test_salesperson_without_rights_in_after_sales(self):
        assets = self.sell("S-3")
        order = self.sell_service(
            self.contract_product, assets, confirm=False, user_id=self.salesman.id
        )
        order.with_user(self.salesman).action_confirm()
        contract = order.aftersales_contract_ids
        self.assertEqual(contract.state, "running")
        self.assertEqual(contract.with_user(self.salesman).name, contract.name)
        self.assertEqual(order.with_user(self.salesman).aftersales_contract_count, 1)

    def test_lines_of_one_product_make_one_contract(self):
        first, second = self.sell("S-4", "S-5")
        order = self.sell_service(self.contract_product, first, confirm=False)
        order.order_line.copy(
            {
                "order_id": order.id,
                "aftersales_asset_ids": [Command.set(second.ids)],
                "price_unit": 900.0,
            }
        )
        order.action_confirm()
        contract = order.aftersales_contract_ids
        self.assertEqual(sorted(contract.line_ids.mapped("price")), [900.0, 1200.0])
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            contract.create(order._prepare_contract_vals(order.order_line))
            self.env.flush_all()

    def test_without_assets_the_salesperson_completes_it(self):
        order = self.sell_service(
            self.contract_product,
            self.env["aftersales.asset"],
            confirm=False,
            user_id=self.salesman.id,
        )
        self.assertIn("Test Full Service", order.aftersales_hint)
        order.action_confirm()  # as when the customer signs online
        contract = order.aftersales_contract_ids
        self.assertEqual((contract.state, contract.assets_missing), ("draft", 1))
        activity = contract.activity_ids
        self.assertEqual(activity.user_id, self.salesman)
        self.assertIn("name at least one asset", activity.note)
        # The manager names the asset by hand and confirms.
        asset = self.sell("S-6")
        contract.with_user(self.manager_user).line_ids = [
            Command.create({"asset_id": asset.id, "price": 1200.0})
        ]
        contract.with_user(self.manager_user).action_confirm()
        self.assertEqual(contract.state, "running")

    def test_foreign_asset_leaves_a_draft(self):
        asset = self.sell("S-7")
        order = self.sell_service(self.contract_product, asset, confirm=False)
        asset.write({"partner_id": self.env["res.partner"].create({"name": "Buyer"}).id})
        asset.site_id = asset.partner_id
        order.action_confirm()
        contract = order.aftersales_contract_ids
        self.assertEqual(contract.state, "draft")
        self.assertIn("belongs to Buyer", contract.activity_ids.note)

    def test_what_is_delivered_later_joins_the_contract(self):
        order = self.sell_with_machines(self.contract_product, "S-8", "S-9")
        contract = order.aftersales_contract_ids
        self.assertEqual((contract.state, len(contract.line_ids)), ("draft", 0))
        self.assertFalse(contract.activity_ids)  # waiting for the delivery is no problem
        picking = order.picking_ids
        picking.action_assign()
        picking.move_ids.move_line_ids[1:].unlink()
        picking.move_ids.picked = True
        with freeze_time("2026-02-01 12:00:00"):
            picking.with_context(skip_sms=True).button_validate()
            wizard = self.env["stock.backorder.confirmation"].create(
                {"pick_ids": [Command.set(picking.ids)]}
            )
            if picking.state != "done":
                wizard.with_context(button_validate_picking_ids=picking.ids).process()
        self.assertEqual((contract.state, len(contract.line_ids)), ("running", 1))
        self.assertEqual(contract.date_start, date(2026, 2, 1))
        back = order.picking_ids - picking
        with freeze_time("2026-03-10 12:00:00"):
            self.deliver(back)
        line = contract.line_ids[1]
        self.assertEqual((line.date_start, line.date_end), (date(2026, 3, 10), date(2027, 3, 9)))
        self.assertEqual(contract.date_end, date(2027, 3, 9))
        with freeze_time("2027-06-01 12:00:00"):
            contract._make_invoices()
        self.assertEqual(self.untaxed(contract), 2400)

    def test_contract_after_the_warranty(self):
        self.contract_product.aftersales_start = "after_warranty"
        order = self.sell_with_machines(self.contract_product, "S-10")
        contract = order.aftersales_contract_ids
        self.deliver(order.picking_ids)
        warranty = contract.line_ids.asset_id.warranty_ids
        self.assertEqual(contract.state, "running")
        self.assertEqual(contract.date_start, warranty.date_end + relativedelta(days=1))
        # The start event is corrected: the contract moves along.
        contract.line_ids.asset_id.date_delivery = "2026-01-10"
        self.assertEqual(warranty.date_end, date(2028, 1, 10))
        self.assertEqual(contract.line_ids.date_start, date(2028, 1, 11))

    def test_contract_waits_for_a_warranty_that_has_not_started(self):
        self.contract_product.aftersales_start = "after_warranty"
        self.policy.start_event = "acceptance"
        order = self.sell_with_machines(self.contract_product, "S-11")
        self.deliver(order.picking_ids)
        contract = order.aftersales_contract_ids
        self.assertEqual((contract.state, len(contract.line_ids)), ("draft", 1))
        self.assertFalse(contract.line_ids.date_start)
        contract.line_ids.asset_id.date_acceptance = "2026-02-01"
        self.assertEqual(contract.state, "running")
        self.assertEqual(contract.date_start, date(2028, 2, 2))

    def test_cancelled_order_cancels_the_contract(self):
        order = self.sell_service(self.contract_product, self.sell("S-12"))
        contract = order.aftersales_contract_ids
        order._action_cancel()
        self.assertEqual(contract.state, "cancelled")
        self.assertIn(order.name, contract.cancel_reason)
        order.action_draft()
        order.action_confirm()
        self.assertEqual(len(order.aftersales_contract_ids), 2)

    def _choose(self, order, user=None):
        action = order.order_line[:1].action_choose_aftersales_assets()
        return Form(
            self.env["aftersales.asset.choice"]
            .with_user(user or self.salesman)
            .with_context(**action["context"])
        )

    def test_wizard_chooses_assets_and_prices(self):
        first, second = self.sell("S-13", "S-14")
        order = self.sell_service(
            self.contract_product, first.browse(), confirm=False, user_id=self.salesman.id
        )
        form = self._choose(order)
        form.asset_ids.add(first)
        form.asset_ids.add(second)
        form.date_start = date(2026, 2, 1)
        with form.line_ids.edit(1) as line:
            self.assertIn("until", line.cover)
            line.price = 1000.0
        form.save().action_apply()
        lines = order.order_line
        self.assertEqual(sorted(lines.mapped("price_unit")), [1000.0, 1200.0])
        self.assertEqual(lines.aftersales_asset_ids, first | second)
        self.assertEqual(set(lines.mapped("product_uom_qty")), {1.0})
        order.action_confirm()
        contract = order.aftersales_contract_ids
        self.assertEqual((contract.state, contract.amount_total), ("running", 2200.0))
        self.assertEqual(contract.date_start, date(2026, 2, 1))
        with self.assertRefused("is sold for 0 more assets"):
            form.save().action_apply()

    def test_wizard_warns_of_what_is_bought_twice(self):
        asset = self.sell("S-15")
        self.sell_service(self.contract_product, asset)
        order = self.sell_service(
            self.contract_product, asset.browse(), confirm=False, user_id=self.salesman.id
        )
        form = self._choose(order)
        form.asset_ids.add(asset)
        self.assertIn("has SC", form.warning)
        form.asset_ids.remove(asset.id)
        self.assertFalse(form.warning)

    def test_hundred_assets_are_confirmed_in_bulk(self):
        assets = self.sell(*(f"B-{number}" for number in range(100)))
        counts = []
        for chosen in (assets[:2], assets[2:10], assets[10:]):
            order = self.sell_service(self.contract_product, chosen, confirm=False)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order.action_confirm()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(order.aftersales_contract_ids.line_ids), len(chosen))
        self.assertLessEqual(counts[2], counts[1] + 10, counts)


@tagged("post_install", "-at_install")
@freeze_time("2026-01-15 12:00:00")
class TestExtendedWarranty(ContractCommon):
    """W12: an order line extends the warranty of its assets."""

    def test_extends_from_the_day_after(self):
        asset = self.sell("E-1")
        base = asset.warranty_ids
        self.assertEqual(base.date_end, date(2028, 1, 15))
        order = self.sell_service(self.extension_product, asset)
        extension = order.order_line.aftersales_warranty_ids
        self.assertRecordValues(
            extension,
            [
                {
                    "extends_id": base.id,
                    "date_start": date(2028, 1, 16),
                    "date_end": date(2029, 1, 15),
                    "state": "active",
                }
            ],
        )
        for day, source in (
            (date(2028, 1, 15), base),
            (date(2028, 1, 16), extension),
            (date(2029, 1, 15), extension),
        ):
            answer = asset.get_entitlement(date=day)[asset.id]
            self.assertEqual(answer["category"], "warranty")
            self.assertIn(answer["source"], [f"{t._name},{t.id}" for t in source.term_ids])
        self.assertEqual(
            asset.get_entitlement(date=date(2029, 1, 16))[asset.id]["category"], "paid"
        )

    def test_moves_along_with_the_start_event(self):
        asset = self.sell("E-2")
        order = self.sell_service(self.extension_product, asset)
        second = self.sell_service(self.extension_product, asset)
        asset.date_delivery = "2026-01-01"
        extension = order.order_line.aftersales_warranty_ids
        self.assertEqual(
            (extension.date_start, extension.date_end), (date(2028, 1, 2), date(2029, 1, 1))
        )
        again = second.order_line.aftersales_warranty_ids
        self.assertEqual(again.extends_id, extension)
        self.assertEqual((again.date_start, again.date_end), (date(2029, 1, 2), date(2030, 1, 1)))

    def test_waits_for_the_warranty(self):
        self.policy.start_event = "commissioning"
        asset = self.sell("E-3")
        order = self.sell_service(self.extension_product, asset)
        extension = order.order_line.aftersales_warranty_ids
        self.assertEqual(extension.state, "draft")
        asset.date_commissioning = "2026-03-31"
        self.assertEqual(extension.date_start, date(2028, 4, 1))
        self.assertEqual(extension.date_end, date(2029, 3, 31))

    def test_sold_when_the_warranty_is_over(self):
        asset = self.sell("E-4")
        with freeze_time("2029-05-01 12:00:00"):
            order = self.sell_service(self.extension_product, asset)
        extension = order.order_line.aftersales_warranty_ids
        self.assertEqual(extension.date_start, date(2029, 5, 1))
        self.assertEqual(extension.date_end, date(2030, 4, 30))

    def test_delivered_in_the_same_order(self):
        order = self.sell_with_machines(self.extension_product, "E-5", "E-6")
        self.assertFalse(order.order_line.aftersales_warranty_ids)
        self.deliver(order.picking_ids)
        extensions = order.order_line.aftersales_warranty_ids
        self.assertEqual(len(extensions), 2)
        self.assertEqual(set(extensions.mapped("date_start")), {date(2028, 1, 16)})
        order.order_line._serve_chosen()
        self.assertEqual(len(order.order_line.aftersales_warranty_ids), 2)

    def test_cancelled_order_voids_it(self):
        asset = self.sell("E-7")
        order = self.sell_service(self.extension_product, asset)
        order._action_cancel()
        extension = asset.warranty_ids.filtered("sale_line_id")
        self.assertEqual(extension.state, "void")
        self.assertIn(order.name, extension.void_reason)
        self.assertEqual(asset.warranty_ids.filtered(lambda w: not w.sale_line_id).state, "active")

    def test_refund_voids_it(self):
        asset = self.sell("E-8")
        order = self.sell_service(self.extension_product, asset)
        invoice = order._create_invoices()
        invoice.action_post()
        extension = order.order_line.aftersales_warranty_ids
        refund = invoice._reverse_moves()
        refund.invoice_date = fields.Date.today()
        refund.action_post()
        self.assertEqual(order.order_line.qty_invoiced_posted, 0)
        self.assertEqual(extension.state, "void")
        self.assertIn(refund.name, extension.void_reason)

    def test_product_needs_its_policy_and_is_a_service(self):
        with self.assertRefused("choose the policy"):
            self.extension_product.aftersales_extended_policy_id = False
        with self.assertRefused("are services"):
            self.contract_product.type = "consu"
