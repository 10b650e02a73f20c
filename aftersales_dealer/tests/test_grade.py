from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestGrade(ClaimCommon):
    """D11: grades change by an approved proposal, count from their day on, and pay by grade."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silver = cls.env["aftersales.dealer.grade"].create({"name": "Silver", "sequence": 20})
        cls.env["aftersales.dealer.grade.term"].create(
            [
                {
                    "grade_id": cls.grade.id,
                    "date_from": cls.day(400),
                    "labour_percent": 110.0,
                    "travel_percent": 120.0,
                    "confirmation_days": 30,
                    "auto_limit_percent": 200.0,
                },
                {"grade_id": cls.silver.id, "date_from": cls.day(400), "labour_percent": 90.0},
            ]
        )
        cls.other_manager = new_test_user(
            cls.env,
            "t_dealer_manager_2",
            groups="aftersales_dealer.group_aftersales_dealer_manager",
        )

    @classmethod
    def pay_by_grade(cls, dealer=None, **values):
        """Return a new agreement in force of dealer A that pays by grade, since 200 days ago."""
        cls.agreement_a.date_end = cls.day(201)
        by_grade = ("labour_by_grade", "travel_by_grade", "confirmation_by_grade")
        return cls.make_agreement(
            dealer or cls.dealer_a,
            **{
                "date_start": cls.day(200),
                "auto_limit_by_grade": True,
                **dict.fromkeys(by_grade, True),
                **values,
            },
        )

    def propose(self, grade=None, user=None, **values):
        changes = self.env["aftersales.dealer.grade.change"].with_user(user or self.dealer_user)
        return changes.create(
            {
                "dealer_id": self.dealer_a.id,
                "grade_to_id": (grade or self.silver).id,
                "reason": "Three claims with wrong hours.",
                **values,
            }
        )

    def approve(self, change, user=None):
        change.with_user(user or self.dealer_manager).action_approve()

    def test_rates_follow_the_grade_where_agreed(self):
        self.assertEqual(self.make_claim().line_ids.mapped("price_unit"), [40.0, 0.5])
        self.pay_by_grade()
        claim = self.make_claim()
        self.assertEqual(claim.dealer_grade_id, self.grade)
        self.assertEqual(claim.line_ids.mapped("price_unit"), [44.0, 0.6])
        self.assertRegex(claim.grade_explanation, r"Labour: .*40\.00.* × 110 % .* = .*44\.00")
        claim.action_submit()
        self.assertEqual(self.check(claim, "price").result, "ok")

    def test_change_counts_from_its_day_on(self):
        self.pay_by_grade()
        before = self.make_claim(date_repair=self.day(8))
        change = self.propose()
        self.assertEqual((change.direction, change.state), ("down", "proposed"))
        self.approve(change)
        self.assertEqual((change.state, self.dealer_a.dealer_grade_id), ("done", self.silver))
        after = self.make_claim(date_failure=self.today, date_repair=self.today)
        self.assertEqual(after.line_ids.mapped("price_unit"), [36.0, 0.5])
        before.action_submit()
        self.assertEqual(before.dealer_grade_id, self.grade)
        self.assertEqual(self.check(before, "price").result, "ok")
        keys = [(self.dealer_a, self.day(1)), (self.dealer_a, self.today)]
        grades = change._get_for(keys)
        self.assertEqual([grades[key] for key in keys], [self.grade, self.silver])

    def test_draft_of_the_same_day_is_priced_anew(self):
        self.pay_by_grade()
        draft = self.make_claim(date_failure=self.today, date_repair=self.today)
        self.assertEqual(draft.line_ids[0].price_unit, 44.0)
        self.approve(self.propose())
        self.assertEqual(draft.line_ids[0].price_unit, 36.0)

    def test_future_change_waits_for_its_day(self):
        change = self.propose(date_effective=self.today + timedelta(days=3))
        self.approve(change)
        self.assertEqual((change.state, self.dealer_a.dealer_grade_id), ("approved", self.grade))
        cron = self.env.ref("aftersales_dealer.ir_cron_aftersales_dealer_grade_change")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(change.state, "approved")
        change._write_past_guard({"date_effective": self.today})
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual((change.state, self.dealer_a.dealer_grade_id), ("done", self.silver))

    def test_never_before_today(self):
        change = self.propose(date_effective=self.day(30))
        self.approve(change)
        self.assertEqual(change.date_effective, self.today)

    def test_who_decides(self):
        change = self.propose(user=self.dealer_manager)
        with self.assertRefused("you proposed it", AccessError):
            self.approve(change)
        with self.assertRefused("This step is for", AccessError):
            self.approve(change, self.dealer_user)
        self.approve(change, self.other_manager)
        self.assertEqual(change.decided_by_id, self.other_manager)
        self.company.dealer_grade_same_user = True
        self.approve(self.propose(self.grade, user=self.dealer_manager))

    def test_one_open_proposal_and_refusal_with_reason(self):
        change = self.propose()
        with (
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            self.propose().flush_recordset()
        action = change.with_user(self.dealer_manager).action_refuse()
        wizard = self.env["aftersales.dealer.reason"].with_user(self.dealer_manager)
        wizard.with_context(**action["context"]).create({"reason": "Not enough"}).action_apply()
        self.assertRecordValues(change, [{"state": "refused", "decision_reason": "Not enough"}])
        with self.assertRefused("cannot become"):
            self.approve(change)
        self.propose().action_cancel(reason="Mistaken")  # who proposed may withdraw it

    def test_what_was_proposed_stays(self):
        change = self.propose()
        with self.assertRefused("can no longer be changed"):
            change.reason = "Something else"
        with self.assertRefused("is kept"):
            change.sudo().unlink()

    def test_grade_is_not_typed_over(self):
        with self.assertRefused("proposed with “Change Grade”"):
            self.dealer_a.with_user(self.dealer_manager).dealer_grade_id = self.silver
        fresh = self.env["res.partner"].create(
            {"name": "Fresh Dealer", "is_company": True, "is_dealer": True}
        )
        staff = new_test_user(
            self.env,
            "t_grade_staff",
            groups="aftersales_dealer.group_aftersales_dealer_user,base.group_partner_manager",
        )
        fresh.with_user(staff).dealer_grade_id = self.silver
        self.assertRecordValues(
            fresh.dealer_grade_change_ids,
            [{"direction": "first", "state": "done", "decided_by_id": staff.id}],
        )

    def test_begun_terms_stay(self):
        terms = self.grade.term_ids.with_user(self.dealer_manager)
        with self.assertRefused("have begun and stay"):
            terms.labour_percent = 150.0
        with self.assertRefused("lie in the past"):
            terms.create({"grade_id": self.grade.id, "date_from": self.day(5)})
        terms.create({"grade_id": self.grade.id, "labour_percent": 130.0})
        self.assertEqual(self.grade._get_terms(self.day(1)).labour_percent, 110.0)
        self.assertEqual(self.grade._get_terms(self.today).labour_percent, 130.0)
        self.assertFalse(self.grade._get_terms(self.day(1000)))

    def test_automatic_approval_and_confirmation_by_grade(self):
        self.company.aftersales_claim_auto_limit = 60.0
        plain = self.make_submitted()
        self.assertEqual(plain.state, "submitted")  # 95 is above 60
        plain.action_withdraw()
        agreement = self.pay_by_grade()
        claim = self.make_submitted()
        self.assertEqual(claim.state, "approved")
        self.assertEqual(agreement._get_confirmation_days(self.grade, self.today), 30)
        self.assertEqual(
            agreement._get_confirmation_days(self.silver, self.today), agreement.confirmation_days
        )

    def test_malformed_and_foreign(self):
        with self.assertRefused("is not a dealer", ValidationError):
            self.propose(dealer_id=self.customer.id)
        with self.assertRefused("has the grade .* already", ValidationError):
            self.propose(self.grade)
        change = self.propose()
        with self.assertRaises(AccessError):
            change.with_user(self.foreign_manager).read(["reason"])
        with self.assertRaises(AccessError):
            change.with_user(self.portal_a).read(["reason"])
        with self.assertRaises(UserError):
            self.propose(state="done", grade_to_id=self.silver.id)

    def test_form(self):
        with Form(
            self.env["aftersales.dealer.grade.change"]
            .with_user(self.dealer_user)
            .with_context(default_dealer_id=self.dealer_b.id)
        ) as form:
            form.grade_to_id = self.silver
            form.reason = "Late with old parts"
        self.assertEqual(form.record.grade_from_id, self.grade)

    def test_grades_of_many_days_in_one_query(self):
        keys = [(dealer, self.day(n)) for dealer in (self.dealer_a, self.dealer_b) for n in (1, 9)]
        changes = self.env["aftersales.dealer.grade.change"]
        changes._get_for(keys)
        with self.assertQueryCount(1):
            changes._get_for(keys)
