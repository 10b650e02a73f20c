from datetime import date

from dateutil.relativedelta import relativedelta

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-01 12:00:00")
class TestContractCredit(ContractCommon):
    """W11: cancellation and assets that leave, credited by the day, once."""

    def _invoiced(self, *serials, post=True, **values):
        values = {"period": "year", "price": 365.0, **values}
        contract = self.make_contract(self.sell(*serials), **values)
        contract.action_confirm()
        contract = contract.sudo()
        contract._make_invoices()
        if post:
            contract.period_ids.move_id.action_post()
        return contract

    def _refund(self, contract):
        return contract.period_ids.filtered(lambda p: p.kind == "credit").move_id

    def test_cancelled_contract_is_credited_by_the_day(self):
        tax = self.env["account.tax"].create({"name": "T10", "amount": 10.0})
        self.contract_product.taxes_id = tax
        contract = self._invoiced("R-1")
        invoice = contract.period_ids.move_id
        with freeze_time("2026-01-31 12:00:00"):
            contract.with_user(self.manager_user).action_cancel(
                date="2026-01-31", reason="The site is closed"
            )
        self.assertEqual(contract.state, "cancelled")
        self.assertEqual(contract.date_end, date(2026, 1, 31))
        refund = self._refund(contract)
        self.assertRecordValues(
            refund,
            [
                {
                    "move_type": "out_refund",
                    "state": "draft",
                    "reversed_entry_id": invoice.id,
                    "partner_id": invoice.partner_id.id,
                    "amount_untaxed": 334.0,
                    "amount_tax": 33.4,
                }
            ],
        )
        self.assertEqual(refund.invoice_line_ids.account_id, invoice.invoice_line_ids.account_id)
        self.assertEqual(self.untaxed(contract), 31)
        self.assertIn("The site is closed", refund.ref)
        with self.assertRefused("nothing to credit"):
            contract.with_user(self.accountant).action_credit()
        with self.assertRefused("is Cancelled and cannot become Cancelled"):
            contract.with_user(self.manager_user).action_cancel(reason="Again")

    def test_cancelled_from_a_later_day(self):
        contract = self._invoiced("R-2")
        asset = contract.line_ids.asset_id
        contract.with_user(self.manager_user).action_cancel(
            date="2026-06-30", reason="Notice of the customer"
        )
        self.assertEqual(contract.state, "running")
        self.assertEqual(contract.date_end, date(2026, 6, 30))
        self.assertEqual(self.untaxed(contract), 181)
        asset.warranty_ids._void("Test")
        for day, category in (("2026-06-30", "contract"), ("2026-07-01", "paid")):
            answer = asset.get_entitlement(date=day)[asset.id]
            self.assertEqual(answer["category"], category)
        with freeze_time("2026-07-01 12:00:00"):
            self.run_cron("ir_cron_contract_expire")
        self.assertEqual(contract.state, "cancelled")
        with self.assertRefused("were not cancelled"):
            contract.action_renew()

    def test_arrears_are_invoiced_until_the_day(self):
        contract = self._invoiced("R-3", invoicing="arrears", post=False)
        self.assertFalse(contract.period_ids)
        with freeze_time("2026-03-31 12:00:00"):
            contract.with_user(self.manager_user).action_cancel(reason="Sold")
            self.assertEqual(contract.date_next_invoice, date(2026, 4, 1))
        with freeze_time("2026-04-01 12:00:00"):
            self.run_cron("ir_cron_contract_invoice")
        self.assertEqual(self.untaxed(contract), 90)
        self.assertFalse(contract.date_next_invoice)

    def test_draft_invoice_is_corrected(self):
        contract = self._invoiced("R-4", "R-5", post=False)
        contract.line_ids[0].asset_id.with_user(self.manager_user).action_scrap()
        contract.with_user(self.accountant).action_credit()
        self.assertFalse(self._refund(contract))
        self.assertEqual(self.untaxed(contract), 366)
        contract.with_user(self.manager_user).action_cancel(
            date="2025-12-31", reason="Never started"
        )
        self.assertEqual(contract.period_ids.move_id.invoice_line_ids.price_unit, 1)

    def test_scrapped_asset_leaves(self):
        contract = self._invoiced("R-6", "R-7")
        first, second = contract.line_ids
        with freeze_time("2026-01-31 12:00:00"):
            first.asset_id.with_user(self.manager_user).action_scrap()
        self.assertEqual((first.date_left, first.left_reason), (date(2026, 1, 31), "Scrapped"))
        self.assertFalse(second.date_left)
        self.assertEqual(contract.state, "running")
        self.assertEqual(contract.amount_to_credit, 334)
        self.assertIn("334", contract.activity_ids.note)
        for user in (self.manager_user, self.agent_user):
            with self.assertRefused("credited by accountants"):
                contract.with_user(user).action_credit()
        contract.with_user(self.accountant).action_credit()
        self.assertEqual(self.untaxed(contract), 730 - 334)
        self.assertEqual(contract.amount_to_credit, 0)
        with freeze_time("2026-03-01 12:00:00"):
            second.asset_id.with_user(self.manager_user).action_scrap()
        self.assertEqual(contract.state, "cancelled")
        self.assertEqual(contract.date_end, date(2026, 3, 1))

    def test_credit_by_itself(self):
        self.company.aftersales_auto_credit_contracts = True
        contract = self._invoiced("R-8")
        contract.line_ids.asset_id.with_user(self.manager_user).action_scrap()
        self.assertEqual(self.untaxed(contract), 1)
        self.assertFalse(contract.activity_ids)

    def test_sold_on_asset_leaves(self):
        contract = self._invoiced("R-9")
        buyer = self.env["res.partner"].create({"name": "Buyer", "is_company": True})
        contract.line_ids.asset_id._on_sold_on(buyer, date(2026, 2, 1))
        self.assertEqual(contract.line_ids.date_left, date(2026, 1, 31))
        self.assertEqual(contract.line_ids.left_reason, "Sold on to Buyer")

    def test_replacement_takes_over(self):
        contract = self._invoiced("R-10", period="month", price=1200.0)
        line = contract.line_ids
        asset, replacement = line.asset_id, self.sell("R-11")
        (asset | replacement).warranty_ids._void("Test")
        asset._on_replaced(replacement, date(2026, 3, 10))
        asset._on_ended("Exchanged")
        for machine, day, category in (
            (asset, "2026-03-09", "contract"),
            (asset, "2026-03-10", "paid"),
            (replacement, "2026-03-09", "paid"),
            (replacement, "2026-12-31", "contract"),
        ):
            answer = machine.get_entitlement(date=day)[machine.id]
            self.assertEqual(answer["category"], category, (machine.serial, day))
        self.assertEqual(contract.asset_count, 1)
        self.assertEqual(contract.amount_total, 1200)
        with freeze_time("2026-06-01 12:00:00"):
            contract._make_invoices()
            self.assertEqual(self.untaxed(contract), 600)
            contract.period_ids.move_id.filtered(lambda m: m.state == "draft").action_post()
        with freeze_time("2026-06-15 12:00:00"):
            replacement.with_user(self.manager_user).action_scrap()
            contract.with_user(self.accountant).action_credit()
        self.assertEqual(self.untaxed(contract), 550)

    def test_cancelled_credit_note_is_due_again(self):
        contract = self._invoiced("R-12")
        contract.with_user(self.manager_user).action_cancel(reason="Sold")
        refund = self._refund(contract)
        self.assertEqual(self.untaxed(contract), 1)
        refund.button_cancel()
        self.assertEqual(contract.amount_to_credit, 364)
        contract.with_user(self.accountant).action_credit()
        self.assertEqual(self.untaxed(contract), 1)

    def test_full_credit_does_not_free_the_period(self):
        contract = self._invoiced("R-13")
        invoice = contract.period_ids.move_id
        contract.with_user(self.manager_user).action_cancel(
            date="2025-12-31", reason="Never started"
        )
        refund = self._refund(contract)
        refund.action_post()
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(self.untaxed(contract), 0)
        self.assertEqual(contract.free_period_count, 0)
        self.assertEqual(contract.amount_invoiced, 0)

    def test_order_counts_the_credit(self):
        order = self.sell_service(self.contract_product, self.sell("R-14", "R-15"))
        contract = order.aftersales_contract_ids
        contract._make_invoices()
        contract.period_ids.move_id.action_post()
        self.assertEqual(order.order_line.qty_invoiced, 0.17)
        contract.with_user(self.manager_user).action_cancel(date="2026-01-15", reason="Sold")
        self.assertEqual(order.order_line.qty_invoiced, 0.08)


