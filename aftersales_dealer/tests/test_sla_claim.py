from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestSlaClaim(ClaimCommon):
    """S08: claims have the same clocks: answered, decided, paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        policies = cls.env["aftersales.sla.policy"]
        policies.search([("applies_to", "=", "aftersales.claim")]).active = False
        cls.sla = policies.create(
            {
                "name": "Test claims",
                "applies_to": "aftersales.claim",
                "target_ids": [
                    Command.create(
                        {
                            "kind": kind,
                            "duration": days,
                            "duration_unit": "day",
                            "calendar_mode": "always",
                            "pause_in_waiting": kind != "pay",
                        }
                    )
                    for kind, days in (("answer", 2), ("decide", 10), ("pay", 30))
                ],
            }
        )
        cls.now = fields.Datetime.now().replace(microsecond=0)

    def at(self, days):
        return freeze_time(self.now + timedelta(days=days))

    def clock(self, claim, kind, turn=0):
        return claim.sudo().clock_ids.filtered(
            lambda c: c.kind == kind and c.round == turn and c.state != "cancelled"
        )

    def submit(self, **values):
        with self.at(0):
            return self.make_submitted(**values)

    def assertReplays(self, claim):
        for clock, deadline in claim.sudo().clock_ids._replay().items():
            self.assertEqual(deadline, clock.date_deadline, clock.display_name)

    def test_a_claim_is_answered_decided_and_paid(self):
        claim = self.submit()
        self.assertEqual(claim.sla_policy_id, self.sla)
        self.assertEqual(set(claim.sudo().clock_ids.mapped("kind")), {"answer", "decide"})
        self.assertEqual(self.clock(claim, "decide").date_deadline, self.now + timedelta(days=10))
        self.assertEqual(claim.sla_state, "running")
        with self.at(1):
            self.as_appraiser(claim).action_appraise()
            self.assertEqual(self.clock(claim, "answer").state, "reached")
        with self.at(3):
            self.as_appraiser(claim).action_approve()
        self.assertEqual(self.clock(claim, "decide").state, "reached")
        pay = self.clock(claim, "pay")
        self.assertEqual(pay.date_deadline, self.now + timedelta(days=33))
        self.assertEqual(pay.partner_id, self.dealer_a)
        with self.at(5):
            claim.sudo()._set_state("noticed")
            claim.sudo()._set_state("settled")
        self.assertEqual(pay.state, "reached")
        self.assertReplays(claim)
        with self.at(6):
            claim.sudo()._follow_notices()
        self.assertEqual(self.clock(claim, "pay", 1).state, "running")

    def test_what_the_dealer_keeps_us_waiting_for_does_not_count(self):
        claim = self.submit()
        with self.at(4):
            self.as_appraiser(claim).action_return("The meter is missing")
        decide = self.clock(claim, "decide")
        self.assertEqual(decide.state, "paused")
        self.assertEqual(self.clock(claim, "answer").state, "breached")
        with self.at(9):
            claim.with_user(self.dealer_user).action_submit()
        self.assertEqual(decide.date_deadline, self.now + timedelta(days=15))
        self.assertEqual(len(claim.sudo().clock_ids), 2)
        self.assertReplays(claim)

    def test_a_refusal_is_a_decision_and_an_appeal_starts_anew(self):
        claim = self.submit()
        with self.at(1):
            self.as_appraiser(claim).action_refuse("Wear")
        self.assertEqual(set(claim.sudo().clock_ids.mapped("state")), {"reached"})
        with self.at(2):
            claim.with_user(self.dealer_user).action_appeal("It is no wear")
        self.assertEqual(
            self.clock(claim, "decide", 1).date_deadline, self.now + timedelta(days=12)
        )

    def test_withdrawn_claims_have_no_clocks_that_run(self):
        claim = self.submit()
        with self.at(1):
            claim.with_user(self.dealer_user).action_withdraw()
        self.assertEqual(set(claim.sudo().clock_ids.mapped("state")), {"cancelled"})

    def test_policies_of_claims_ask_for_dealers_and_grades(self):
        gold = self.sla.copy(
            {"name": "Gold", "sequence": 1, "dealer_grade_ids": [Command.set(self.grade.ids)]}
        )
        self.assertEqual(self.submit().sla_policy_id, gold)
        self.assertTrue(gold.scope.startswith("Claims"))
        gold.write(
            {"dealer_grade_ids": [Command.clear()], "dealer_ids": [Command.set(self.dealer_b.ids)]}
        )
        asset = self.sell_to_dealer("CLAIM-2", days_ago=60)
        self.make_card(asset, days_ago=50, date_registered=self.day(45), user=self.dealer_manager)
        self.assertEqual(self.submit(asset_id=asset.id).sla_policy_id, self.sla)

    def test_kinds_belong_to_their_documents(self):
        with self.assertRefused("not promised for them", ValidationError):
            self.sla.target_ids = [Command.create({"kind": "on_site", "duration": 1})]
        tickets = self.env["aftersales.sla.policy"].create({"name": "Tickets"})
        with self.assertRefused("for claims only", ValidationError):
            tickets.target_ids = [Command.create({"kind": "pay", "duration": 1})]

    def test_changed_promises_reach_open_claims(self):
        claim = self.submit()
        self.sla.target_ids.filtered(lambda t: t.kind == "decide").duration = 5
        with self.at(1), self.enter_registry_test_mode():
            self.env.ref(
                "aftersales_service.ir_cron_aftersales_sla_recompute"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.clock(claim, "decide").date_deadline, self.now + timedelta(days=5))

    def test_overdue_claims_are_escalated(self):
        decide = self.sla.target_ids.filtered(lambda t: t.kind == "decide")
        decide.escalation_ids = [Command.create({"trigger": "breach", "recipient": "leader"})]
        claim = self.submit()
        with self.at(11), self.enter_registry_test_mode():
            self.env.ref(
                "aftersales_service.ir_cron_aftersales_sla_escalate"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(claim.sla_state, "late")
        todo = self.env["mail.activity"].search(
            [("res_model", "=", "aftersales.claim"), ("res_id", "=", claim.id)]
        )
        self.assertIn(self.dealer_manager, todo.user_id)
        digest = self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", self.dealer_manager.partner_id.ids),
            ],
            limit=1,
        )
        self.assertIn(claim.name, digest.body)

    def test_who_sees_the_clocks_of_claims(self):
        claim = self.submit()
        clocks = self.env["aftersales.sla.clock"]
        domain = [("claim_id", "=", claim.id)]
        self.assertTrue(clocks.with_user(self.dealer_user).search(domain))
        self.assertFalse(clocks.with_user(self.agent_user).search(domain))
        self.assertFalse(clocks.with_user(self.foreign_manager).search(domain))
        with self.assertRaises(AccessError):
            clocks.with_user(self.portal_a).search(domain)

    def test_queries_do_not_grow_with_the_claims(self):
        def started(number):
            claims = self.env["aftersales.claim"].union(
                *(self.make_submitted() for _i in range(number))
            )
            claims.sudo().clock_ids.unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            claims.sudo()._start_sla()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        started(1)
        few, many = started(1), started(8)
        self.assertLessEqual(many, few + 6)


@tagged("post_install", "-at_install")
class TestClaimSilence(ClaimCommon):
    """S08: not refused within n days counts as approved, where it is switched on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.aftersales_claim_silence_days = 10
        cls.now = fields.Datetime.now().replace(microsecond=0)

    def run_cron(self, days):
        with freeze_time(self.now + timedelta(days=days)), self.enter_registry_test_mode():
            self.env.ref(
                "aftersales_dealer.ir_cron_aftersales_claim_silence"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def submit(self, **values):
        with freeze_time(self.now):
            return self.make_submitted(**values)

    def test_silence_approves_and_says_so(self):
        claim = self.submit()
        self.assertEqual(claim.date_silence, self.now + timedelta(days=10))
        self.run_cron(9)
        self.assertEqual(claim.state, "submitted")
        self.run_cron(10)
        self.assertRecordValues(
            claim,
            [
                {
                    "state": "approved",
                    "approved_by_silence": True,
                    "approved_by": self.env.ref("base.user_root").id,
                }
            ],
        )
        self.assertEqual(claim.amount_approved, claim.amount_claimed)
        self.assertIn("No person decided", claim.decision_reason)
        self.assertIn("No person decided", "".join(claim.sudo().message_ids.mapped("body")))
        versions, messages = claim.version, len(claim.sudo().message_ids)
        self.run_cron(11)
        self.assertEqual((claim.version, len(claim.sudo().message_ids)), (versions, messages))

    def test_off_means_off(self):
        self.company.aftersales_claim_silence_days = 0
        claim = self.submit()
        self.assertFalse(claim.date_silence)
        self.run_cron(400)
        self.assertEqual(claim.state, "submitted")

    def test_default_is_off(self):
        company = self.env["res.company"].create({"name": "Silent company"})
        self.assertEqual(company.aftersales_claim_silence_days, 0)

    def test_a_refusal_in_time_stands(self):
        claim = self.submit()
        with freeze_time(self.now + timedelta(days=9)):
            self.as_appraiser(claim).action_refuse("Wear")
        self.run_cron(30)
        self.assertEqual(claim.state, "refused")
        with freeze_time(self.now + timedelta(days=31)):
            claim.with_user(self.dealer_user).action_appeal("No wear")
        self.assertFalse(claim.date_silence)
        self.run_cron(60)
        self.assertEqual(claim.state, "submitted")

    def test_blocked_claims_wait_for_a_person(self):
        claim = self.submit()
        claim.sudo().check_ids[0].result = "block"
        self.assertTrue(claim.is_blocked)
        self.assertFalse(claim.date_silence)
        self.run_cron(30)
        self.assertEqual(claim.state, "submitted")

    def test_returned_claims_count_from_their_return(self):
        claim = self.submit()
        with freeze_time(self.now + timedelta(days=8)):
            self.as_appraiser(claim).action_return("Photos")
        self.run_cron(20)
        self.assertEqual(claim.state, "returned")
        with freeze_time(self.now + timedelta(days=20)):
            claim.with_user(self.dealer_user).action_submit()
        self.run_cron(29)
        self.assertEqual(claim.state, "submitted")
        self.run_cron(30)
        self.assertEqual(claim.state, "approved")

    def test_it_is_nobodys_approval(self):
        """Separation of roles: no user becomes the one who decided, none may call it so."""
        claim = self.submit()
        self.run_cron(10)
        self.assertFalse(claim._get_appraisers() - self.env.ref("base.user_root"))
        other = self.submit(asset_id=self.asset.id)
        with self.assertRefused("worked out or set by the buttons"):
            other.with_user(self.dealer_manager).approved_by_silence = True
        with self.assertRefused("worked out or set by the buttons"):
            other.with_user(self.dealer_manager).date_review_start = self.now - timedelta(days=99)

    def test_the_setting_is_no_negative_number(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.company.aftersales_claim_silence_days = -1
            self.company.flush_recordset()
