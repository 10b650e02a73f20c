from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_service.tools import serials

from .parts_common import AftersalesPartsCommon


@tagged("post_install", "-at_install")
class TestProductParts(AftersalesPartsCommon):
    """Which part fits which machine, and what it costs after the warranty (N01)."""

    def test_spare_part_with_serials_is_no_asset(self):
        self.assertFalse(self.serial_part.is_asset)
        self.assertTrue(self.machine.is_asset)
        self.serial_part.warranty_policy_id = self.policy
        self.assertTrue(self.serial_part.is_asset, "a policy of its own makes it one")

    def test_parts_list_marks_spare_parts(self):
        self.assertTrue(self.part.is_spare_part)
        self.env["aftersales.product.part"].with_user(self.manager_user).create(
            {"product_tmpl_id": self.template.id, "part_id": self.other_part.id}
        )
        self.assertTrue(self.other_part.is_spare_part)
        self.assertFalse(self.machine.is_spare_part)

    def test_parts_list_is_kept_by_managers(self):
        vals = {"product_tmpl_id": self.template.id, "part_id": self.other_part.id}
        with self.assertRaises(AccessError):
            self.env["aftersales.product.part"].with_user(self.agent_user).create(vals)

    def test_bad_lines_are_refused(self):
        lines = self.env["aftersales.product.part"]
        with self.assertRefused("spare part of itself", ValidationError):
            lines.create({"product_tmpl_id": self.template.id, "part_id": self.machine.id})
        with self.assertRefused("comes after", ValidationError):
            self.pump_line.write({"serial_from": "PU-10", "serial_to": "PU-9"})
        for vals in ({"life_months": -1}, {"quantity": 0}, {"warranty_duration": -3}):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.pump_line.write(vals)
                self.pump_line.flush_recordset()

    def test_import_names_what_is_wrong(self):
        names = ["product_tmpl_id", "part_id", "position", "life_months"]
        lines = self.env["aftersales.product.part"].with_user(self.manager_user)
        good = ["Test Tractor", "Test Blade", "B-1", "12"]
        result = lines.load(names, [good])
        self.assertTrue(result["ids"], result["messages"])
        with mute_logger("odoo.sql_db"):
            result = lines.load(names, [["Test Tractor", "No Such Part", "B-2", "12"]])
        self.assertFalse(result["ids"])
        self.assertIn("No Such Part", result["messages"][0]["message"])
        with mute_logger("odoo.sql_db"):
            result = lines.load(names, [good])
        self.assertFalse(result["ids"])
        self.assertIn("stands at this position", result["messages"][0]["message"])

    def test_fitting_parts_come_first(self):
        asset = self.sell("PL-1")
        products = self.env["product.product"].with_user(self.technician_user)
        found = products.with_context(aftersales_asset_id=asset.id).name_search("Test ", limit=10)
        self.assertEqual(
            {key for key, _name in found[:2]}, {self.part.id, self.wear_part.id}, found
        )
        self.assertIn(self.other_part.id, [key for key, _name in found])

    def test_lines_for_some_serials_only(self):
        self.pump_line.serial_from = "PL-10"
        old, new = self.sell("PL-9", "PL-11")
        lines = self.env["aftersales.product.part"]
        self.assertNotIn(self.pump_line, lines._get_for_asset(old))
        self.assertIn(self.pump_line, lines._get_for_asset(new))
        self.assertLess(serials.natural_key("a2"), serials.natural_key("A10"))

    def test_unfit_part_warns_and_does_not_block(self):
        asset = self.sell("PL-20")
        ticket = self.make_ticket(asset, part_id=self.other_part.id)
        self.assertRegex(ticket.part_warning, "Test Blade is not in the parts list")
        ticket.part_id = self.part
        self.assertFalse(ticket.part_warning)


