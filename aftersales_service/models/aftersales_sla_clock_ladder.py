from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Command


class AftersalesSlaClock(models.Model):
    """How a clock climbs the ladder of its target: which step is due when, and for whom (S04)."""

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

    def _get_step_dates(self, done=(), fresh=False):
        """Return {clock: {step: when it is due}} for the steps that are not among ``done``.

        Shares of the promised time and hours of work are solved in one go for all clocks; a ladder
        that has neither costs no query.

        :param done: set of (clock id, step id)
        :param fresh: whether the clocks have just started, and none ever paused
        """
        dates, asked = {clock: {} for clock in self}, []
        for clock in self:
            breach = clock.date_breached or clock.date_deadline
            for step in clock.target_id.escalation_ids:
                if (clock.id, step.id) in done or not breach:
                    continue
                promise = step._get_step_promise(clock)
                if promise:
                    asked.append((clock, step, promise))
                else:
                    dates[clock][step] = step._get_plain_date(clock, breach)
        if asked:
            shares = self.browse(
                {clock.id for clock, step, _promise in asked if step.trigger == "percent"}
            )
            pauses = dict.fromkeys(shares, []) if fresh else shares._get_pauses()
            moments = self.env["aftersales.sla.hours"]._get_moments(
                [
                    (promise, clock.date_start, pauses[clock])
                    if step.trigger == "percent"
                    else (promise, clock.date_breached or clock.date_deadline, [])
                    for clock, step, promise in asked
                ]
            )
            for (clock, step, _promise), moment in zip(asked, moments, strict=True):
                _hours, deadline, share = moment
                dates[clock][step] = share if step.trigger == "percent" else deadline
        return dates

    def _schedule_next_action(self, fresh=False):
        """Set when each clock is looked at next: warning, breach or the next step not taken yet.

        :param fresh: whether the clocks have just started: nothing is to be read of their past
        """
        idle = self.filtered(lambda c: not c.is_open or c.state == "paused")
        changes = {c: {"date_next_action": False} for c in idle if c.date_next_action}
        clocks = self - idle
        laddered = clocks.filtered(lambda c: c.target_id.escalation_ids)
        done = laddered._get_done_steps() if laddered and not fresh else set()
        dates = laddered._get_step_dates(done, fresh)
        for clock in clocks:
            due = list(dates.get(clock, {}).values())
            if clock.state == "running":
                # What comes after the breach is found when the breach is.
                due = [date for date in due if date and date < (clock.date_deadline or date)]
                due += [clock.date_deadline, not clock.date_warned and clock.date_warning]
            date = min(filter(None, due), default=False)
            if clock.date_next_action != date:
                changes[clock] = {"date_next_action": date}
        self._update_rows(changes)

    def _take_steps(self, now):
        """Take the steps of the ladder that are due: each once (unique index)."""
        clocks = self.filtered(
            lambda c: c.is_open and c.state != "paused" and c.target_id.escalation_ids
        )
        dates = clocks._get_step_dates(clocks._get_done_steps()) if clocks else {}
        due = [
            (clock, step)
            for clock, steps in dates.items()
            for step, date in steps.items()
            if date and date <= now
        ]
        if not due:
            return
        recipients = self.env["aftersales.sla.escalation"]._get_told_users(due)
        # Nobody has the right to make these: they are the evidence of what was escalated.
        runs = (
            self.env["aftersales.sla.escalation.run"]
            .sudo()
            .create(
                [
                    {
                        "clock_id": clock.id,
                        "escalation_id": step.id,
                        "date": now,
                        "user_ids": [Command.set(recipients[clock, step].ids)],
                        "pending_user_ids": [
                            Command.set(recipients[clock, step].ids if step.send_digest else [])
                        ],
                    }
                    for clock, step in due
                ]
            )
        )
        runs._apply_to_documents()

    def _skip_passed_steps(self, steps):
        """New ``steps`` whose share of the time is over already are not climbed any more: nobody
        is flooded with warnings about the past when a ladder gets another rung.
        """
        now, done = fields.Datetime.now(), self._get_done_steps()
        # As in ``_take_steps``: the evidence says that the step was left out.
        self.env["aftersales.sla.escalation.run"].sudo().create(
            [
                {"clock_id": clock.id, "escalation_id": step.id, "date": now, "skipped": True}
                for clock, dates in self._get_step_dates(done).items()
                for step, date in dates.items()
                if step in steps and step.trigger in ("percent", "warning") and date and date <= now
            ]
        )

    @api.model
    def _get_managers(self, companies):
        """Return {company: service managers, else administrators of after-sales}."""
        root = self.env.ref("base.user_root")
        found = defaultdict(root.browse)
        for name in ("manager", "admin"):
            # The members are users of any company; those of the clock's own are picked below.
            group = self.env.ref(f"aftersales_service.group_aftersales_{name}").sudo()
            for company in companies - self.env["res.company"].union(*found):
                users = group.all_user_ids.filtered(
                    lambda u, company=company: u.active and company in u.company_ids
                )
                named = users - root
                # Administrators are managers by the ladder of groups; they are told when nobody
                # else is there.
                plain = named.filtered(lambda u: not u.has_group("base.group_system"))
                if plain or named:
                    found[company] = plain or named
        return found