@tagged("post_install", "-at_install")
@freeze_time("2026-01-01 12:00:00")
class TestContractRenewal(ContractCommon):
    """W11: notice, quotation with the price change, the contract that follows."""

    def _sold(self, *serials, **product):
        self.contract_product.write(product)
        order = self.sell_service(
            self.contract_product, self.sell(*serials), user_id=self.salesman.id
        )
        return order.aftersales_contract_ids

    def test_notice_to_the_salesperson_once(self):
        contract = self._sold("N-1")
        self.assertEqual(contract.date_notice, date(2026, 11, 1))
        with freeze_time("2026-10-31 12:00:00"):
            self.run_cron("ir_cron_contract_notice")
        self.assertFalse(contract.activity_ids)
        for day in ("2026-11-01", "2026-11-02"):
            with freeze_time(f"{day} 12:00:00"):
                self.run_cron("ir_cron_contract_notice")
        self.assertEqual(contract.activity_ids.user_id, self.salesman)
        self.assertEqual(
            contract.activity_ids.mapped("summary"),
            ["Offer the renewal of the service contract"],
        )

    def test_renewal_by_quotation(self):
        contract = self._sold("N-2", "N-3", "N-4")
        contract.line_ids[2].asset_id.action_scrap()
        action = contract.with_user(self.salesman).action_renew()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(contract.with_user(self.salesman).action_renew()["res_id"], order.id)
        line = order.order_line
        self.assertRecordValues(
            line,
            [
                {
                    "product_uom_qty": 2,
                    "price_unit": 1260.0,
                    "aftersales_date_start": date(2027, 1, 1),
                    "aftersales_asset_ids": contract.line_ids[:2].asset_id.ids,
                }
            ],
        )
        order.with_user(self.salesman).action_confirm()
        successor = order.aftersales_contract_ids
        self.assertRecordValues(
            successor,
            [
                {
                    "state": "running",
                    "date_start": contract.date_end + relativedelta(days=1),
                    "previous_contract_id": contract.id,
                    "amount_total": 2520.0,
                }
            ],
        )
        self.assertEqual(contract.next_contract_id, successor)
        self.assertEqual(successor.renewal_count, 1)
        with self.assertRefused(f"is renewed by {successor.name} already"):
            contract.with_user(self.salesman).action_renew()

    def test_renews_by_itself(self):
        contract = self._sold("N-5", aftersales_auto_renew=True)
        stays = self._sold("N-6", aftersales_auto_renew=True)
        stays.with_user(self.manager_user).action_cancel(date="2026-12-31", reason="Notice")
        with freeze_time("2027-01-01 03:00:00"):
            self.run_cron("ir_cron_contract_expire")
            self.run_cron("ir_cron_contract_expire")
        self.assertEqual((contract.state, stays.state), ("expired", "cancelled"))
        successor = contract.next_contract_ids
        self.assertEqual(len(successor), 1)
        self.assertEqual((successor.state, successor.date_start), ("running", date(2027, 1, 1)))
        self.assertEqual(successor.amount_total, 1260)
        self.assertFalse(stays.next_contract_ids)

    def test_refused(self):
        draft = self.make_contract(self.sell("N-7"))
        with self.assertRefused("only running and expired"):
            draft.action_renew()
        contract = self._sold("N-8")
        contract.line_ids.asset_id._write_past_guard({"state": "returned"})
        with self.assertRefused("none of its assets"):
            contract.with_user(self.salesman).action_renew()

    def test_contract_made_by_hand_is_renewed(self):
        contract = self.make_contract(self.sell("N-9"), price=100.0)
        contract.write({"line_ids": [Command.update(contract.line_ids.id, {"price": 200.0})]})
        contract.action_confirm()
        action = contract.with_user(self.salesman).action_renew()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.order_line.price_unit, 210)
