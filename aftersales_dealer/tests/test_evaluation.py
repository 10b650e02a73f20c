import datetime
import doctest
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError
from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_dealer.tools import dealer_score

from .common_claim import ClaimCommon

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@tagged("post_install", "-at_install")
class TestDealerScore(BaseCase):
    """D11: points, score and what it leads to."""

    def test_doctests(self):
        self.assertFalse(doctest.testmod(dealer_score).failed)

    @patient
    @given(
        st.lists(
            st.builds(
                dealer_score.Reading,
                st.just("x"),
                st.just(1.0),
                st.integers(0, 9),
                st.floats(0, 100),
                st.floats(0, 50),
            ),
            max_size=6,
        )
    )
    def test_score_is_between_the_points(self, readings):
        value = dealer_score.score(readings)
        points = [reading.points for reading in readings if reading.counts]
        if value is not None:
            self.assertLessEqual(min(points) - 0.1, value)
            self.assertLessEqual(value, max(points) + 0.1)

    @patient
    @given(
        st.one_of(st.none(), st.integers(0, 2)),
        st.one_of(st.none(), st.floats(0, 100)),
        st.booleans(),
    )
    def test_one_step_and_never_up_after_fraud(self, current, value, fraud):
        step = dealer_score.proposed(current, [90.0, 75.0, 0.0], value, fraud)
        if current is not None:
            self.assertLessEqual(abs(step - current), 1)
            if fraud:
                self.assertGreaterEqual(step, current)

    @patient
    @given(st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 1, 1)))
    def test_last_period_is_over_and_the_last(self, today):
        for period, months in dealer_score.MONTHS.items():
            first, last = dealer_score.last_period(period, today)
            self.assertLess(last, today)
            self.assertEqual(first.day, 1)
            self.assertLessEqual((today - last).days, 31 * months)


