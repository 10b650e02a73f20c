from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractChanges(ContractCommon):
    """W11: what people change by hand on invoices and orders neither charges twice nor loses."""

    def invoice(self, *assets, **values):
        """Confirm and invoice a contract; return (contract, invoice)."""
        contract = self.make_contract(self.sell(*assets), **values)
        contract.action_confirm()
        contract.with_user(self.accountant).action_invoice()
        return contract, contract.sudo().period_ids.move_id

    def scrap_tomorrow(self, contract):
        """The first asset leaves after the first of 30 days; credit it."""
        last = contract.period_ids[0].date_start
        line = contract.sudo().line_ids[0]
        line._leave(last, "Scrapped")
        contract.with_user(self.accountant).action_credit()

    def reverse_and_redo(self, move):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard = wizard.create({"journal_id": move.journal_id.id, "reason": "Wrong address"})
        wizard.modify_moves()
        return wizard.new_move_ids

    def test_line_taken_off_the_draft_frees_its_periods(self):
        contract, move = self.invoice("H-1", "H-2")
        move.invoice_line_ids.unlink()
        self.assertEqual(contract.amount_invoiced, 0.0)
        self.assertEqual(contract.free_period_count, 1)
        self.assertIn("free again", contract.sudo().activity_ids.mapped("summary")[0])
        contract.with_user(self.accountant).action_invoice()
        self.assertEqual(self.untaxed(contract), 200.0)

    def test_line_taken_off_is_not_credited(self):
        contract, move = self.invoice("H-1", "H-2")
        move.invoice_line_ids.unlink()
        move.invoice_line_ids = [Command.create({"name": "Something else", "price_unit": 5.0})]
        move.action_post()
        with self.assertRefused("nothing to credit"):
            self.scrap_tomorrow(contract)

    @freeze_time("2026-06-01")
    def test_discount_by_hand_is_not_paid_out(self):
        contract, move = self.invoice("H-1")
        move.invoice_line_ids.discount = 50.0
        move.action_post()
        self.scrap_tomorrow(contract)
        credit = contract.sudo().period_ids.move_id - move
        self.assertEqual(credit.amount_untaxed, 48.34)  # of 50.00, 1 of 30 days stays

    @freeze_time("2026-06-01")
    def test_draft_with_a_price_by_hand_stays_in_proportion(self):
        contract, move = self.invoice("H-1", "H-2")
        move.invoice_line_ids.price_unit = 100.0
        self.scrap_tomorrow(contract)
        # One asset pays one of 30 days, the other all of it, at half the price.
        self.assertEqual(move.invoice_line_ids.price_unit, 51.66)

    def test_invoice_made_anew_is_not_invoiced_again(self):
        contract, move = self.invoice("H-1")
        move.action_post()
        anew = self.reverse_and_redo(move)
        self.assertEqual(contract.free_period_count, 0)
        self.assertEqual(contract.amount_invoiced, 100.0)
        with self.assertRefused("nothing is due"):
            contract.with_user(self.accountant).action_invoice()
        anew.button_cancel()
        self.assertEqual(contract.free_period_count, 1)

    def test_quantity_goes_not_below_what_is_served(self):
        assets = self.sell("H-1", "H-2")
        for product, message in (
            (self.contract_product, "2 assets are served"),
            (self.extension_product, "2 assets are served"),
        ):
            order = self.sell_service(product, assets)
            with self.assertRefused(message):
                order.order_line.product_uom_qty = 1

    def test_price_of_a_running_contract_stays(self):
        order = self.sell_service(self.contract_product, self.sell("H-1"))
        for name, value in (("price_unit", 600.0), ("discount", 50.0)):
            with self.assertRefused("agreed in the contract"):
                order.order_line[name] = value
        order.order_line.price_unit = 1200.0

    def test_no_more_extensions_than_are_paid_for(self):
        assets = self.sell("H-1", "H-2")
        order = self.sell_service(self.extension_product, assets, line={"product_uom_qty": 1})
        self.assertEqual(len(order.order_line.aftersales_warranty_ids), 1)

    def test_each_month_adds_up_with_tax_included(self):
        tax = self.env["account.tax"].create(
            {"name": "Included", "amount": 19.0, "price_include_override": "tax_included"}
        )
        order = self.sell_service(
            self.contract_product,
            self.sell("H-1", "H-2", "H-3"),
            line={"price_unit": 99.99, "discount": 7.0, "tax_ids": [Command.set(tax.ids)]},
        )
        contract, today = order.aftersales_contract_ids, fields.Date.today()
        for month in range(12):
            with freeze_time(today + relativedelta(months=month)):
                contract.with_user(self.accountant).action_invoice()
        moves = contract.sudo().period_ids.move_id
        self.assertEqual(len(moves), 12)
        self.assertAlmostEqual(sum(moves.mapped("amount_total")), order.amount_total, 2)
        with freeze_time(today + relativedelta(months=13)), self.assertRaises(UserError):
            contract.with_user(self.accountant).action_invoice()
