import doctest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, Form, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_dealer.tools import spot_sample

from .common_claim import ClaimCommon

# Machines that are busy with other things are slow, not wrong.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@tagged("post_install", "-at_install")
class TestSpotSample(BaseCase):
    """D10: what is drawn is a share, and the same for the same seed."""

    def test_doctests(self):
        self.assertFalse(doctest.testmod(spot_sample).failed)

    @patient
    @given(st.integers(0, 500), st.floats(0, 100), st.integers(0, 5))
    def test_size(self, population, share, minimum):
        size = spot_sample.sample_size(population, share, minimum)
        self.assertLessEqual(size, population)
        if share and population:
            self.assertGreaterEqual(size, min(minimum, population))
            self.assertGreaterEqual(size + 1e-4, population * share / 100)

    @patient
    @given(st.sets(st.integers(1, 10**6), max_size=50), st.integers(0, 60), st.integers())
    def test_draw(self, ids, size, seed):
        drawn = spot_sample.draw(ids, size, seed, "x")
        self.assertEqual(drawn, spot_sample.draw(sorted(ids, reverse=True), size, seed, "x"))
        self.assertEqual(len(set(drawn)), min(size, len(ids)))
        self.assertLessEqual(set(drawn), ids)


@tagged("post_install", "-at_install")
class TestSpotCheck(ClaimCommon):
    """D10: drawn by lot, done by reps, felt by claim, money and grade."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = new_test_user(
            cls.env, "t_rep", groups="aftersales_dealer.group_aftersales_spot_checker"
        )
        cls.other_manager = new_test_user(
            cls.env,
            "t_dealer_manager_2",
            groups="aftersales_dealer.group_aftersales_dealer_manager",
        )
        cls.claim = cls.make_submitted()

    def make_round(self, **values):
        rounds = self.env["aftersales.spot.check.round"].with_user(self.dealer_manager)
        return rounds.create(
            {
                "date_from": self.day(100),
                "share_default": 100.0,
                "check_users": False,
                "user_ids": self.rep.ids,
                **values,
            }
        )

    def draw_one(self, claim=None, answers="expected"):
        """Return a check of ``claim``, drawn and answered, as the rep."""
        drawn = self.make_round()
        drawn.action_draw()
        check = drawn.check_ids.filtered(lambda c: c.claim_id == (claim or self.claim))
        check = check.with_user(self.rep)
        for line in check.line_ids:
            line.answer = line.expected
        if answers != "expected":
            line = check.line_ids.filtered(lambda row: row.severity == answers)[0]
            line.write({"answer": "no" if line.expected == "yes" else "yes", "note": "Sure"})
            check.summary = "The user knows nothing of it."
        return check

    def test_draw_by_lot_and_share(self):
        self.grade.term_ids = [(0, 0, {"date_from": self.day(10), "spot_check_percent": 0.0})]
        with self.assertRefused("nothing to draw"):
            self.make_round().action_draw()
        self.grade.term_ids.with_context().sudo()._write({"spot_check_percent": 100.0})
        self.env.invalidate_all()
        drawn = self.make_round(check_users=True, seed=42)
        drawn.action_draw()
        self.assertEqual(drawn.check_ids.claim_id, self.claim)
        self.assertEqual(set(drawn.check_ids.mapped("user_id")), {self.rep})
        self.assertEqual(len(drawn.check_ids.registration_id), 2)
        sample = drawn.sample_ids.filtered(lambda s: s.kind == "claim")
        self.assertRegex(sample.explanation, "1 of 1: 100 % .Test Gold.*seed 42")
        with self.assertRefused("can no longer be changed"):
            drawn.seed = 43
        with self.assertRefused("nothing to draw"):  # everything is being checked
            self.make_round(check_users=True).action_draw()
        self.assertTrue(drawn.check_ids[0].activity_ids)

    def test_never_twice_but_again_when_not_reached(self):
        check = self.draw_one()
        checks = self.env["aftersales.spot.check"].with_user(self.dealer_user)
        with (
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            checks.create({"claim_id": self.claim.id})
        check.action_not_reached(reason="Called three times")
        again = self.make_round()
        again.action_draw()
        self.assertEqual(again.check_ids.claim_id, self.claim)

    def test_another_rep_gets_the_activity(self):
        drawn = self.make_round()
        drawn.action_draw()
        check = drawn.check_ids[:1]
        self.assertEqual(check.activity_ids.user_id, self.rep)
        check.write({"user_id": self.dealer_user.id, "date_due": self.day(-9)})
        activity = check.activity_ids
        self.assertEqual(
            (activity.user_id, activity.date_deadline), (self.dealer_user, self.day(-9))
        )

    def test_rep_sees_own_checks_and_no_claims(self):
        check = self.draw_one()
        self.assertIn("Test End User", check.user_name)
        self.assertIn("Repaired on", check.facts)
        with self.assertRaises(AccessError):
            self.claim.with_user(self.rep).read(["name"])
        other = new_test_user(
            self.env, "t_rep_2", groups="aftersales_dealer.group_aftersales_spot_checker"
        )
        for stranger in (other, self.foreign_manager, self.portal_a, self.plain_user):
            with self.assertRaises(AccessError):
                check.with_user(stranger).read(["name"])
        with self.assertRefused("Only the answer and the note", UserError):
            check.line_ids[0].weight = 0

    def test_confirmed(self):
        check = self.draw_one()
        check.line_ids[0].answer = False
        with self.assertRefused("answer “"):
            check.action_done()
        check.line_ids[0].answer = check.line_ids[0].expected
        check.action_done()
        self.assertEqual((check.result, self.claim.spot_check_result), ("confirmed", "confirmed"))
        self.assertFalse(check.activity_ids)
        with self.assertRefused("its answers stay"):
            check.line_ids[0].answer = "no"
        with self.assertRefused("found nothing"):
            check.with_user(self.dealer_manager).action_propose_penalty()

    def test_fraud_blocks_the_claim(self):
        check = self.draw_one(answers="fraud")
        self.assertEqual(check.result, "fraud")
        check.action_done()
        self.assertTrue(self.claim.is_blocked)
        self.assertIn(check.name, self.claim.message_ids[0].body)
        with self.assertRefused("found fraud"):
            self.as_appraiser(self.claim).action_approve()
        action = check.with_user(self.dealer_user).action_propose_downgrade()
        self.assertIn(check.name, action["context"]["default_reason"])

    def test_approved_claim_comes_back_under_review(self):
        self.as_appraiser(self.claim).action_approve()
        check = self.draw_one(answers="serious").with_user(self.dealer_manager)
        check.action_done()
        self.company.aftersales_claim_auto_limit = 10000.0
        with self.assertRaises(AccessError):
            check.with_user(self.dealer_user).action_return_to_review()
        check.action_return_to_review()
        self.assertEqual(self.claim.state, "submitted")
        self.assertEqual(self.claim.version_ids.sorted("id")[-1].kind, "spot_check")
        with self.assertRefused("Propose a penalty instead"):
            check.action_return_to_review()

    def test_penalty_needs_another_person_and_is_charged_once(self):
        check = self.draw_one(answers="serious").with_user(self.dealer_manager)
        check.action_done()
        with self.assertRefused("enter the amount"):
            check.action_propose_penalty()
        check.penalty_amount = 150.0
        check.action_propose_penalty()
        with self.assertRefused("another dealer manager", AccessError):
            check.action_approve_penalty()
        with self.assertRaises(AccessError):
            check.with_user(self.dealer_user).action_approve_penalty()
        check.with_user(self.other_manager).action_approve_penalty()
        charge = self.env["aftersales.dealer.charge"].search(
            [("res_model", "=", check._name), ("res_id", "=", check.id)]
        )
        self.assertRecordValues(
            charge, [{"amount": -150.0, "kind": "penalty", "state": "approved"}]
        )
        with self.assertRefused("no penalty is proposed"):
            check.with_user(self.other_manager).action_approve_penalty()
        with self.assertRefused("was approved and stays"):
            check.penalty_amount = 1.0

    def test_who_changes_a_proposed_penalty_does_not_approve_it(self):
        check = self.draw_one(answers="serious").with_user(self.dealer_manager)
        check.action_done()
        check.penalty_amount = 150.0
        check.with_user(self.dealer_user).action_propose_penalty()
        changed = check.with_user(self.other_manager)
        changed.penalty_amount = 5000.0
        with self.assertRefused("another dealer manager", AccessError):
            changed.action_approve_penalty()

    def test_malformed(self):
        with self.assertRefused("“Until” is before", ValidationError):
            self.make_round(date_to=self.day(200))
        with self.assertRaises(AccessError):
            self.make_round().with_user(self.dealer_user).action_draw()
        with (
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            self.env["aftersales.spot.check"].create(
                {"kind": "user", "claim_id": self.claim.id, "dealer_id": self.dealer_a.id}
            )

    def test_form_as_rep(self):
        check = self.draw_one()
        with Form(check) as form:
            form.summary = "All as claimed"
        self.assertEqual(check.summary, "All as claimed")

    def test_draw_costs_the_same_for_many(self):
        claims = self.claim.browse()
        for number in range(12):
            claims |= self.make_claim(date_repair=self.day(5), date_failure=self.day(6 + number))
        claims.action_submit()
        self.make_round(date_from=self.day(8), date_to=self.day(8)).action_draw()
        counts = []
        for days in (5, 5):
            share = 100.0 if counts else 15.0
            drawn = self.make_round(date_from=self.day(days), share_default=share)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            drawn.action_draw()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            sizes = len(drawn.check_ids)
        self.assertEqual(sizes, 10)
        self.assertLess(counts[1] - counts[0], 8 * 2, counts)
