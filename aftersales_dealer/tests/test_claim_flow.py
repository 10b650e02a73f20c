import re

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import format_date, mute_logger

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimFlow(ClaimCommon):
    def test_happy_path(self):
        """A covered claim without parts is submitted, checked and approved by the appraiser
        (D07).
        """
        claim = self.make_claim()
        self.assertEqual(claim.amount_claimed, 2 * 40 + 30 * 0.5)
        self.assertEqual(claim.registration_id, self.card)
        self.assertEqual(claim.agreement_id, self.agreement_a)
        claim.action_submit()
        self.assertEqual(claim.state, "submitted")
        self.assertEqual(claim.version, 1)
        self.assertEqual(set(claim.check_ids.mapped("result")), {"ok"})
        self.assertTrue(all(claim.check_ids.mapped("explanation")))
        self.assertEqual(claim.amount_approved, 0.0, "nothing is approved before the decision")
        self.as_appraiser(claim).action_approve()
        self.assertRecordValues(
            claim,
            [
                {
                    "state": "approved",
                    "amount_appraised": 95.0,
                    "amount_approved": 95.0,
                    "approved_by": self.appraiser.id,
                    "appraised_by": self.appraiser.id,
                    "is_partial": False,
                }
            ],
        )

    def test_submit_refusals(self):
        """Each thing that is missing or contradictory is named, and nothing changes (D07, J03)."""
        delivered = self.asset.date_delivery
        unregistered = self.sell_to_dealer("CLAIM-U")
        cases = [
            ("signature", {"signature": False}),
            ("signature", {"signed_by": " "}),
            ("no lines", {"lines": []}),
            ("not sold by this dealer", {"asset_id": self.asset_b.id}),
            ("not registered", {"asset_id": unregistered.id}),
            ("machine is missing", {"asset_id": False}),
            ("before the failure", {"date_repair": self.day(11)}),
            ("before the delivery", {"date_failure": delivered.replace(year=delivered.year - 1)}),
            ("future", {"date_repair": self.day(-1)}),
            ("day of the failure", {"date_failure": False}),
            ("above zero", {"lines": [self.line_labour(price_unit=0.0)]}),
            (
                "which part",
                {"lines": [self.line_labour(), Command.create({"kind": "part", "price_unit": 5})]},
            ),
            ("is not a dealer", {"dealer_id": self.customer.id}),
        ]
        for message, values in cases:
            with self.subTest(message, values=values):
                claim = self.make_claim(**values)
                with self.assertRefused(message):
                    claim.action_submit()
                self.assertEqual(claim.state, "draft")
                self.assertFalse(claim.check_ids or claim.version_ids)

    def test_negative_amounts_are_refused(self):
        for values in ({"quantity": -1.0}, {"quantity": 0.0}, {"price_unit": -1.0}):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
            ):
                self.make_claim(
                    lines=[Command.create({"kind": "travel", "quantity": 1.0, **values})]
                )

    def test_a_meter_is_a_number(self):
        for meter, error in (
            (-1.0, IntegrityError),
            (float("nan"), ValidationError),
            (float("inf"), ValidationError),
        ):
            with (
                self.subTest(meter),
                mute_logger("odoo.sql_db"),
                self.assertRaises(error),
                self.env.cr.savepoint(),
            ):
                self.make_claim(meter=meter).flush_recordset()

    def test_remarks_tell_what_speaks_against_a_claim(self):
        clean = self.make_submitted()
        self.assertFalse(clean.remarks or clean.remark_names)
        late = self.make_submitted(date_failure=self.day(44), date_repair=self.day(42))
        check = self.check(late, "deadline")
        self.assertIn(check.explanation, late.remarks)
        self.assertIn(check.display_name, late.remark_names)
        manager = late.with_user(self.dealer_manager)
        manager.check_ids.filtered(lambda row: row.result == "block").action_override(reason="ok")
        self.assertNotIn(check.display_name, late.remark_names or "")

    def test_submit_twice_is_refused(self):
        claim = self.make_submitted()
        with self.assertRefused("submitted already"):
            claim.action_submit()

    def test_submit_batch_is_all_or_nothing(self):
        good, bad = self.make_claim(), self.make_claim(signature=False)
        with self.assertRefused("signature"):
            (good | bad).action_submit()
        self.assertEqual((good | bad).mapped("state"), ["draft", "draft"])

    def test_foreign_machine_with_the_right(self):
        """A dealer that may repair what others sold may claim for it."""
        self.agreement_a.action_cancel(reason="new terms")
        self.make_agreement(self.dealer_a, may_repair_foreign=True)
        claim = self.make_submitted(asset_id=self.asset_b.id)
        self.assertEqual(claim.state, "submitted")

    def test_state_is_not_written(self):
        claim = self.make_submitted()
        with self.assertRefused("buttons"):
            claim.write({"state": "approved"})
        with self.assertRefused("can no longer be changed"):
            claim.write({"date_failure": self.day(3)})

    def test_lines_are_frozen_after_submission(self):
        claim = self.make_submitted()
        with self.assertRefused("changed only as a draft"):
            claim.line_ids[0].quantity = 5
        with self.assertRefused("changed only as a draft"):
            claim.line_ids[0].unlink()
        with self.assertRefused("changed only as a draft"):
            claim.write({"line_ids": [self.line_travel()]})
        with self.assertRefused("not typed in"):
            self.as_appraiser(claim).line_ids[0].return_state = "waived"

    def test_decision_fields_are_the_appraisers(self):
        draft = self.make_claim()
        with self.assertRefused("under review"):
            self.as_appraiser(draft).line_ids[0].amount_approved = 1
        with self.assertRefused("under review"):
            self.make_claim(lines=[self.line_labour(amount_approved=10.0)])
        claim = self.make_submitted()
        with self.assertRefused("Only an appraiser", AccessError):
            claim.line_ids[0].amount_approved = 1

    def test_who_may_not_decide(self):
        """Dealer's people, dealer users and managers do not approve; not even in superuser mode."""
        claim = self.make_submitted()
        for user in (self.dealer_user, self.dealer_manager, self.portal_a):
            for records in (claim.with_user(user), claim.with_user(user).sudo()):
                with self.subTest(user=user.login, su=records.env.su):
                    with self.assertRaises(AccessError):
                        records.action_approve()
                    with self.assertRaises(AccessError):
                        records.action_refuse(reason="no")
                    with self.assertRaises(AccessError):
                        records.action_return(reason="no")
        self.assertEqual(claim.state, "submitted")

    def test_approve_less_needs_reason(self):
        claim = self.make_submitted()
        line = self.as_appraiser(claim).line_ids[0]
        line.amount_approved = 60.0
        with self.assertRefused("reason"):
            self.as_appraiser(claim).action_approve()
        line.reason = "Two operations overlap"
        self.as_appraiser(claim).action_approve()
        self.assertRecordValues(
            claim, [{"state": "approved", "amount_approved": 75.0, "is_partial": True}]
        )

    def test_approve_more_needs_manager(self):
        claim = self.make_submitted()
        self.as_appraiser(claim).line_ids[0].write(
            {"amount_approved": 100.0, "reason": "Hard to reach"}
        )
        with self.assertRefused("only a dealer manager", AccessError):
            self.as_appraiser(claim).action_approve()
        self.appraiser.group_ids += self.env.ref(
            "aftersales_dealer.group_aftersales_dealer_manager"
        )
        self.as_appraiser(claim).action_approve()
        self.assertEqual(claim.amount_approved, 115.0)
        self.assertFalse(claim.is_partial)

    def test_approve_nothing_or_negative_is_refused(self):
        claim = self.make_submitted(lines=[self.line_travel()])
        line = self.as_appraiser(claim).line_ids
        line.write({"amount_approved": 0.0, "reason": "none"})
        with self.assertRefused("nothing would be approved"):
            self.as_appraiser(claim).action_approve()
        line.write({"amount_approved": -5.0})
        with self.assertRefused("cannot be negative"):
            self.as_appraiser(claim).action_approve()

    def test_wrong_states(self):
        claim = self.make_claim()
        for action in ("action_approve", "action_appraise"):
            with self.subTest(action), self.assertRaises(UserError):
                getattr(self.as_appraiser(claim), action)()
        with self.assertRefused("cannot become"):
            self.as_appraiser(claim).action_refuse(reason="x")
        with self.assertRefused("can be appealed"):
            claim.action_appeal(reason="x")
        with self.assertRefused("under review"):
            claim.action_run_checks()
        claim.action_withdraw()
        with self.assertRefused("cannot become"):
            claim.action_withdraw()
        with self.assertRefused("Withdrawn and was submitted already"):
            claim.action_submit()

    def test_withdraw_until_approved(self):
        claim = self.make_submitted()
        claim.action_withdraw()
        self.assertEqual(claim.state, "cancelled")
        self.assertEqual(claim.version_ids.outcome, "withdrawn")
        approved = self.make_submitted()
        self.as_appraiser(approved).action_approve()
        with self.assertRefused("cannot become"):
            approved.action_withdraw()

    def test_dates_in_messages_are_the_users(self):
        """A message writes dates as the reader's language does, not as the database does."""
        claim = self.make_claim(date_repair=self.day(11))
        with self.assertRefused(re.escape(format_date(claim.env, claim.date_repair))):
            claim.action_submit()

    def test_new_document_has_a_headline(self):
        """The number is drawn on saving: until then the headline says "New", never "/"."""
        for model in (
            "aftersales.claim",
            "aftersales.part.return",
            "aftersales.registration",
            "aftersales.deposit.move",
            "aftersales.dealer.agreement",
        ):
            with self.subTest(model):
                self.assertEqual(self.env[model].new({}).display_name, "New")

    def test_reasons_are_asked_for(self):
        claim = self.as_appraiser(self.make_submitted())
        for method in ("action_return", "action_refuse"):
            action = getattr(claim, method)()
            self.assertEqual(action["res_model"], "aftersales.claim.reason")
            self.assertIn(action["name"], ("Return for correction", "Refuse the claim"))
            with self.assertRefused("Give a reason"):
                getattr(claim, method)(reason="  ")
        wizard = (
            self.env["aftersales.claim.reason"]
            .with_user(self.appraiser)
            .with_context(**action["context"])
            .create({"reason": "Not covered"})
        )
        wizard.action_confirm()
        self.assertRecordValues(claim, [{"state": "refused", "decision_reason": "Not covered"}])

    def test_submitted_claim_is_kept(self):
        claim = self.make_submitted()
        with self.assertRefused("is kept"):
            claim.with_user(self.dealer_manager).unlink()
        self.make_claim().with_user(self.dealer_manager).unlink()

    def test_dealer_is_told(self):
        """Return, refusal and approval reach the dealer as messages (D07)."""
        claim = self.make_submitted()
        self.as_appraiser(claim).action_return(reason="Add the photo")
        message = claim.message_ids.filtered(lambda m: self.dealer_a in m.notified_partner_ids)
        self.assertIn("Add the photo", message.body)
        self.assertIn(claim.name, message.subject)
