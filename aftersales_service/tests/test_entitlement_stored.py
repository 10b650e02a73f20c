from odoo import fields
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestStoredEntitlement(AftersalesCommon):
    """W07: tickets and repairs keep what was decided then."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls.sell("KEPT-1")
        cls.warranty = cls.asset.warranty_ids
        cls.workshop_user = new_test_user(cls.env, "t_workshop", groups="stock.group_stock_user")

    def make_repair(self, user=None, **values):
        vals = {
            "product_id": self.machine.id,
            "lot_id": self.asset.lot_id.id,
            "partner_id": self.customer.id,
            "move_ids": [
                Command.create(
                    {
                        "product_id": self.part.id,
                        "product_uom_qty": 1.0,
                        "repair_line_type": "add",
                    }
                )
            ],
        }
        repairs = self.env["repair.order"].with_user(user or self.workshop_user)
        return repairs.create(dict(vals, **values))

    def confirm(self, repair):
        repair._action_repair_confirm()
        return repair

    def test_decision_stays_until_it_is_checked_again(self):
        ticket = self.make_ticket(self.asset)
        self.assertRecordValues(
            ticket,
            [
                {
                    "service_category": "warranty",
                    "entitlement_kind": "warranty",
                    "entitlement_source_name": self.warranty.name,
                    "entitlement_user_id": self.agent_user.id,
                }
            ],
        )
        self.warranty._void("Sold abroad")
        self.assertEqual(ticket.service_category, "warranty")
        told = ticket.action_check_entitlement()["params"]["message"]
        self.assertEqual(ticket.service_category, "paid")
        self.assertRegex(told, "C · Free service.* → A · Paid service")
        self.assertIn("Free service", ticket.message_ids[0].body)
        messages = len(ticket.message_ids)
        told = ticket.action_check_entitlement()["params"]["message"]
        self.assertIn("Nothing has changed", told)
        self.assertEqual(len(ticket.message_ids), messages)

    def test_decision_is_not_typed_in(self):
        ticket = self.make_ticket(self.asset)
        for values in (
            {"service_category": "paid"},
            {"entitlement_travel": False},
            {"entitlement_details": []},
        ):
            with self.subTest(values), self.assertRefused("is not typed in"):
                ticket.with_user(self.manager_user).write(values)
        with self.assertRefused("is not typed in"):
            self.make_ticket(self.asset, service_category="contract")

    def test_source_is_opened_by_who_may_read_it(self):
        ticket = self.make_ticket(self.asset)
        action = ticket.action_open_entitlement_source()
        self.assertEqual(
            (action["res_model"], action["res_id"]), (self.warranty._name, self.warranty.id)
        )
        with self.assertRefused("no document to open"):
            self.make_ticket().action_open_entitlement_source()

    def test_reasons_are_worded_for_the_reader(self):
        ticket = self.make_ticket(self.asset, exclusion="misuse")
        self.assertIn("Not covered: Misuse.", ticket.entitlement_reasons)
        self.assertIn(self.warranty.name, ticket.entitlement_reasons)

    def test_a_thousand_tickets_take_as_many_queries_as_ten(self):
        tickets = self.env["aftersales.ticket"]
        for days in range(12):
            day = fields.Date.subtract(fields.Date.today(), days=-days)
            tickets |= self.make_ticket(self.asset, date_failure=day, meter=days)

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.action_check_entitlement()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(tickets[:1])
        # Ten more tickets cost a few more batches, not a query each.
        self.assertLess(count(tickets) - count(tickets[:2]), 6)

    def test_repair_is_decided_on_confirmation_by_the_workshop(self):
        repair = self.make_repair()
        self.assertEqual(repair.aftersales_asset_id, self.asset, "found by the serial")
        self.assertFalse(repair.entitlement_date or repair.under_warranty)
        self.confirm(repair)
        self.assertRecordValues(
            repair,
            [
                {
                    "state": "confirmed",
                    "under_warranty": True,
                    "service_category": "warranty",
                    "entitlement_user_id": self.workshop_user.id,
                }
            ],
        )
        self.assertIn(self.warranty.name, repair.entitlement_reasons)
        repair.sudo().action_create_sale_order()
        self.assertEqual(repair.sudo().sale_order_id.order_line.price_unit, 0.0)

    def test_repair_out_of_warranty_is_charged(self):
        self.warranty._void("Sold abroad")
        repair = self.confirm(self.make_repair(under_warranty=True))
        self.assertFalse(repair.under_warranty)
        repair.sudo().action_create_sale_order()
        self.assertEqual(repair.sudo().sale_order_id.order_line.price_unit, 100.0)

    def test_workshop_decides_otherwise_with_a_reason_only(self):
        repair = self.confirm(self.make_repair())
        with self.assertRefused("say why"):
            repair.under_warranty = False
        repair.write({"under_warranty": False, "under_warranty_reason": "Customer insists to pay"})
        self.assertFalse(repair.under_warranty)
        repair.action_check_entitlement()
        self.assertFalse(repair.under_warranty, "what a person decided stays")

    def test_misuse_found_in_the_workshop(self):
        repair = self.confirm(self.make_repair())
        repair.exclusion = "misuse"
        self.assertRecordValues(repair, [{"service_category": "paid", "under_warranty": False}])
        self.assertIn("Paid service", repair.message_ids[0].body)

    def test_repair_asks_with_the_facts_of_its_ticket(self):
        ticket = self.make_ticket(self.asset, exclusion="human_damage")
        action = ticket.action_create_repair()
        repair = self.env["repair.order"].browse(action["res_id"])
        self.confirm(repair.with_user(self.workshop_user))
        self.assertRecordValues(repair, [{"exclusion": "human_damage", "service_category": "paid"}])

    def test_repair_without_asset_is_left_to_odoo(self):
        other = self.make_serials("PLAIN-1")
        repair = self.confirm(self.make_repair(lot_id=other.id, under_warranty=True))
        self.assertTrue(repair.under_warranty)
        self.assertFalse(repair.aftersales_asset_id or repair.entitlement_date)
        repair.under_warranty = False
        self.assertFalse(repair.under_warranty)

    def test_repair_form_of_the_workshop(self):
        with Form(self.env["repair.order"].with_user(self.workshop_user)) as form:
            form.product_id = self.machine
            self.assertFalse(form.aftersales_asset_id)
        repair = form.record
        repair.lot_id = self.asset.lot_id
        self.assertEqual(repair.aftersales_asset_id, self.asset)
