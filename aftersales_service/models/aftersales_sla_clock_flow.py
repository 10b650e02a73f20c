from collections import defaultdict

from odoo import api, fields, models

from ..tools.business_time import clip_spans, pair_pauses
from .aftersales_sla_target import SlaPromise


class AftersalesSlaClock(models.Model):
    """How a clock moves: started, paused, resumed, reached, computed again, cancelled (S03, S06).

    All methods take many clocks at once, write a line in the log for each, and keep the number of
    queries independent of the number of clocks.
    """

    _inherit = "aftersales.sla.clock"

    @api.model
    def _start_clocks(self, requests):
        """Create and return the clocks for ``requests``: list of (ticket, target, start, round)."""
        if not requests:
            return self.browse()
        promises = [target._get_promise(ticket) for ticket, target, _start, _round in requests]
        moments = self.env["resource.calendar"]._get_sla_moments(
            [(promise, request[2], []) for promise, request in zip(promises, requests, strict=True)]
        )
        # Clocks cancelled just now make room in the unique indexes only when that is in the
        # database.
        self.flush_model(["state", "target_id"])
        # sudo: users cause clocks, only the engine makes them.
        clocks = self.sudo().create(
            [
                {
                    "ticket_id": ticket.id,
                    "company_id": ticket.company_id.id,
                    "target_id": target.id,
                    "kind": target.kind,
                    "round": turn,
                    "date_start": start,
                    **self._prepare_promise_vals(promise, *moment),
                }
                for (ticket, target, start, turn), promise, moment in zip(
                    requests, promises, moments, strict=True
                )
            ]
        )
        for clock in clocks.grouped("date_start").values():
            clock._log("start", clock[0].date_start)
        clocks._schedule_next_action()
        return clocks

    @api.model
    def _prepare_promise_vals(self, promise, deadline, warning):
        """Return the values of a clock that keeps ``promise`` (SlaPromise) until ``deadline``."""
        return {
            "duration": promise.duration,
            "duration_unit": promise.unit,
            "warning_percent": promise.warning_percent,
            "calendar_id": promise.calendar.id,
            "date_deadline": deadline,
            "date_warning": warning,
            "stale": False,
        }

    def _log(self, event, date, note=False):
        """Write ``event`` at ``date`` in the log of each clock, with what is promised after it."""
        # sudo: the log is written by nobody else.
        self.env["aftersales.sla.clock.log"].sudo().create(
            [
                {
                    "clock_id": clock.id,
                    "company_id": clock.company_id.id,
                    "date": date,
                    "event": event,
                    "duration": clock.duration,
                    "duration_unit": clock.duration_unit,
                    "calendar_id": clock.calendar_id.id,
                    "date_deadline": clock.date_deadline,
                    "note": note,
                    "user_id": self.env.uid,
                }
                for clock in self
            ]
        )

    def _get_pauses(self, until=None):
        """Return {clock: paused spans} from the log; a pause that still lasts ends at ``until``."""
        logs = (
            # Technicians see the log of own clocks only; every pause counts for the deadline.
            self.env["aftersales.sla.clock.log"]
            .sudo()
            .search_fetch(
                [("clock_id", "in", self.ids), ("event", "in", ("pause", "resume"))],
                ["clock_id", "date", "event"],
                order="id",
            )
        )
        events = defaultdict(list)
        for log in logs:
            events[log.clock_id.id].append((log.date, log.event))
        return {clock: pair_pauses(events[clock.id], until) for clock in self}

    def _get_own_promise(self):
        """Return the promise as the clock has it now, whatever became of its target since."""
        self.ensure_one()
        return SlaPromise(
            self.duration,
            self.duration_unit,
            self.calendar_id,
            self.company_id,
            self.warning_percent,
        )

    def _compute_moments(self, promises, until=None):
        """Return [(deadline, warning)] for the clocks under ``promises``, pauses taken out."""
        pauses = self._get_pauses(until)
        return self.env["resource.calendar"]._get_sla_moments(
            [
                (
                    promise,
                    clock.date_start,
                    clip_spans(pauses[clock], until) if until else pauses[clock],
                )
                for clock, promise in zip(self, promises, strict=True)
            ]
        )

    def _pause(self, date):
        """Stop the running clocks among these at ``date`` (UTC)."""
        running = self.filtered(lambda c: c.state == "running")
        # A promise that is broken by now does not become whole by waiting.
        running._breach_overdue(date)
        paused = running.filtered(lambda c: c.state == "running")
        if paused:
            paused.write({"state": "paused", "paused_since": date, "date_next_action": False})
            paused._log("pause", date)

    def _resume(self, date):
        """Let the paused clocks among these run on: their deadlines move by the working time
        paused.
        """
        paused = self.filtered(lambda c: c.state == "paused")
        if not paused:
            return
        paused.write({"state": "running", "paused_since": False})
        paused._log("resume", date)
        paused._apply_promises([clock._get_own_promise() for clock in paused])
        paused._schedule_next_action()

    def _reach(self, date):
        """The promised event came at ``date`` (UTC): kept when not later than the deadline, else
        broken.
        """
        clocks = self.filtered("is_open")
        paused = clocks.filtered(lambda c: c.state == "paused")
        if paused:
            paused._resume(date)
        kept = clocks.filtered(lambda c: not c.date_deadline or date <= c.date_deadline)
        kept.write({"state": "reached", "date_breached": False})
        for clock in clocks - kept:
            clock.write(
                {"state": "breached", "date_breached": clock.date_breached or clock.date_deadline}
            )
        clocks.write(
            {"date_reached": date, "date_ended": date, "date_next_action": False, "stale": False}
        )
        clocks._log("reach", date)

    def _breach_overdue(self, date):
        """Mark the running clocks whose deadline lies before ``date`` as broken."""
        overdue = self.filtered(
            lambda c: c.state == "running" and c.date_deadline and c.date_deadline < date
        )
        for clock in overdue:
            clock.write({"state": "breached", "date_breached": clock.date_deadline})
        if overdue:
            overdue._log("breach", date)
            overdue._schedule_next_action()

    def _cancel(self, note):
        """End the open clocks among these because of ``note`` (str); a breach stays."""
        ended = self.filtered("is_open")
        if not ended:
            return
        now = fields.Datetime.now()
        ended._breach_overdue(now)
        dropped = ended.filtered(lambda c: c.state != "breached")
        dropped.write({"state": "cancelled", "paused_since": False})
        ended.write({"date_ended": now, "date_next_action": False, "stale": False})
        ended._log("cancel", now, note)

    def _recompute(self, note, targets=None):
        """Compute the deadlines of the open clocks again from the log, and log what changed.

        :param note: str, why, for the log
        :param targets: dict {clock: target} of the clocks that get another target
        """
        clocks = self.filtered("is_open")
        for clock in clocks:
            target = (targets or {}).get(clock)
            if target and clock.target_id != target:
                clock.target_id = target
        before = {clock: (clock._get_own_promise(), clock.date_deadline) for clock in clocks}
        clocks._apply_promises([clock.target_id._get_promise(clock.ticket_id) for clock in clocks])
        now = fields.Datetime.now()
        for clock in clocks:
            if clock.state == "breached" and clock.date_deadline > now:
                clock.write({"state": "running", "date_breached": False})
        changed = clocks.filtered(lambda c: before[c] != (c._get_own_promise(), c.date_deadline))
        if changed:
            changed._log("change", now, note)
        clocks._schedule_next_action()

    def _apply_promises(self, promises):
        """Give each clock its promise, deadline and warning; a warning that is yet to come is given
        again.
        """
        if not self:
            return
        now = fields.Datetime.now()
        moments = self._compute_moments(promises)
        for clock, promise, moment in zip(self, promises, moments, strict=True):
            vals = self._prepare_promise_vals(promise, *moment)
            if clock.date_warned and moment[1] > now:
                vals["date_warned"] = False
            clock.write(vals)

    def _replay(self):
        """Return {clock: deadline} from the log alone: it equals what the clock says (S06)."""
        logs = (
            # As in ``_get_pauses``: with an entry missing the story would end elsewhere.
            self.env["aftersales.sla.clock.log"]
            .sudo()
            .search_fetch([("clock_id", "in", self.ids)], order="id")
        )
        by_clock = logs.grouped("clock_id")
        requests = []
        for clock in self:
            story = by_clock.get(clock, logs.browse())
            start = story.filtered(lambda log: log.event == "start")[:1]
            last = story.filtered(lambda log: log.event in ("start", "change"))[-1:]
            promise = SlaPromise(
                last.duration, last.duration_unit, last.calendar_id, clock.company_id, 100
            )
            requests.append(
                (promise, start.date, pair_pauses([(log.date, log.event) for log in story]))
            )
        moments = self.env["resource.calendar"]._get_sla_moments(requests)
        return {clock: deadline for clock, (deadline, _warning) in zip(self, moments, strict=True)}

    @api.model
    def _cron_recompute(self, batch_size=500):
        """Compute the deadlines of stale clocks again, in batches, resumable (S06)."""
        domain = [("stale", "=", True)]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        while clocks := self.search(domain, limit=batch_size, order="id").try_lock_for_update():
            clocks.ticket_id._refresh_sla(
                self.env._("Working hours, holidays or the policy changed.")
            )
            clocks.write({"stale": False})
            if not cron._commit_progress(len(clocks)):
                break