@tagged("post_install", "-at_install")
class TestEvaluation(ClaimCommon):
    """D11: scores with their readings, rewards, proposals; once for each period."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["aftersales.dealer.metric"].search([]).minimum = 1
        cls.grade.score_min = 80.0
        cls.silver = cls.env["aftersales.dealer.grade"].create({"name": "Silver", "sequence": 20})
        cls.env["aftersales.dealer.grade.term"].create(
            {
                "grade_id": cls.grade.id,
                "date_from": cls.day(400),
                "reward_percent": 10.0,
                "reward_score_min": 70.0,
            }
        )
        cls.claim = cls.make_submitted()
        cls.as_appraiser(cls.claim).action_approve()
        cls.period = (cls.day(60), cls.today)

    def evaluate(self):
        evaluations = self.env["aftersales.dealer.evaluation"]._evaluate(self.company, *self.period)
        return {evaluation.dealer_id: evaluation for evaluation in evaluations}

    def test_score_and_reward_with_readings(self):
        evaluation = self.evaluate()[self.dealer_a]
        self.assertEqual(evaluation.score, 100.0)
        lines = {line.code: line for line in evaluation.line_ids}
        self.assertTrue(lines["claim"].counted)
        self.assertRegex(lines["claim"].explanation, "95 of 95 = 100.0 %")
        self.assertFalse(lines["satisfaction"].counted)
        self.assertIn("left out", lines["satisfaction"].explanation)
        self.assertEqual(evaluation.reward_amount, 9.5)
        self.assertIn("Reward:", evaluation.explanation)
        with self.assertRaises(AccessError):
            evaluation.with_user(self.dealer_user).action_approve()
        evaluation.with_user(self.dealer_manager).action_approve()
        charge = self.env["aftersales.dealer.charge"].search(
            [("res_model", "=", evaluation._name), ("res_id", "=", evaluation.id)]
        )
        self.assertRecordValues(charge, [{"amount": 9.5, "kind": "reward", "state": "approved"}])
        evaluation.with_user(self.dealer_manager).action_cancel(reason="Wrong period")
        self.assertEqual(charge.state, "cancelled")
        self.assertIn(self.dealer_a, self.evaluate())

    def test_readings_are_written_out_as_they_are(self):
        """Millions keep their figures, and what is weighed does not look like a wrong division."""
        lines = self.evaluate()[self.dealer_a].line_ids.filtered(lambda row: row.code == "claim")
        lines.sudo().write({"good": 1234567.25, "total": 2469134.5, "value": 50.0, "counted": True})
        self.assertIn("1,234,567.25 of 2,469,134.50 = 50.0 %", lines.explanation)
        lines.sudo().write({"good": 0, "total": 1, "value": 90.0})
        self.assertIn("0 of 1, by weight of what was found 90.0 %", lines.explanation)

    def test_too_little_says_nothing(self):
        metrics = self.env["aftersales.dealer.metric"].search([])
        metrics.filtered(lambda metric: metric.code == "claim").minimum = 2  # not 95 of money
        evaluation = self.evaluate()[self.dealer_a]
        line = evaluation.line_ids.filtered(lambda row: row.code == "claim")
        self.assertFalse(line.counted)
        self.assertIn("too few", line.explanation)
        self.assertFalse(evaluation.is_scored)  # one part alone is no score
        self.assertFalse(evaluation.reward_amount or evaluation.grade_change_id)

    def test_the_mean_is_of_those_that_were_scored(self):
        evaluations = self.evaluate()
        scored, other = evaluations[self.dealer_a], evaluations[self.dealer_b]
        self.assertEqual((scored.is_scored, other.is_scored), (True, False))
        ((mean,),) = scored._read_group([("id", "in", (scored | other).ids)], [], ["score:avg"])
        self.assertEqual(mean, scored.score)

    def test_once_for_each_period(self):
        self.assertIn(self.dealer_a, self.evaluate())
        self.assertFalse(self.evaluate())
        cron = self.env.ref("aftersales_dealer.ir_cron_aftersales_dealer_evaluation")
        self.company.dealer_evaluation_period = "month"
        counts = []
        for _turn in range(2):
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
            counts.append(self.env["aftersales.dealer.evaluation"].search_count([]))
        self.assertEqual(*counts)

    def test_bad_service_is_proposed_for_a_lower_grade(self):
        second = self.make_submitted()
        self.as_appraiser(second).action_refuse(reason="Not covered")
        self.card._write_past_guard({"date_registered": self.day(2)})
        evaluation = self.evaluate()[self.dealer_a]
        self.assertLess(evaluation.score, 80.0)
        change = evaluation.grade_change_id
        self.assertEqual((change.grade_to_id, change.state), (self.silver, "proposed"))
        self.assertIn("Claimed amounts that were approved", change.reason)
        self.assertEqual(self.dealer_a.dealer_grade_id, self.grade)
        change.with_user(self.dealer_manager).action_approve()
        self.assertEqual(self.dealer_a.dealer_grade_id, self.silver)

    def test_fraud_takes_the_reward_and_a_grade(self):
        check = self.env["aftersales.spot.check"].create({"claim_id": self.claim.id})
        for line in check.line_ids:
            line.answer = line.expected
        fraud = check.line_ids.filtered(lambda line: line.severity == "fraud")[0]
        fraud.answer = "no"
        check.summary = "No such user"
        check.action_done()
        evaluation = self.evaluate()[self.dealer_a]
        self.assertTrue(evaluation.has_fraud)
        self.assertEqual(evaluation.reward_amount, 0.0)
        self.assertEqual(evaluation.proposed_grade_id, self.silver)

    def test_fraud_is_the_reason_also_where_too_little_happened(self):
        self.env["aftersales.dealer.metric"].search([]).minimum = 50
        check = self.env["aftersales.spot.check"].create({"claim_id": self.claim.id})
        for line in check.line_ids:
            line.answer = line.expected
        check.line_ids.filtered(lambda line: line.severity == "fraud")[0].answer = "no"
        check.summary = "No such machine"
        check.action_done()
        evaluation = self.evaluate()[self.dealer_a]
        self.assertFalse(evaluation.is_scored)
        self.assertEqual(evaluation.grade_change_id.grade_to_id, self.silver)
        for text in (evaluation.explanation, evaluation.grade_change_id.reason):
            self.assertIn("found fraud", text)
            self.assertIn("Silver is proposed", text)

    def test_what_is_cancelled_proposes_nothing_any_more(self):
        second = self.make_submitted()
        self.as_appraiser(second).action_refuse(reason="Not covered")
        self.card._write_past_guard({"date_registered": self.day(2)})
        evaluation = self.evaluate()[self.dealer_a].with_user(self.dealer_manager)
        proposal = evaluation.grade_change_id
        self.assertEqual(proposal.state, "proposed")
        evaluation.action_cancel(reason="The card came by post")
        self.assertEqual(proposal.state, "cancelled")
        self.assertTrue(self.evaluate()[self.dealer_a].grade_change_id)

    def test_rights(self):
        evaluation = self.evaluate()[self.dealer_a]
        for stranger in (self.foreign_manager, self.portal_a, self.plain_user):
            with self.assertRaises(AccessError):
                evaluation.with_user(stranger).read(["score"])
        with self.assertRefused("worked out"):
            evaluation.with_user(self.dealer_manager).score = 100.0
        with self.assertRaises(AccessError):
            evaluation.with_user(self.dealer_user).action_evaluate()

    def test_hundreds_cost_a_constant_number_of_queries(self):
        def count(number):
            partners = self.env["res.partner"].create(
                [
                    {
                        "name": f"Dealer {number} {index}",
                        "is_company": True,
                        "is_dealer": True,
                        "dealer_grade_id": self.grade.id,
                    }
                    for index in range(number)
                ]
            )
            agreements = self.env["aftersales.dealer.agreement"].create(
                [{"dealer_id": p.id, "date_start": self.day(100)} for p in partners]
            )
            agreements.action_start()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            period = (self.day(60) - timedelta(days=number), self.day(number))
            self.env["aftersales.dealer.evaluation"]._evaluate(self.company, *period)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few, many = count(2), count(40)
        self.assertLess(many, few + 15, (few, many))
