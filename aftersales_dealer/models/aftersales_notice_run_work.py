from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .aftersales_notice_run import CHUNK


class AftersalesNoticeRun(models.Model):
    """What a run does for its dealers (F09)."""

    _inherit = "aftersales.notice.run"

    @api.model
    def _cron_work_off(self):
        """Go on with the runs that are running, in the order they were started."""
        for run in self.search([("state", "=", "running")], order="id"):
            run._work_off()

    def _work_off(self):
        """Do the waiting lines chunk by chunk; in a job, commit after each and stop in time."""
        cron, by_job = self.env["ir.cron"], bool(self.env.context.get("cron_id"))
        for run in self.sudo():  # lines are the record of what the run does
            while lines := run._get_next_lines():
                run._process(lines - run._fail_unready(lines))
                if by_job and not cron._commit_progress(len(lines), remaining=run._count_left()):
                    return
            if run.state == "running" and not run._count_left():
                run._end()

    def _work_off_if_short(self):
        """Do a short run at once; a long one is the job's."""
        if self.total_count <= CHUNK:
            self._work_off()

    def _get_next_lines(self):
        """Return the next waiting lines that nobody else works on, locked."""
        domain = [("run_id", "=", self.id), ("state", "=", "pending")]
        if self.state != "running":
            return self.line_ids.browse()
        return (
            self.env["aftersales.notice.run.line"]
            .search(domain, limit=CHUNK, order="id")
            .try_lock_for_update()
        )

    def _count_left(self):
        return self.env["aftersales.notice.run.line"].search_count(
            [("run_id", "=", self.id), ("state", "=", "pending")]
        )

    def _end(self):
        """Close the run and tell who started it."""
        self._set_state("done", date_ended=fields.Datetime.now())
        self.message_post(
            body=self.env._(
                "%(done)s done, %(failed)s failed.", done=self.done_count, failed=self.failed_count
            ),
            partner_ids=self.user_id.partner_id.ids if self.total_count > CHUNK else [],
        )

    def _fail_unready(self, lines):
        """Return the lines that cannot be posted, marked as failed: found before the work."""
        unready = lines.browse()
        if self.operation == "settle":
            for line in lines:
                try:
                    line.notice_id._ensure_ready(self.date)
                except UserError as error:
                    line.write({"state": "failed", "message": str(error)})
                    unready |= line
        return unready

    def _process(self, lines):
        """Do ``lines`` together; when that fails halve them until the culprit is found."""
        if not lines:
            return
        try:
            with self.env.cr.savepoint():
                self._execute(lines)
                return
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # Somebody changed them since this transaction began: only a new one can see it.
            message = self.env._("Somebody else was working on it. Try again.")
            lines.write({"state": "failed", "message": message})
            return
        except Exception as error:  # pylint: disable=broad-except
            self.env.invalidate_all(flush=False)
            if len(lines) == 1:
                message = self.env["aftersales.notice"]._get_failure(error)
                lines.write({"state": "failed", "message": message})
                return
        half = len(lines) // 2
        self._process(lines[:half])
        self._process(lines[half:])

    def _execute(self, lines):
        """Take the step of the run for the dealers of ``lines``, in the name of its user."""
        user = self.user_id
        run = self.with_user(user).with_company(self.company_id).with_context(lang=user.lang)
        lines = lines.with_env(run.env)
        notices = lines.notice_id
        if self.operation.startswith("prepare"):
            notices = run._prepare_notices(lines)
        if self.operation in ("verify", "prepare_issue") and notices:
            notices.action_verify()
        if self.operation in ("issue", "prepare_issue") and notices:
            notices.with_context(aftersales_mail_later=True).action_issue()
        if self.operation == "settle":
            notices.action_settle(date=self.date)
        self.env.flush_all()
        done = lines.filtered("notice_id").sudo()  # lines are the record of what the run does
        done.write({"state": "done", "message": False})
        # As above.
        (lines.sudo() - done).write(
            {"state": "skipped", "message": self.env._("Nothing waits for a notice any more.")}
        )

    def _prepare_notices(self, lines):
        """Make the draft notices of ``lines`` and note which line got which."""
        notices = self.env["aftersales.notice"]
        by_key = {(line.dealer_id.id, line.currency_id.id): line for line in lines}
        vals_list = [
            vals
            for vals in notices._prepare_notices_vals(
                self.period_start,
                self.period_end,
                lines.dealer_id,
                self.company_id,
                lines.currency_id,
            )
            if (vals["dealer_id"], vals["currency_id"]) in by_key
        ]
        notices = notices._create_prepared(vals_list) if vals_list else notices
        for notice in notices:
            # Lines are the record of what the run does: no user writes them.
            by_key[notice.dealer_id.id, notice.currency_id.id].sudo().notice_id = notice
        return notices
