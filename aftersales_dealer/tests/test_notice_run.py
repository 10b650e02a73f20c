from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestNoticeRun(NoticeCommon):
    """Many dealers in one action, each on its own (F09)."""

    def run_for(self, operation, user=None, **values):
        vals = {
            "operation": operation,
            "period_end": self.today,
            "dealer_ids": (self.dealer_a | self.dealer_b).ids,
        }
        runs = self.env["aftersales.notice.run"].with_user(user or self.clerk)
        return runs.create(dict(vals, **values))

    def test_prepare_verify_issue_then_settle(self):
        claims = self.make_claim(10.0) | self.make_claim(20.0, dealer=self.dealer_b)
        claims |= self.make_claim(5.0, currency=self.make_currency("CHF", 0.05, 0.9))
        run = self.run_for("prepare_issue")
        run.action_start()
        self.assertRecordValues(
            run, [{"state": "done", "total_count": 3, "done_count": 3, "progress": 100.0}]
        )
        notices = run.line_ids.notice_id
        self.assertEqual(notices.claim_ids, claims)
        self.assertEqual(set(notices.mapped("state")), {"issued"})
        self.assertEqual(set(notices.mapped("mail_pending")), {True})
        notices.action_confirm(note="Letters")
        settling = self.env["aftersales.notice.run"].with_user(self.accountant)
        run = settling._start("settle", notices.with_user(self.accountant))
        run.action_work_off()
        self.assertEqual(set(notices.mapped("state")), {"settled"})
        self.assertEqual(run.done_count, 3)

    def test_one_failure_leaves_the_others_done_and_is_tried_again(self):
        self.make_claim(10.0, dealer=self.dealer_a)
        self.make_claim(20.0, dealer=self.dealer_b)
        first, second = self.dealer_a, self.dealer_b
        run = self.run_for("prepare")
        run.action_start()
        notices = run.line_ids.notice_id
        notices.action_verify()
        second.action_archive()
        action = notices.action_run_issue()
        run = self.env["aftersales.notice.run"].browse(action["res_id"])
        failed = run.line_ids.filtered(lambda line: line.state == "failed")
        self.assertEqual((failed.dealer_id, run.done_count, run.state), (second, 1, "done"))
        self.assertIn("is archived", failed.message)
        self.assertEqual(failed.notice_id.state, "verified")
        self.assertEqual((run.line_ids - failed).dealer_id, first)
        self.assertEqual((run.line_ids - failed).notice_id.state, "issued")
        second.action_unarchive()
        with self.assertRaises(AccessError):
            run.with_user(self.verifier).action_retry()
        run.with_user(self.clerk).action_retry()
        self.assertRecordValues(run, [{"state": "done", "done_count": 2, "failed_count": 0}])

    def test_unexpected_errors_are_told_too(self):
        self.make_claim(10.0)
        self.make_claim(20.0, dealer=self.dealer_b)
        notices = self.registry["aftersales.notice"]
        original = notices._create_prepared

        def failing(records, vals_list):
            if any(vals["dealer_id"] == self.dealer_b.id for vals in vals_list):
                raise ValueError("Broken dealer")
            return original(records, vals_list)

        self.patch(notices, "_create_prepared", failing)
        run = self.run_for("prepare")
        with mute_logger("odoo.addons.aftersales_dealer.models.aftersales_notice_prepare"):
            run.action_start()
        self.assertEqual((run.done_count, run.failed_count), (1, 1))
        failed = run.line_ids.filtered(lambda line: line.state == "failed")
        self.assertIn("Broken dealer", failed.message)

    def test_stopped_run_goes_on_where_it_was_stopped(self):
        self.make_claim(10.0)
        self.make_claim(20.0, dealer=self.dealer_b)
        run = self.run_for("prepare")
        run._begin(run._get_targets())
        run.action_cancel()
        self.assertEqual(set(run.line_ids.mapped("state")), {"skipped"})
        with self.assertRefused("cannot become a new run"):
            run.action_start()
        run.action_retry()
        self.assertRecordValues(run, [{"state": "done", "done_count": 2, "total_count": 2}])
        with self.assertRefused("cannot become a new run"):
            run.action_start()

    def test_what_fails_does_not_keep_the_jobs_running(self):
        """Counted as left, it would make Odoo run the job again at once, for ever."""
        notice = self.make_notice(self.make_claim(10.0), "verified")
        notice.with_context(aftersales_mail_later=True).action_issue()
        notice._write_past_guard(
            {"silence_confirms": True, "date_confirm_deadline": self.today - timedelta(days=1)}
        )
        model, left = self.registry["aftersales.notice"], []

        def failing(records, *args):
            raise ValueError("Broken")

        def progress(cron, processed=0, *, remaining=None):
            left.append(remaining)
            return 1.0

        self.patch(model, "_send_to_dealer", failing)
        self.patch(model, "_confirm", failing)
        self.patch(self.registry["ir.cron"], "_commit_progress", progress)
        notices = self.env["aftersales.notice"]
        logger = "odoo.addons.aftersales_dealer.models.aftersales_notice_"
        with mute_logger(f"{logger}mail", f"{logger}answer"):
            notices._cron_send_mails()
            notices._cron_confirm_by_silence()
        self.assertEqual((left, notice.state), ([0, 0], "issued"))
        self.assertTrue(notice.mail_pending)

    def test_job_resumes_where_it_was_killed(self):
        for number in range(25):
            dealer = self.dealer_a.copy({"name": f"Dealer {number}", "is_dealer": True})
            self.make_claim(10.0, dealer=dealer)
        run = self.run_for("prepare", dealer_ids=False)
        run.action_start()
        self.assertEqual(run.state, "running")
        self.assertEqual(run.done_count, 0)
        run.sudo()._process(run.sudo()._get_next_lines())
        made = run.line_ids.notice_id
        self.assertEqual(len(made), 20)
        cron = self.env.ref("aftersales_dealer.ir_cron_aftersales_notice_run")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        run.invalidate_recordset()
        self.assertEqual(run.state, "done")
        self.assertEqual(run.done_count, run.total_count)
        self.assertGreater(len(run.line_ids.notice_id), 20)
        self.assertLessEqual(made, run.line_ids.notice_id)

    def test_who_may_and_what_is_refused(self):
        self.make_claim(10.0)
        for operation, user in (
            ("prepare", self.accountant),
            ("prepare_issue", self.dealer_manager),
            ("settle", self.clerk),
        ):
            with self.subTest(operation), self.assertRaises(AccessError), self.cr.savepoint():
                self.run_for(operation, user).action_start()
        with self.assertRaises(AccessError):
            self.run_for("prepare", self.dealer_user)
        run = self.run_for("prepare")
        run.action_cancel()
        with self.assertRefused("cannot become"):
            run.action_start()
        with self.assertRefused("nothing waits"):
            self.run_for("settle", self.accountant).action_start()
        with self.assertRaises(UserError):
            run.state = "done"

    def test_mails_and_reminders_by_the_job(self):
        self.company.aftersales_notice_reminder_days = 3
        notice = self.make_notice(self.make_claim(10.0), "verified")
        notice.with_context(aftersales_mail_later=True).action_issue()
        cron = self.env.ref("aftersales_dealer.ir_cron_aftersales_notice_mail")

        def mailed():
            return notice.message_ids.filtered(lambda m: notice.dealer_id in m.notified_partner_ids)

        self.assertFalse(mailed())
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        notice.invalidate_recordset()
        self.assertFalse(notice.mail_pending)
        self.assertEqual(len(mailed()), 1)
        self.assertTrue(mailed().attachment_ids)
        with freeze_time(notice.date_confirm_deadline - timedelta(days=2)):
            for __ in range(2):  # once only
                self.env["aftersales.notice"].search(
                    self.env["aftersales.notice"]._get_reminder_domain()
                )._send_reminder()
                notice._write_past_guard({"date_reminded": self.today})
        self.assertEqual(len(mailed()), 2)
        self.assertIn("no answer yet", mailed()[0].body)
