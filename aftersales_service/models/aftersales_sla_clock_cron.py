import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain

_logger = logging.getLogger(__name__)

RETRY_AFTER = timedelta(hours=1)


class AftersalesSlaClock(models.Model):
    """What happens when time goes by: warnings, breaches, the ladder of escalation (S04, S07)."""

    _inherit = "aftersales.sla.clock"

    def _get_done_steps(self):
        """Return the set of (clock id, step id) that were taken already."""
        runs = (
            # Users who are no managers may not read steps taken; just their ids are compared.
            self.env["aftersales.sla.escalation.run"]
            .sudo()
            .search_fetch([("clock_id", "in", self.ids)], ["clock_id", "escalation_id"])
        )
        return {(run.clock_id.id, run.escalation_id.id) for run in runs}

    def _get_step_date(self, step):
        """Return when ``step`` is due for the clock, False when it is not due at all as things
        stand.
        """
        self.ensure_one()
        if step.trigger == "warning":
            return self.date_warning
        breach = self.date_breached or self.date_deadline
        return breach and breach + timedelta(
            hours=step.delay_hours if step.trigger == "after" else 0
        )

    def _schedule_next_action(self):
        """Set when each clock is looked at next: warning, breach or the next step not taken yet."""
        done = self._get_done_steps()
        for clock in self:
            dates = []
            if clock.state == "running":
                dates = [clock.date_deadline] + ([] if clock.date_warned else [clock.date_warning])
            elif clock.is_open and clock.state == "breached":
                dates = [
                    clock._get_step_date(step)
                    for step in clock.target_id.escalation_ids
                    if step.trigger != "warning" and (clock.id, step.id) not in done
                ]
            clock.date_next_action = min(filter(None, dates), default=False)

    @api.model
    def _get_due_domain(self):
        """Domain of the clocks that have to be looked at now."""
        return Domain("date_next_action", "<=", fields.Datetime.now())

    @api.model
    def _cron_escalate(self, batch_size=200):
        """Mark warnings and breaches that are due, take the steps of escalation, tell people once
        (S04).
        """
        domain = self._get_due_domain()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        while found := self.search(domain, limit=batch_size, order="date_next_action, id"):
            # A clock that another process works on is taken in the next run.
            clocks = found.try_lock_for_update()
            if clocks:
                clocks._run_due_safely()
            if not cron._commit_progress(len(clocks)) or not clocks:
                break
        self.env["aftersales.sla.escalation.run"]._send_digests()

    def _run_due_safely(self):
        """Run what is due for all clocks; when that fails, for each on its own."""
        try:
            with self.env.cr.savepoint():
                self._run_due()
            return
        except Exception:
            _logger.info(
                "SLA escalation of %s clocks failed together, they are run one by one.", len(self)
            )
        self.env.invalidate_all(flush=False)
        for clock in self:
            try:
                with self.env.cr.savepoint():
                    clock._run_due()
            except Exception as error:
                self.env.invalidate_all(flush=False)
                _logger.exception("SLA escalation of clock %s failed.", clock.id)
                clock.write(
                    {
                        "last_error": str(error),
                        "date_next_action": fields.Datetime.now() + RETRY_AFTER,
                    }
                )

    def _run_due(self):
        """Warn, break and escalate what is due now. Queries do not grow with the clocks."""
        now = fields.Datetime.now()
        warned = self.filtered(
            lambda c: (
                c.state == "running"
                and not c.date_warned
                and c.date_warning
                and c.date_warning <= now
            )
        )
        if warned:
            warned.write({"date_warned": now})
            warned._log("warning", now)
        self.filtered(lambda c: c.state == "running" and c.date_deadline <= now)._mark_breached(now)
        self._take_steps(now)
        self.filtered("last_error").write({"last_error": False})
        self._schedule_next_action()

    def _mark_breached(self, now):
        """The deadlines went by."""
        for clock in self:
            clock.write({"state": "breached", "date_breached": clock.date_deadline})
        if self:
            self._log("breach", now)

    def _take_steps(self, now):
        """Take the steps of the ladder that are due: each once (unique index)."""
        done = self._get_done_steps()
        due = [
            (clock, step)
            for clock in self
            if clock.is_open and clock.state != "paused"
            for step in clock.target_id.escalation_ids
            if (clock.id, step.id) not in done
            and (step.trigger == "warning" and clock.date_warned or clock.state == "breached")
            and clock._get_step_date(step) <= now
        ]
        if not due:
            return
        managers = self._get_managers()
        vals_list = []
        for clock, step in due:
            users = step._get_recipients(clock.ticket_id, managers[clock.company_id])
            vals_list.append(
                {
                    "clock_id": clock.id,
                    "escalation_id": step.id,
                    "date": now,
                    "user_ids": [Command.set(users.ids)],
                    "pending_user_ids": [Command.set(users.ids)],
                }
            )
        # Nobody has the right to make these: they are the evidence of what was escalated.
        runs = self.env["aftersales.sla.escalation.run"].sudo().create(vals_list)
        runs._apply_to_tickets()

    def _get_managers(self):
        """Return {company: service managers, else administrators of after-sales}."""
        result = {}
        for company in self.company_id:
            for name in ("manager", "admin"):
                # The members are users of any company; those of the clock's own are picked below.
                group = self.env.ref(f"aftersales_service.group_aftersales_{name}").sudo()
                users = group.all_user_ids.filtered(
                    lambda u, company=company: u.active and company in u.company_ids
                )
                named = users.filtered(lambda u: u.id != self.env.ref("base.user_root").id)
                # Administrators are managers by the ladder of groups; they are told when nobody
                # else is there.
                plain = named.filtered(lambda u: not u.has_group("base.group_system"))
                result[company] = plain or named
                if result[company]:
                    break
        return result
