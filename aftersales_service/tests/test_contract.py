from datetime import date

from dateutil.relativedelta import relativedelta
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
class TestContract(ContractCommon):
    """W11: the document, who may do what, what is refused, what it covers."""

    def test_terms_come_from_the_product(self):
        assets = self.sell("C-1")
        contract = self.make_contract(assets, date_start="2026-01-15")
        self.assertRecordValues(
            contract,
            [
                {
                    "date_end": date(2027, 1, 14),
                    "period": "month",
                    "covers_parts": True,
                    "covers_travel": False,
                    "visits_included": 2,
                    "amount_total": 1200.0,
                    "state": "draft",
                }
            ],
        )
        self.assertRegex(contract.name, r"^SC\d+")

    def test_manager_confirms(self):
        contract = self.make_contract(self.sell("C-2"))
        contract.action_confirm()
        self.assertEqual(contract.state, "running")
        line = contract.line_ids
        self.assertEqual((line.date_start, line.date_end), (contract.date_start, contract.date_end))
        self.assertEqual(contract.date_next_invoice, contract.date_start)

    def test_only_managers_confirm_and_cancel(self):
        contract = self.make_contract(self.sell("C-3"))
        for user in (self.agent_user, self.salesman, self.accountant):
            with self.assertRaises(AccessError):
                contract.with_user(user).action_confirm()
            with self.assertRaises(AccessError):
                contract.with_user(user).action_cancel(reason="No")
            self.assertEqual(contract.with_user(user).state, "draft")
        with self.assertRaises(AccessError):
            contract.with_user(self.plain_user).read(["name"])

    def test_state_is_not_written(self):
        contract = self.make_contract(self.sell("C-4"))
        with self.assertRefused("buttons"):
            contract.write({"state": "running"})
        contract.action_confirm()
        with self.assertRefused("can no longer be changed"):
            contract.write({"date_end": "2030-01-01"})
        with self.assertRefused("no longer change by hand"):
            contract.line_ids.write({"price": 1.0})
        with self.assertRefused("kept as a record"):
            contract.unlink()
        contract.write({"notice_days": 10})

    def test_asset_of_another_customer_is_refused(self):
        other = self.env["res.partner"].create({"name": "Other Farm"})
        foreign = self.sell("C-5", partner=other)
        with self.assertRefused("belongs to Other Farm, not to Test Farm", ValidationError):
            self.make_contract(foreign)
        foreign.site_id = self.customer
        self.assertTrue(self.make_contract(foreign))  # it stands at the customer's

    def test_confirmation_names_what_is_missing(self):
        asset = self.sell("C-6")
        with self.assertRefused("name at least one asset"):
            self.make_contract(asset.browse()).action_confirm()
        contract = self.make_contract(asset)
        contract.write({"date_start": False, "date_end": False})
        with self.assertRefused("fill in “Start”"):
            contract.action_confirm()
        asset.action_scrap()
        self.assertFalse(contract.line_ids)  # a draft forgets what is gone

    def test_asset_out_of_service_is_refused(self):
        asset = self.env["aftersales.asset"].create(
            {"product_id": self.part.id, "partner_id": self.customer.id}
        )
        with self.assertRefused("is Draft. Put it in service first"):
            self.make_contract(asset).action_confirm()

    @mute_logger("odoo.sql_db")
    def test_impossible_dates_and_figures_are_refused(self):
        asset = self.sell("C-7")
        for values in (
            {"date_start": "2026-05-01", "date_end": "2026-04-01"},
            {"duration": 0},
            {"notice_days": -1},
        ):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.make_contract(asset, **values).flush_recordset()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.make_contract(asset, price=-1).flush_recordset()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.make_contract(asset | asset).line_ids.flush_recordset()
            self.make_contract(asset).write({"line_ids": [Command.create({"asset_id": asset.id})]})
            self.env.flush_all()

    def test_the_same_cover_twice_is_refused(self):
        asset = self.sell("C-8")
        first = self.make_contract(asset)
        first.action_confirm()
        second = self.make_contract(asset)
        with self.assertRefused(f"is under contract {first.name} from"):
            second.action_confirm()
        self.assertEqual(second.state, "draft")
        travel = self.make_contract(
            asset, covers_parts=False, covers_labour=False, covers_travel=True
        )
        travel.action_confirm()
        second.overlap_reason = "Agreed with the customer"
        second.action_confirm()
        later = self.make_contract(asset, date_start=first.date_end + relativedelta(days=1))
        later.action_confirm()
        self.assertEqual(later.state, "running")

    def test_ticket_falls_under_the_contract(self):
        asset = self.sell("C-9")
        asset.warranty_ids._void("Test")
        policy = self.env["aftersales.sla.policy"].create({"name": "Gold", "sequence": 99})
        contract = self.make_contract(asset, sla_policy_id=policy.id, measures="Call the boss")
        ticket = self.make_ticket(asset)
        self.assertEqual(ticket.service_category, "paid")
        contract.action_confirm()
        ticket = self.make_ticket(asset)
        self.assertRecordValues(
            ticket,
            [
                {
                    "service_category": "contract",
                    "entitlement_parts": True,
                    "entitlement_travel": False,
                    "entitlement_date_end": contract.date_end,
                    "contract_id": contract.id,
                    "sla_policy_id": policy.id,
                }
            ],
        )
        self.assertIn(f"contract {contract.name}", ticket.sla_explanation)
        self.assertIn("Call the boss", ticket.contract_measures)
        self.assertEqual(contract.ticket_count, 1)

    def test_sla_of_the_contract_holds_while_the_warranty_pays(self):
        asset = self.sell("C-10")
        policy = self.env["aftersales.sla.policy"].create({"name": "Gold", "sequence": 99})
        contract = self.make_contract(asset, sla_policy_id=policy.id)
        contract.action_confirm()
        ticket = self.make_ticket(asset)
        self.assertEqual(ticket.service_category, "warranty")
        self.assertEqual(ticket.sla_policy_id, policy)

    def test_cover_ends_with_the_day(self):
        asset = self.sell("C-11")
        asset.warranty_ids._void("Test")
        contract = self.make_contract(asset)
        contract.action_confirm()
        for day, category in (
            (contract.date_start - relativedelta(days=1), "paid"),
            (contract.date_start, "contract"),
            (contract.date_end, "contract"),
            (contract.date_end + relativedelta(days=1), "paid"),
        ):
            answer = asset.with_user(self.agent_user).get_entitlement(date=day)[asset.id]
            self.assertEqual(answer["category"], category, day)

    def test_resolver_takes_one_query_for_all_contracts(self):
        assets = self.sell(*(f"C-Q{number}" for number in range(10)))
        self.make_contract(assets).action_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            covers = assets.sudo()._get_contract_covers()
        self.assertEqual(len(covers), 10)

    def test_visits_are_counted_down(self):
        asset = self.sell("C-12")
        asset.warranty_ids._void("Test")
        contract = self.make_contract(asset)
        contract.action_confirm()
        for number in range(3):
            ticket = self.make_ticket(asset)
            self.assertEqual(
                ticket.contract_visits,
                f"Contract {contract.name}: {number} of 2 visits used."
                if number < 2
                else f"Contract {contract.name}: all 2 visits are used, the next one is paid.",
            )
            visit = self.env["aftersales.visit"].create(
                {"ticket_id": ticket.id, "partner_id": self.customer.id}
            )
            self.assertEqual(visit.contract_id, contract)
            visit._write_past_guard({"state": "done", "date_done": fields.Datetime.now()})
            visit._count_contract_visits()
            self.assertEqual(visit.contract_exceeded, number == 2)
        self.assertEqual(contract.visits_info, "3 of 2 used")
        contract.visits_included = 0
        contract.invalidate_recordset(["visits_info"])
        self.assertFalse(contract.visits_info)

    def test_form_by_hand(self):
        asset = self.sell("C-13")
        form = Form(self.env["aftersales.contract"].with_user(self.manager_user))
        form.partner_id = self.customer
        form.product_id = self.contract_product
        form.date_start = date(2026, 3, 31)
        with form.line_ids.new() as line:
            line.asset_id = asset
            line.price = 600.0
        contract = form.save()
        self.assertEqual(contract.date_end, date(2027, 3, 30))
        self.assertEqual(contract.line_ids.visits, 2)
        action = contract.action_cancel()
        wizard = Form(
            self.env["aftersales.contract.cancel"]
            .with_user(self.manager_user)
            .with_context(**action["context"])
        )
        wizard.reason = "Mistake"
        wizard.save().action_cancel()
        self.assertEqual((contract.state, contract.cancel_reason), ("cancelled", "Mistake"))

    def test_import_of_contracts_that_ran_before(self):
        asset = self.sell("C-14")
        result = (
            self.env["aftersales.contract"]
            .with_user(self.manager_user)
            .load(
                [
                    "name",
                    "partner_id",
                    "product_id",
                    "date_start",
                    "date_invoiced_until",
                    "line_ids/asset_id",
                    "line_ids/price",
                ],
                [
                    [
                        "OLD-7",
                        "Test Farm",
                        "Test Full Service",
                        "2026-01-01",
                        "2026-03-31",
                        asset.name,
                        "1200",
                    ]
                ],
            )
        )
        self.assertFalse(result["messages"])
        contract = self.env["aftersales.contract"].browse(result["ids"])
        self.assertEqual(contract.name, "OLD-7")
        contract.with_user(self.manager_user).action_confirm()
        self.assertEqual(contract.date_next_invoice, date(2026, 4, 1))

    def test_expired_by_the_cron(self):
        with freeze_time("2026-01-10 12:00:00"):
            asset = self.sell("C-15")
            contract = self.make_contract(asset)
            contract.action_confirm()
        with freeze_time("2027-01-09 12:00:00"):
            self.run_cron("ir_cron_contract_expire")
            self.assertEqual(contract.state, "running")
        with freeze_time("2027-01-10 12:00:00"):
            self.run_cron("ir_cron_contract_expire")
            self.assertEqual(contract.state, "expired")

    def test_other_company_sees_nothing(self):
        contract = self.make_contract(self.sell("C-16"))
        company = self.env["res.company"].create({"name": "Other Maker"})
        self.manager_user.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        contracts = self.env["aftersales.contract"].with_user(self.manager_user)
        self.assertNotIn(contract, contracts.search([]))
        with self.assertRaises(AccessError):
            contracts.browse(contract.id).read(["name"])

    def test_number_and_order_are_not_typed_in(self):
        contract = self.make_contract(self.sell("C-17"))
        with self.assertRefused("is not typed in", UserError):
            contract.write({"sale_order_id": self.env["sale.order"].search([], limit=1).id})
        with self.assertRefused("is not typed in", UserError):
            contract.line_ids.write({"invoiced_through": "2026-01-01"})
