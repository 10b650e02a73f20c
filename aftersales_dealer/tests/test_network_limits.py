import math

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestNetworkLimits(ClaimCommon):
    """J02, J03: numbers that are none, days beyond any calendar, and what is another company's."""

    def assert_refused_by_database(self, record, exception=IntegrityError, **vals):
        with (
            self.assertRaises(exception, msg=f"{record}: {vals}"),
            self.env.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            record.write(vals)
            record.flush_recordset()
        self.env.invalidate_all()

    def test_no_numbers(self):
        card = self.make_card(self.sell_to_dealer("LIMIT-1"), register=False)
        season = self.env["aftersales.stocking.season"].create(
            {"name": "Spring", "date_start": self.today, "date_end": self.today}
        )
        operation = self.env["aftersales.labour.operation"].create({"code": "X", "name": "X"})
        for value in (math.nan, math.inf):
            # No number that is none comes as far as the database.
            self.assert_refused_by_database(card, ValidationError, meter=value)
            self.assert_refused_by_database(season, ValidationError, growth=value)
            self.assert_refused_by_database(operation, ValidationError, hours=value)
            self.assert_refused_by_database(self.env.company, dealer_overcharge_tolerance=value)
        self.assert_refused_by_database(season, growth=-101.0)

    def test_days_beyond_any_calendar(self):
        """A date so far ahead would end later in an error of everybody who reckons with it."""
        days = 10**7
        draft = self.make_agreement(self.dealer_a, start=False)
        for name in (
            "registration_days",
            "claim_deadline_days",
            "confirmation_days",
            "part_return_days",
            "season_return_days",
            "season_count",
        ):
            self.assert_refused_by_database(draft, **{name: days})
        for name in (
            "dealer_registration_days",
            "dealer_claim_deadline_days",
            "dealer_confirmation_days",
            "dealer_agreement_notice_days",
            "dealer_supervise_hours",
        ):
            self.assert_refused_by_database(self.env.company, **{name: days})
        term = self.env["aftersales.dealer.grade.term"].create({"grade_id": self.grade.id})
        self.assert_refused_by_database(term, confirmation_days=days)
        template = self.env["aftersales.onboarding.template"].create(
            {"name": "T", "task_ids": [(0, 0, {"name": "Task"})]}
        )
        self.assert_refused_by_database(template.task_ids, days=days)
        season = self.env["aftersales.stocking.season"].create(
            {"name": "Spring", "date_start": self.today, "date_end": self.today}
        )
        self.assert_refused_by_database(season, lead_days=10**9)

    def test_a_penalty_is_never_paid_to_the_dealer(self):
        check = self.env["aftersales.spot.check"].create({"claim_id": self.make_submitted().id})
        for line in check.line_ids:
            line.answer = line.expected
        check.write({"result": "deviation", "summary": "Parts were not new."})
        check.action_done()
        manager = check.with_user(self.dealer_manager)
        self.assert_refused_by_database(manager, penalty_amount=-5.0)
        manager.penalty_amount = 50.0
        manager.action_propose_penalty()
        self.assert_refused_by_database(manager, penalty_amount=-5.0)
        manager.penalty_amount = 0.0
        other = new_test_user(
            self.env,
            "t_dealer_manager_2",
            groups="aftersales_dealer.group_aftersales_dealer_manager",
        )
        with self.assertRefused("enter the amount of the penalty"):
            check.with_user(other).action_approve_penalty()
        self.assertEqual(check.penalty_state, "proposed")

    def test_a_company_s_own_grade_is_not_for_dealers_of_all_companies(self):
        own = self.env["aftersales.dealer.grade"].create(
            {"name": "Own", "company_id": self.company_2.id}
        )
        changes = self.env["aftersales.dealer.grade.change"].with_user(self.foreign_manager)
        vals = {"dealer_id": self.dealer_a.id, "reason": "Good"}
        with self.assertRefused("is a grade of Test Company 2 only", ValidationError):
            changes.create({**vals, "grade_to_id": own.id})
        with self.assertRefused("is a grade of Test Company 2 only", ValidationError):
            self.env["res.partner"].create(
                {"name": "D", "is_company": True, "is_dealer": True, "dealer_grade_id": own.id}
            )
        dealer = self.env["res.partner"].create(
            {
                "name": "Of Company 2 only",
                "is_company": True,
                "is_dealer": True,
                "company_id": self.company_2.id,
            }
        )
        self.assertTrue(changes.create({**vals, "dealer_id": dealer.id, "grade_to_id": own.id}))

    def test_another_company_decides_on_the_grade_already(self):
        silver = self.env["aftersales.dealer.grade"].create({"name": "Silver"})
        vals = {"dealer_id": self.dealer_a.id, "grade_to_id": silver.id, "reason": "Good"}
        changes = self.env["aftersales.dealer.grade.change"]
        changes.with_user(self.dealer_manager).create(vals)
        with self.assertRefused(f"is being decided in .*{self.env.company.name}", UserError):
            changes.with_user(self.foreign_manager).create(vals)
