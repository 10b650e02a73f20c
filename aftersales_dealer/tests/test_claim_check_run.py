from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimCheckRun(ClaimCommon):
    """Rules of all kinds on real claims, claims checked again by the thousand, trials (D08)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.runs = cls.env["aftersales.claim.check.run"]
        cls.manager = cls.dealer_manager

    def make_rule(self, code, severity, **values):
        return (
            self.env["aftersales.claim.check.setting"]
            .with_user(self.manager)
            .create({"code": code, "severity": severity, **values})
        )

    def run_job(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "aftersales_dealer.ir_cron_aftersales_claim_check_run"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_a_rule_for_a_dealer_replaces_the_companys(self):
        self.make_rule("price", "off", dealer_ids=[Command.link(self.dealer_a.id)])
        claim = self.make_submitted(lines=[self.line_labour(price_unit=50.0)])
        self.assertFalse(self.check(claim, "price"))
        other = self.make_submitted(
            dealer_id=self.dealer_b.id,
            asset_id=self.asset_b.id,
            lines=[self.line_labour(price_unit=50.0)],
        )
        self.assertCheck(other, "price", "cut", "grants")

    def test_rules_for_kinds_and_grades(self):
        self.make_rule("price", "flag", kind="travel")
        self.make_rule(
            "standard_time", "cut", grade_ids=[Command.link(self.grade.id)], percent=100.0
        )
        claim = self.make_submitted(
            lines=[
                self.line_labour(hours=4.0, price_unit=50.0),
                self.line_travel(km=10.0, price_unit=2.0),
            ]
        )
        self.assertEqual(sorted(self.check(claim, "price").mapped("result")), ["cut", "flag"])
        self.assertEqual(claim.line_ids.mapped("amount_appraised"), [160.0, 20.0])
        self.assertEqual(self.check(claim, "standard_time").result, "ok", "100 % are tolerated")

    def test_cut_to(self):
        rule = self.get_rule("standard_time")
        for cut_to, values, left in (
            ("share", {"share": 50.0}, 60.0),
            ("maximum", {"maximum": 30.0}, 30.0),
            ("tariff", {}, 120.0),
            ("check", {}, 80.0),
        ):
            with self.subTest(cut_to):
                rule.write({"cut_to": cut_to, **values})
                claim = self.make_submitted(lines=[self.line_labour(hours=3.0)])
                self.assertEqual(claim.line_ids.amount_appraised, left)

    def test_rules_refuse_nonsense(self):
        rule = self.get_rule("price").with_user(self.manager)
        with self.assertRefused("Archive it"):
            rule.unlink()
        with self.assertRefused("before “Valid from”"):
            rule.write({"date_from": self.day(1), "date_to": self.day(5)})
        for values in ({"share": 150.0}, {"days": -1}):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                rule.write(values)
                rule.flush_recordset()
        with self.assertRaises(AccessError):
            self.get_rule("price").with_user(self.appraiser).write({"severity": "off"})
        self.assertFalse(
            rule.with_user(self.foreign_manager).search([("company_id", "=", self.company.id)])
        )

    def test_form_starts_with_what_is_shipped(self):
        with Form(self.env["aftersales.claim.check.setting"].with_user(self.manager)) as form:
            form.code = "distance"
            self.assertEqual((form.severity, form.factor, form.km), ("cut", 1.3, 10.0))
            form.kind = "travel"
        self.assertIn("Travel", form.record.display_name)

    def test_again_in_bulk(self):
        claims = self.make_submitted(lines=[self.line_labour(price_unit=50.0)])
        claims |= self.make_submitted()
        with self.assertRaises(AccessError):
            claims.with_user(self.dealer_user).action_run_checks_bulk()
        self.env.ref("base.user_root")
        self.get_rule("price").severity = "block"
        action = self.as_appraiser(claims).action_run_checks_bulk()
        run = self.runs.browse(action["res_id"]).with_user(self.appraiser)
        self.assertRecordValues(run, [{"state": "done", "total": 2, "done": 2, "changed": 1}])
        line = run.line_ids
        self.assertRecordValues(
            line,
            [
                {
                    "claim_id": claims[0].id,
                    "result_before": "cut",
                    "result_after": "block",
                    "amount_before": 80.0,
                    "amount_after": 100.0,
                }
            ],
        )
        self.assertEqual(line.explanation, "Agreed prices: Cut → Blocked")
        self.assertIn("1 claims: Cut → Blocked", run.summary)

    def test_again_after_rules_changed(self):
        claim = self.make_submitted(lines=[self.line_labour(price_unit=50.0)])
        by_hand = self.make_submitted(lines=[self.line_labour(price_unit=50.0)])
        self.as_appraiser(by_hand).line_ids.write({"amount_approved": 70.0, "reason": "Agreed"})
        self.runs.search([]).unlink()
        rule = self.get_rule("price").with_user(self.manager)
        rule.severity = "flag"
        rule.note = "A trial"
        rule.percent = 10.0
        run = self.runs.search([])
        self.assertRecordValues(run, [{"state": "running", "kind": "again", "total": 2}])
        self.run_job()
        self.assertRecordValues(run, [{"state": "done", "skipped": 1, "failed": 0}])
        self.assertEqual(run.line_ids.claim_id, claim)
        self.assertEqual(claim.line_ids.amount_appraised, 100.0)
        self.assertEqual(by_hand.line_ids.amount_approved, 70.0, "a person's word stays")
        rule.sequence = 99
        self.assertEqual(len(self.runs.search([])), 1, "the order of rules changes nothing")

    def test_trial(self):
        claim = self.make_submitted(lines=[self.line_labour(price_unit=50.0)])
        self.as_appraiser(claim).action_approve()
        strict = self.make_rule("price", "block", kind="labour", active=False)
        trial = self.env["aftersales.claim.check.trial"].with_user(self.manager).create({})
        self.assertGreaterEqual(trial.claim_count, 1)
        self.assertNotIn(strict, trial.setting_ids)
        trial.setting_ids |= strict
        run = self.runs.browse(trial.action_try()["res_id"])
        self.assertEqual(run.state, "done")
        line = run.line_ids.filtered(lambda line: line.claim_id == claim)
        self.assertEqual((line.result_before, line.result_after), ("cut", "block"))
        self.assertEqual((line.amount_before, line.amount_after), (80.0, 100.0))
        self.assertEqual(self.check(claim, "price").result, "cut", "nothing was changed")
        self.assertEqual(claim.state, "approved")

    def test_trial_refuses_nonsense(self):
        trials = self.env["aftersales.claim.check.trial"]
        with self.assertRaises(AccessError):
            trials.with_user(self.appraiser).create({})
        trial = trials.with_user(self.manager).create(
            {"date_from": self.day(1), "date_to": self.day(5)}
        )
        with self.assertRefused("is before"):
            trial.action_try()
        trial.date_to = self.day(0)
        trial.setting_ids = False
        with self.assertRefused("No rule is chosen"):
            trial.action_try()
        trial.sudo().setting_ids = self.get_rule("price", self.company_2)
        with self.assertRefused("Not all rules are of"):
            trial.sudo().action_try()

    def test_drawn_by_lot(self):
        """A share of the clean claims within the limit waits for a person (D08)."""
        self.company.aftersales_claim_auto_limit = 100.0
        self.get_rule("auto_limit").percent = 100.0
        claim = self.make_submitted(lines=[self.line_labour()])
        self.assertCheck(claim, "auto_limit", "flag", "drawn by lot")
        self.assertEqual(claim.state, "submitted")
        with self.assertRefused("worked out"):
            claim.with_user(self.dealer_user).check_draw = 100.0
        self.get_rule("auto_limit").percent = 0.0
        free = self.make_submitted(lines=[self.line_labour()])
        self.assertEqual(free.state, "approved")

    def test_one_failure_does_not_stop_the_others(self):
        claims = self.make_submitted() | self.make_submitted()
        broken, claim_class = claims[0], type(claims)
        plain = claim_class._get_check_facts

        def fail(self):
            """Fail for one of the claims."""
            if broken in self:
                raise ValueError("broken")
            return plain(self)

        self.patch(claim_class, "_get_check_facts", fail)
        with self.assertLogs("odoo.addons.aftersales_dealer.models.aftersales_claim_check_run"):
            run = self.runs._start(kind="again", company_id=self.company.id, claim_list=claims.ids)
        self.assertRecordValues(run, [{"state": "done", "done": 2, "failed": 1}])
