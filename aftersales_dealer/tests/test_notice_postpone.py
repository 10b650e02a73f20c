from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestNoticePostpone(NoticeCommon):
    """A disputed line leaves the notice for the next one; the rest is settled now (F02)."""

    def setUp(self):
        super().setUp()
        self.claim = self.make_claim(70.0, 30.0)
        self.charge = self.make_charge(-20.0)
        self.notice = self.make_notice(self.claim, "issued")
        self.kept, self.disputed = self.notice.line_ids.filtered("claim_id")

    def test_dealer_agrees_with_the_rest(self):
        self.notice.with_user(self.portal_a).action_dispute(
            line_reasons={self.disputed.id: "Two trips, not one"}, settle_rest=True
        )
        self.assertRecordValues(
            self.notice,
            [{"state": "confirmed", "version": 2, "amount_total": 50.0, "amount_postponed": 30.0}],
        )
        self.assertRecordValues(
            self.disputed, [{"live": False, "amount": 0.0, "dispute_reason": "Two trips, not one"}]
        )
        self.assertEqual(self.claim.state, "approved")
        self.notice.with_user(self.accountant).action_settle()
        self.assert_ties(self.notice)
        self.assertEqual((self.claim.state, self.charge.state), ("approved", "settled"))
        self.assertEqual(self.claim.line_ids.mapped("amount_settled"), [70.0, 0.0])
        # The next notice has the disputed line only, and says why it was left out.
        later = self.make_notice(self.claim)
        self.assertEqual(later.line_ids.claim_line_id, self.disputed.claim_line_id)
        self.assertEqual(later.amount_total, 30.0)
        self.assertEqual(later.line_ids.carried_from_id, self.disputed)
        self.assertIn("Two trips", later.line_ids.remark)
        self.assertEqual(self.claim.state, "noticed")
        later.action_verify()
        later.action_issue()
        later.action_confirm(note="Letter")
        later.with_user(self.accountant).action_settle()
        self.assertRecordValues(self.claim, [{"state": "settled", "amount_settled": 100.0}])
        # Reversing the first opens its line only.
        self.notice.with_user(self.accountant).action_reverse(reason="Wrong")
        self.assertEqual(self.claim.state, "approved")
        again = self.make_notice(self.claim)
        self.assertEqual(again.line_ids.claim_line_id, self.kept.claim_line_id)

    def test_verifier_leaves_disputed_lines_out(self):
        self.notice.with_user(self.portal_a).action_dispute(line_reasons={self.disputed.id: "No"})
        self.assertEqual(self.notice.state, "disputed")
        with self.assertRaises(AccessError):
            self.notice.with_user(self.dealer_user).action_postpone_disputed()
        self.notice.with_user(self.dealer_manager).action_postpone_disputed()
        self.assertRecordValues(
            self.notice, [{"state": "issued", "version": 2, "amount_total": 50.0}]
        )
        self.notice.with_user(self.portal_a).action_confirm()
        self.assertEqual(self.notice.state, "confirmed")

    def test_a_charge_is_disputed_and_comes_again(self):
        line = self.notice.line_ids.filtered("charge_id")
        self.notice.with_user(self.portal_a).action_dispute(
            line_reasons={line.id: "Not agreed"}, settle_rest=True
        )
        self.assertEqual((self.charge.state, self.notice.amount_total), ("approved", 100.0))
        self.assertEqual(self.make_notice(self.charge).line_ids.charge_id, self.charge)

    def test_what_cannot_leave(self):
        everything = dict.fromkeys(self.notice.line_ids.ids, "All wrong")
        with self.assertRefused("no line would be left"):
            self.notice.with_user(self.portal_a).action_dispute(
                line_reasons=everything, settle_rest=True
            )
        with self.assertRefused("which lines you dispute"):
            self.notice.with_user(self.portal_a).action_dispute(reason="All", settle_rest=True)
        self.assertEqual(self.notice.state, "issued")
        self.notice.with_user(self.portal_a).action_dispute(reason="All of it")
        with self.assertRefused("disputed as a whole"):
            self.notice.action_postpone_disputed()
        with self.assertRefused("while .*it is verified|only while"):
            self.disputed.action_postpone()
        with self.assertRaises(AccessError):
            self.notice.with_user(self.portal_b).action_dispute(
                line_reasons={self.kept.id: "Mine"}, settle_rest=True
            )

    def test_verifier_leaves_a_line_while_verifying(self):
        claim = self.make_claim(10.0, 5.0, dealer=self.dealer_b)
        notice = self.make_notice(claim)
        notice.line_ids[1].action_postpone()
        notice.action_verify()
        self.assertEqual((notice.amount_total, claim.state), (10.0, "approved"))
        with self.assertRefused("partly in"):
            claim._ensure_in_no_notice()

    def test_clerk_records_a_letter_that_disputes_lines(self):
        action = self.env["aftersales.notice.decide"].with_user(self.clerk)
        with Form(action.with_context(active_ids=self.notice.ids, default_step="dispute")) as form:
            form.line_ids.add(self.disputed)
            form.settle_rest = True
            form.reason = "Letter of the 3rd"
        form.record.action_apply()
        self.assertEqual(self.notice.state, "confirmed")
        self.assertEqual(self.disputed.dispute_reason, "Letter of the 3rd")


@tagged("post_install", "-at_install")
class TestNoticeCheck(NoticeCommon):
    """Finance checks line by line (F01)."""

    def test_remarks_and_what_is_clean(self):
        claim = self.make_claim(10.0, (8.0, 5.0), 3.0)
        claim.line_ids[0]._write_past_guard({"return_state": "missing"})
        notice = self.make_notice(claim)
        claim.photo_ids = self.env["ir.attachment"].create({"name": "Receipt"})
        missing, cut, clean = notice.line_ids
        self.assertIn("Missing", missing.remark)
        self.assertIn("less than claimed", cut.remark)
        self.assertFalse(clean.remark)
        self.assertEqual(clean.receipt_count, 1)
        lines = self.env["aftersales.notice.line"].with_user(self.clerk)
        own = [("notice_id", "=", notice.id)]
        self.assertEqual(lines.search([*own, ("has_remark", "=", True)]), missing + cut)
        with self.assertRaises(AccessError):
            notice.with_user(self.appraiser).action_check_clean()
        notice.action_check_clean()
        self.assertEqual(notice.line_ids.filtered("verified"), clean)
        self.assertEqual((notice.checked_count, notice.line_count), (1, 3))
        self.company.aftersales_verify_each_line = True
        with self.assertRefused("2 lines were not checked"):
            notice.action_verify()
        (missing + cut).with_user(self.clerk).action_check()
        notice.action_verify()
        self.assertEqual(notice.state, "verified")

    def test_hundreds_of_lines_cost_few_queries(self):
        claims = self.env["aftersales.claim"]
        for __ in range(20):
            claims |= self.make_claim(10.0, 5.0, 1.0)
        notice = self.make_notice(claims)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(40):
            notice.line_ids.mapped("remark")
            notice.line_ids.mapped("part_verdict")
            notice.action_check_clean()
