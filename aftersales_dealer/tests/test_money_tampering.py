from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestMoneyTampering(NoticeCommon):
    """What an insider could try to get money past the second pair of eyes (F01, F06, J01)."""

    def test_lines_do_not_arrive_checked(self):
        """Who makes a notice has not verified its lines; only a verifier checks or cuts them."""
        claim = self.make_claim(100.0)
        line = claim.line_ids
        notice = (
            self.env["aftersales.notice"]
            .with_user(self.dealer_manager)
            .create({"dealer_id": self.dealer_a.id, "company_id": self.company.id})
        )
        vals = {
            "notice_id": notice.id,
            "claim_id": claim.id,
            "claim_line_id": line.id,
            "name": "Line",
            "amount_claimed": 100.0,
            "amount_approved": 100.0,
            "amount": 100.0,
        }
        lines = self.env["aftersales.notice.line"]
        for forged in ({"verified": True}, {"amount": 60.0, "reason": "Because"}):
            with self.subTest(forged=forged), self.assertRefused("This step is for"):
                lines.with_user(self.dealer_manager).create(dict(vals, **forged))
        with self.assertRefused("This step is for"):
            lines.with_user(self.dealer_manager).with_context(default_verified=True).create(vals)
        self.assertFalse(lines.with_user(self.dealer_manager).create(vals).verified)

    def test_who_approved_a_charge_does_not_verify_it(self):
        charge = self.make_charge(500.0, state="draft")
        charge.with_user(self.clerk).action_approve()
        notice = self.make_notice(charge)
        with self.assertRefused("somebody else has to verify"):
            notice.with_user(self.clerk).action_verify()
        notice.with_user(self.verifier).action_verify()
        self.assertEqual(notice.state, "verified")

    def test_setting_lets_the_same_person_verify_charges(self):
        self.company.aftersales_same_user_verify = True
        charge = self.make_charge(500.0, state="draft")
        charge.with_user(self.clerk).action_approve()
        notice = self.make_notice(charge)
        notice.with_user(self.clerk).action_verify()
        self.assertEqual(notice.state, "verified")

    def test_no_amount_is_not_a_number(self):
        charge = self.make_charge(10.0, state="draft")
        notice = self.make_notice(self.make_claim(100.0))
        for value in (float("nan"), float("inf"), float("-inf")):
            for record in (
                charge.with_user(self.dealer_manager),
                notice.line_ids.with_user(self.clerk),
            ):
                with (
                    self.subTest(value=value, model=record._name),
                    self.assertRefused("(Amount|Verified)” must be a number", ValidationError),
                ):
                    record.write({"amount": value})
        self.assertEqual(notice.amount_total, 100.0)

    def test_no_new_record_brings_what_is_no_number(self):
        """JSON has NaN and Infinity, imports have “nan”; fields without a currency as well."""
        charges = self.env["aftersales.dealer.charge"].with_user(self.dealer_manager)
        vals = {"dealer_id": self.dealer_a.id, "description": "Test"}
        for value in (float("nan"), float("-inf"), "nan", "Infinity", 10**400):
            with self.subTest(value=value), self.assertRefused("must be a number", ValidationError):
                charges.create(dict(vals, amount=value))
        claim = self.make_claim(100.0, state="draft")
        for field in ("quantity", "price_unit"):
            with self.subTest(field), self.assertRefused("must be a number", ValidationError):
                claim.write({"line_ids": [Command.update(claim.line_ids.id, {field: "nan"})]})
        self.assertEqual(claim.amount_claimed, 100.0)

    def test_booked_account_and_product_stay(self):
        charge = self.make_charge(-10.0)
        notice = self.make_notice(self.make_claim(100.0), "settled")
        line = notice.line_ids.filtered("claim_id")
        product = self.env["product.product"].create({"name": "Other"})
        with self.assertRefused("can no longer be changed"):
            line.with_user(self.clerk).product_id = product
        with self.assertRefused("can no longer be changed"):
            charge.with_user(self.dealer_manager).account_id = self.income

    def test_allocations_that_are_no_numbers(self):
        invoice = self.make_invoice(500.0)
        item = invoice.line_ids.filtered(lambda x: x.account_type == "asset_receivable")
        notice = self.make_notice(self.make_claim(100.0), "confirmed").with_user(self.accountant)
        for allocations in ({str(item.id): "lots"}, {"first": 10.0}, {item.id: None}, [1], "all"):
            with self.subTest(allocations=allocations), self.assertRefused("deduct|deducted"):
                notice.action_settle(allocations=allocations)
        for date in ("31/12/2026", [1]):
            with self.subTest(date=date), self.assertRefused("is no date"):
                notice.action_settle(date=date)
        self.assertEqual(notice.state, "confirmed")

    def test_grade_does_not_change_past_its_approval(self):
        other = self.env["aftersales.dealer.grade"].create({"name": "Test Platinum"})
        manager = new_test_user(
            self.env,
            "t_grade_manager",
            groups="aftersales_dealer.group_aftersales_dealer_manager,base.group_partner_manager",
        )
        dealer = self.dealer_a.with_user(manager)
        dealer.is_dealer = False
        with self.assertRefused("approved by a dealer manager"):
            dealer.dealer_grade_id = other
        self.assertEqual(self.dealer_a.dealer_grade_id, self.grade)

    def test_charges_are_for_dealers(self):
        charges = self.env["aftersales.dealer.charge"].with_user(self.dealer_manager)
        with self.assertRefused("is not a dealer", ValidationError):
            charges.create(
                {"dealer_id": self.customer.id, "amount": 5.0, "description": "To a friend"}
            )
        self.assertTrue(self.make_charge(5.0), "dealers are charged")

    def test_malformed_answer_of_a_dealer(self):
        notice = self.make_notice(self.make_claim(100.0), "issued").with_user(self.portal_a)
        for malformed in ([1], "all", 5):
            with self.subTest(malformed=malformed), self.assertRefused("for each line"):
                notice.action_dispute(line_reasons=malformed)
        self.assertEqual(notice.state, "issued")
