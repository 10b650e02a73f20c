from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestNoticeFlow(NoticeCommon):
    def test_every_cut_is_explained_to_the_dealer(self):
        """Also what a check or the appraisal cut, and what others pay, has its reason."""
        claim = self.make_claim((100.0, 80.0), (60.0, 60.0))
        cut, shared = claim.line_ids
        cut._write_past_guard({"reason": False, "appraisal_reason": "Cut by: Distance"})
        shared._write_past_guard({"share_dealer": 50.0})
        notice = self.make_notice(claim)
        reasons = {line.claim_line_id: line._get_cut_reason() for line in notice.line_ids}
        self.assertEqual(reasons[cut], "Cut by: Distance")
        self.assertIn("50 %", reasons[shared])
        remarks = notice.line_ids.filtered(lambda line: line.claim_line_id == cut).remark
        self.assertIn("Cut by: Distance", remarks)

    def test_prepare_groups_by_dealer_and_is_idempotent(self):
        claims = self.make_claim(100.0, (80.0, 50.0)) | self.make_claim(30.0)
        other = self.make_claim(70.0, dealer=self.dealer_b)
        draft = self.make_claim(10.0, state="submitted")
        notices, failures = (
            self.env["aftersales.notice"]
            .with_user(self.clerk)
            ._prepare_for_claims(False, self.today, self.dealer_a | self.dealer_b)
        )
        self.assertFalse(failures)
        self.assertEqual(notices.dealer_id, self.dealer_a | self.dealer_b)
        notice = notices.filtered(lambda n: n.dealer_id == self.dealer_a)
        self.assertEqual(notice.claim_ids, claims)
        self.assertRecordValues(
            notice,
            [
                {
                    "amount_claimed": 210.0,
                    "amount_approved": 180.0,
                    "amount_total": 180.0,
                    "state": "draft",
                }
            ],
        )
        self.assertEqual(set((claims | other).mapped("state")), {"noticed"})
        self.assertEqual(draft.state, "submitted")
        again, __ = (
            self.env["aftersales.notice"]
            .with_user(self.clerk)
            ._prepare_for_claims(False, self.today, self.dealer_a | self.dealer_b)
        )
        self.assertFalse(again)

    def test_prepare_leaves_later_repairs(self):
        claim = self.make_claim(10.0, date_repair=self.today - timedelta(days=1))
        notices, __ = self.env["aftersales.notice"]._prepare_for_claims(
            False, self.today - timedelta(days=2), self.dealer_a
        )
        self.assertFalse(notices)
        self.assertEqual(claim.state, "approved")

    def test_one_dealers_failure_keeps_the_others(self):
        self.make_claim(10.0)
        self.make_claim(20.0, dealer=self.dealer_b)
        notices_class = self.registry["aftersales.notice"]
        original = notices_class._create_prepared

        def failing(records, vals_list):
            if any(vals["dealer_id"] == self.dealer_b.id for vals in vals_list):
                raise ValueError("Broken dealer")
            return original(records, vals_list)

        self.patch(notices_class, "_create_prepared", failing)
        with self.assertLogs("odoo.addons.aftersales_dealer", "ERROR") as logs:
            notices, failures = self.env["aftersales.notice"]._prepare_for_claims(
                False, self.today, self.dealer_a | self.dealer_b
            )
            self.assertEqual(notices.dealer_id, self.dealer_a)
        self.assertEqual(len(logs.output), 1, "for whoever mends it")
        self.assertEqual(len(failures), 1)
        self.assertRegex(failures[0], "Test Dealer B: Unexpected error: Broken dealer")

    def test_prepare_costs_no_query_per_claim(self):
        for __ in range(3):
            self.make_claim(10.0, 20.0)
        self.env.flush_all()
        self.env.invalidate_all()
        notices = self.env["aftersales.notice"].with_user(self.clerk)
        with self.assertQueryCount(50):
            notices._prepare_for_claims(False, self.today, self.dealer_a)
        for __ in range(15):
            self.make_claim(10.0, 20.0)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(50):
            notices._prepare_for_claims(False, self.today, self.dealer_a)

    def test_wizard_prepares_and_says_when_there_is_nothing(self):
        self.make_claim(10.0)
        wizard = (
            self.env["aftersales.notice.prepare"]
            .with_user(self.clerk)
            .create(
                {"dealer_ids": self.dealer_a.ids, "period_start": False, "period_end": self.today}
            )
        )
        self.assertEqual((wizard.claim_count, wizard.dealer_count), (1, 1))
        action = wizard.action_prepare()
        self.assertEqual(
            self.env["aftersales.notice"].search(action["domain"]).dealer_id, self.dealer_a
        )
        with self.assertRaisesRegex(UserError, "waits for a notice"):
            wizard.action_prepare()
        with self.assertRaises(AccessError):
            wizard.with_user(self.dealer_user).create({})

    def test_claim_line_never_in_two_live_notices(self):
        notice = self.make_notice(self.make_claim(10.0))
        line = notice.line_ids
        other = self.env["aftersales.notice"].create(
            {"dealer_id": self.dealer_a.id, "period_end": self.today}
        )
        vals = {
            "notice_id": other.id,
            "claim_id": line.claim_id.id,
            "claim_line_id": line.claim_line_id.id,
            "name": "Twice",
            "amount_claimed": 10.0,
            "amount_approved": 10.0,
            "amount": 10.0,
        }
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["aftersales.notice.line"].create(vals)
        notice.action_cancel(reason="Wrong period")
        self.assertEqual(line.claim_id.state, "approved")
        self.env["aftersales.notice.line"].create(vals)

    def test_line_of_another_dealer_is_refused(self):
        claim = self.make_claim(10.0, dealer=self.dealer_b)
        notice = self.env["aftersales.notice"].create(
            {"dealer_id": self.dealer_a.id, "period_end": self.today}
        )
        with self.assertRaisesRegex(ValidationError, "another dealer"):
            self.env["aftersales.notice.line"].create(
                {
                    "notice_id": notice.id,
                    "claim_id": claim.id,
                    "claim_line_id": claim.line_ids.id,
                    "name": "Foreign",
                    "amount_approved": 10.0,
                    "amount": 10.0,
                }
            )

    def test_verifier_lowers_with_reason_and_never_raises(self):
        notice = self.make_notice(self.make_claim(100.0))
        line = notice.line_ids
        with self.assertRaisesRegex(ValidationError, "Reason for the Cut"):
            line.amount = 90.0
        with self.assertRaisesRegex(ValidationError, "more than the approved"):
            line.write({"amount": 100.01, "reason": "More"})
        with self.assertRaisesRegex(ValidationError, "negative"):
            line.write({"amount": -1.0, "reason": "Less"})
        line.write({"amount": 90.0, "reason": "Receipt says 90"})
        self.assertEqual(notice.amount_total, 90.0)
        self.assertTrue(
            any("Receipt says 90" in body for body in notice.message_ids.mapped("body"))
        )
        notice.action_verify()
        self.assertRecordValues(notice, [{"state": "verified", "verified_by_id": self.clerk.id}])
        self.assertTrue(line.verified)

    def test_verification_needs_role_and_another_person(self):
        notice = self.make_notice(self.make_claim(100.0, approver=self.clerk))
        for user in (self.dealer_user, self.appraiser, self.accountant):
            with self.assertRaises(AccessError):
                notice.with_user(user).action_verify()
            with self.assertRaises(AccessError):
                notice.line_ids.with_user(user).write({"amount": 50.0, "reason": "No right"})
        with self.assertRaisesRegex(UserError, "somebody else has to verify"):
            notice.action_verify()
        with self.assertRaisesRegex(UserError, "somebody else has to verify"):
            notice.line_ids.write({"amount": 50.0, "reason": "Own claim"})
        self.company.aftersales_same_user_verify = True
        notice.action_verify()
        self.assertEqual(notice.state, "verified")

    def test_issue_numbers_freezes_and_mails_in_the_dealers_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.dealer_a.lang = "es_ES"
        notice = self.make_notice(self.make_claim(100.0), "verified")
        self.assertEqual(notice.name, "/")
        with self.assertRaises(AccessError):
            notice.with_user(self.dealer_user).action_issue()
        notice.action_issue()
        self.assertRegex(notice.name, r"^FVN/\d{4}/\d{5}$")
        self.assertRecordValues(
            notice,
            [
                {
                    "state": "issued",
                    "version": 1,
                    "date_confirm_deadline": self.today + timedelta(days=15),
                }
            ],
        )
        message = notice.message_ids.filtered(lambda m: self.dealer_a in m.partner_ids)
        self.assertEqual(len(message), 1)
        self.assertEqual(len(message.attachment_ids), 1)
        for values in ({"amount": 1.0, "reason": "Late"}, {"amount_approved": 1.0}, {"name": "x"}):
            with self.assertRaises(UserError):
                notice.line_ids.write(values)
        with self.assertRaises(UserError):
            notice.period_end = self.today + timedelta(days=9)
        with self.assertRaises(UserError):
            notice.line_ids.unlink()
        with self.assertRaises(UserError):
            notice.unlink()

    def test_wrong_order_is_refused(self):
        notice = self.make_notice(self.make_claim(100.0))
        for refused in ("action_issue", "action_settle", "action_correct"):
            with self.assertRaises(UserError):
                getattr(
                    notice.with_user(self.accountant if "settle" in refused else self.clerk),
                    refused,
                )()
        with self.assertRaises(UserError):
            notice.action_confirm(note="Too early")
        with self.assertRaises(UserError):
            notice.action_dispute(reason="Too early")
        with self.assertRaises(UserError):
            notice.state = "confirmed"
        self.assertEqual(notice.state, "draft")
        with self.assertRaises(UserError):
            self.env["aftersales.notice"].with_user(self.clerk).create(
                {"dealer_id": self.dealer_a.id, "state": "confirmed"}
            )

    def test_period_that_ends_before_it_starts_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "before it starts"):
            self.env["aftersales.notice"].create(
                {
                    "dealer_id": self.dealer_a.id,
                    "period_start": self.today,
                    "period_end": self.today - timedelta(1),
                }
            )

    def test_dealer_confirms_its_own_only(self):
        notice = self.make_notice(self.make_claim(100.0), "issued")
        for stranger in (self.portal_b, self.portal_customer):
            with self.assertRaises(AccessError):
                notice.with_user(stranger).action_confirm()
            with self.assertRaises(AccessError):
                notice.with_user(stranger).read(["name"])
            self.assertFalse(self.env["aftersales.notice"].with_user(stranger).search([]))
            self.assertFalse(self.env["aftersales.notice.line"].with_user(stranger).search([]))
        with self.assertRaisesRegex(UserError, "reason or a note"):
            notice.action_confirm()
        notice.with_user(self.portal_a).action_confirm()
        self.assertRecordValues(
            notice,
            [
                {
                    "state": "confirmed",
                    "confirm_method": "portal",
                    "confirmed_by_id": self.portal_a.id,
                }
            ],
        )
        with self.assertRaises(UserError):
            notice.with_user(self.portal_a).action_dispute(reason="Changed my mind")

    def test_portal_sees_nothing_before_issue(self):
        notice = self.make_notice(self.make_claim(100.0), "verified")
        with self.assertRaises(AccessError):
            notice.with_user(self.portal_a).read(["name"])
        with self.assertRaises(AccessError):
            notice.with_user(self.portal_a).write({"dispute_reason": "x"})

    def test_amount_in_words_where_there_are_words(self):
        """Odoo prints English words where it has none of the language: better none (F02)."""
        notice = self.make_notice(self.make_claim(100.0))
        for code in ("es_ES", "zh_CN"):
            self.env["res.lang"]._activate_lang(code)
        self.assertIn("Cien", notice.with_context(lang="es_ES")._get_amount_in_words())
        self.assertFalse(notice.with_context(lang="zh_CN")._get_amount_in_words())

    def test_dispute_correct_and_reissue(self):
        notice = self.make_notice(self.make_claim(100.0, 60.0))
        line, other = notice.line_ids
        line.write({"amount": 80.0, "reason": "No receipt"})
        notice.action_verify()
        notice.action_issue()
        number = notice.name
        with self.assertRaisesRegex(UserError, "Say why"):
            notice.with_user(self.portal_a).action_dispute()
        with self.assertRaisesRegex(UserError, "does not belong"):
            notice.with_user(self.portal_a).action_dispute(line_reasons={0: "x"})
        notice.with_user(self.portal_a).action_dispute(
            line_reasons={str(line.id): "Receipt sent in May"}
        )
        self.assertEqual(notice.state, "disputed")
        self.assertRecordValues(line | other, [{"disputed": True}, {"disputed": False}])
        self.assertTrue(notice.activity_ids)
        notice.action_correct()
        self.assertFalse(notice.activity_ids, "the dispute is answered")
        line.write({"amount": 100.0, "reason": False})
        notice.action_issue()
        self.assertRecordValues(
            notice,
            [
                {
                    "state": "issued",
                    "version": 2,
                    "name": number,
                    "amount_total": 160.0,
                    "dispute_reason": False,
                }
            ],
        )
        self.assertFalse(line.disputed)
        self.assertEqual(len(notice.message_ids.attachment_ids), 2)

    def test_dispute_upheld(self):
        notice = self.make_notice(self.make_claim(100.0), "issued")
        notice.with_user(self.portal_a).action_dispute(reason="Too little")
        with self.assertRaisesRegex(UserError, "reason or a note"):
            notice.action_uphold()
        notice.action_uphold(reason="As agreed in § 4")
        self.assertRecordValues(notice, [{"state": "issued", "version": 1, "amount_total": 100.0}])
        self.assertFalse(notice.activity_ids, "the dispute is answered")

    def test_silence_confirms_only_where_agreed(self):
        self.agreement_a._write_past_guard({"silence_confirms": True})
        silent = self.make_notice(self.make_claim(100.0), "issued")
        other = self.make_notice(self.make_claim(100.0, dealer=self.dealer_b), "issued")
        cron = self.env.ref("aftersales_dealer.ir_cron_aftersales_notice_silence")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(silent.state, "issued")
        with freeze_time(self.today + timedelta(days=16)), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        (silent | other).invalidate_recordset()
        self.assertRecordValues(
            silent | other,
            [
                {"state": "confirmed", "confirm_method": "silence"},
                {"state": "issued", "confirm_method": False},
            ],
        )

    def test_other_company_sees_nothing(self):
        notice = self.make_notice(self.make_claim(100.0), "issued")
        self.assertFalse(self.env["aftersales.notice"].with_user(self.foreign_manager).search([]))
        with self.assertRaises(AccessError):
            notice.with_user(self.foreign_manager).read(["name"])

    def test_cancel_gives_claims_back(self):
        claim = self.make_claim(100.0)
        notice = self.make_notice(claim, "issued")
        with self.assertRaisesRegex(UserError, "reason or a note"):
            notice.action_cancel()
        notice.action_cancel(reason="Wrong dealer")
        self.assertEqual(claim.state, "approved")
        self.assertEqual(self.make_notice(claim).claim_ids, claim)

    def test_a_claim_leaves_a_draft_as_a_whole(self):
        claim, other = self.make_claim(100.0, 50.0), self.make_claim(10.0)
        notice = self.make_notice(claim | other)
        lines = notice.line_ids.filtered(lambda line: line.claim_id == claim)
        with self.assertRaisesRegex(UserError, "as a whole"):
            lines[0].unlink()
        lines[0].action_remove_claim()
        self.assertEqual(notice.claim_ids, other)
        self.assertEqual((claim | other).mapped("state"), ["approved", "noticed"])
        notice.action_verify()
        with self.assertRaisesRegex(UserError, "being verified"):
            notice.line_ids.action_remove_claim()

    def test_claims_that_are_not_approved_or_not_complete_are_refused(self):
        notice = self.env["aftersales.notice"].with_user(self.clerk)
        notice = notice.create({"dealer_id": self.dealer_a.id, "period_end": self.today})
        claims = self.make_claim(10.0, state="submitted"), self.make_claim(10.0, 20.0)
        vals_list = [
            {
                "notice_id": notice.id,
                "claim_id": claim.id,
                "claim_line_id": claim.line_ids[0].id,
                "name": "By hand",
                "amount_claimed": 10.0,
                "amount_approved": 10.0,
                "amount": 10.0,
            }
            for claim in claims
        ]
        lines = self.env["aftersales.notice.line"].with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "only approved claims"), self.env.cr.savepoint():
            lines.create(vals_list[0])
        lines.create(vals_list[1])
        with self.assertRaisesRegex(UserError, "lacks the line"):
            notice.action_verify()

    def test_deleting_a_draft_gives_claims_back(self):
        claim = self.make_claim(100.0)
        self.make_notice(claim).unlink()
        self.assertEqual(claim.state, "approved")