@tagged("post_install", "-at_install")
class TestPartsQuotation(AftersalesPartsCommon):
    """Spare parts after the warranty at the cost-based price list (N01, T11)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"]._set_default_parts_pricelist()

    def _quote(self, document, user, *parts):
        action = document.with_user(user).action_quote_parts()
        form = Form(
            self.env["aftersales.parts.quote"].with_user(user).with_context(**action["context"])
        )
        for part in parts:
            with form.line_ids.new() as line:
                line.product_id = part
        return form.save()

    def _get_order(self, ticket):
        return self.env["sale.order"].search([("aftersales_ticket_id", "=", ticket.id)])

    def test_ticket_quotation_at_cost_plus(self):
        self.assertTrue(self.company.aftersales_parts_pricelist_id)
        asset = self.sell("PQ-1")
        ticket = self.make_ticket(asset, exclusion="misuse", part_id=self.part.id)
        self._quote(ticket, self.agent_user).action_create_quotation()
        order = self._get_order(ticket)
        self.assertRecordValues(
            order.order_line,
            [{"product_id": self.part.id, "price_unit": 75.0, "discount": 0.0}],
        )
        self.assertTrue(order.activity_ids, "the salesperson is asked to send it")
        self.assertEqual(ticket.sale_order_count, 1)

    def test_covered_part_is_free(self):
        ticket = self.make_ticket(self.sell("PQ-2"), part_id=self.part.id)
        quote = self._quote(ticket, self.agent_user)
        self.assertTrue(quote.line_ids.is_covered)
        quote.action_create_quotation()
        self.assertEqual(self._get_order(ticket).amount_untaxed, 0.0)

    def test_setting_off_and_ordinary_orders(self):
        plain = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.part.id})],
            }
        )
        self.assertEqual(plain.order_line.price_unit, 100.0)
        self.company.aftersales_parts_pricelist_id = False
        ticket = self.make_ticket(self.sell("PQ-3"), exclusion="misuse", part_id=self.part.id)
        self._quote(ticket, self.agent_user).action_create_quotation()
        self.assertEqual(self._get_order(ticket).order_line.price_unit, 100.0)

    def test_part_without_cost_keeps_its_price(self):
        self.part.standard_price = 0.0
        ticket = self.make_ticket(self.sell("PQ-4"), exclusion="misuse", part_id=self.part.id)
        self._quote(ticket, self.agent_user).action_create_quotation()
        self.assertEqual(self._get_order(ticket).order_line.price_unit, 100.0)

    def test_repair_quotation(self):
        asset = self.sell("PQ-5")
        repair = self.env["repair.order"].create(
            {
                "product_id": self.machine.id,
                "lot_id": asset.lot_id.id,
                "partner_id": self.customer.id,
                "aftersales_asset_id": asset.id,
                "move_ids": [
                    Command.create(
                        {
                            "repair_line_type": "add",
                            "product_id": self.part.id,
                            "product_uom_qty": 1.0,
                        }
                    )
                ],
            }
        )
        repair.action_create_sale_order()
        self.assertEqual(repair.sale_order_id.order_line.price_unit, 75.0)

    def test_saving_settings_keeps_the_list(self):
        settings = self.env["res.config.settings"].create({})
        self.assertFalse(settings._onchange_group_sale_pricelist())
        settings.execute()
        self.assertTrue(self.company.aftersales_parts_pricelist_id.active)

    def test_spare_part_list_is_nobodys_default(self):
        self.env["res.config.settings"].create({"group_product_pricelist": True}).execute()
        customer = self.env["res.partner"].create({"name": "New Customer"})
        self.assertNotEqual(
            customer.property_product_pricelist, self.company.aftersales_parts_pricelist_id
        )

    def test_refusals(self):
        asset = self.sell("PQ-6")
        ticket = self.make_ticket(asset)
        with self.assertRefused("choose a part"):
            self._quote(ticket, self.agent_user).action_create_quotation()
        with self.assertRaises(AccessError):
            self._quote(asset, self.technician_user, self.part).action_create_quotation()
        bare = self.make_ticket(None)
        with self.assertRaises(UserError):
            bare.action_quote_parts()
