from odoo import api, fields, models

from .aftersales_sla_target import SlaPromise


class AftersalesSlaClock(models.Model):
    """How a clock moves: started, paused, resumed, reached, cancelled (S03).

    All methods take many clocks at once, write a line in the log for each, and keep the number of
    queries independent of the number of clocks. A ``date`` is one datetime (UTC) for all clocks or
    a dict {clock: datetime}.
    """

    _inherit = "aftersales.sla.clock"

    @api.model
    def _start_clocks(self, requests):
        """Create and return the clocks for ``requests``: list of (document, target, start,
        round), all of one model.
        """
        if not requests:
            return self.browse()
        promises = [target._get_promise(document) for document, target, _start, _round in requests]
        moments = self.env["aftersales.sla.hours"]._get_moments(
            [(promise, request[2], []) for promise, request in zip(promises, requests, strict=True)]
        )
        # sudo: users cause clocks, only the engine makes them.
        clocks = self.sudo()._insert_rows(
            [
                {
                    **self._prepare_clock_vals(*request),
                    **self._prepare_promise_vals(promise, *moment),
                    # The warning is never later than the deadline.
                    "date_next_action": moment[2],
                }
                for request, promise, moment in zip(requests, promises, moments, strict=True)
            ]
        )
        clocks._log("start", {clock: clock.date_start for clock in clocks})
        # Steps that come before the warning.
        early = self.env["aftersales.sla.escalation"]._get_percent_target_ids()
        clocks.filtered(lambda c: c.target_id.id in early)._schedule_next_action(fresh=True)
        return clocks

    @api.model
    def _prepare_clock_vals(self, document, target, start, turn):
        """Return the values of a new clock: of what, of whom, since when."""
        return {
            **document._prepare_sla_clock_vals(),
            "target_id": target.id,
            "kind": target.kind,
            "round": turn,
            "state": "running",
            "date_start": start,
        }

    @api.model
    def _prepare_promise_vals(self, promise, hours, deadline, warning):
        """Return the values of a clock that keeps ``promise`` (SlaPromise), computed with
        ``hours``, until ``deadline``.
        """
        return {
            "duration": promise.duration,
            "duration_unit": promise.unit,
            "warning_percent": promise.warning_percent,
            "calendar_id": promise.calendar.id,
            "hours_id": hours.id,
            "date_deadline": deadline,
            "date_warning": warning,
        }

    def _log(self, event, date, note=False):
        """Write ``event`` at ``date`` in the log of each clock, with what is promised after it."""
        # sudo: the log is written by nobody else.
        self.env["aftersales.sla.clock.log"].sudo()._insert_rows(
            [
                {
                    "clock_id": clock.id,
                    "date": date[clock] if isinstance(date, dict) else date,
                    "event": event,
                    "duration": clock.duration,
                    "duration_unit": clock.duration_unit,
                    "hours_id": clock.hours_id.id,
                    "date_deadline": clock.date_deadline,
                    "note": note,
                    "user_id": self.env.uid,
                }
                for clock in self
            ]
        )

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

    def _pause(self, date):
        """Stop the running clocks among these at ``date``."""
        running = self.filtered(lambda c: c.state == "running")
        if not running:
            return
        # A promise that is broken by now does not become whole by waiting.
        running._breach_overdue(date)
        paused = running.filtered(lambda c: c.state == "running")
        if paused:
            dates = paused._get_dates(date)
            paused._update_rows(
                {
                    clock: {"state": "paused", "paused_since": day, "date_next_action": False}
                    for clock, day in dates.items()
                }
            )
            paused._log("pause", dates)

    def _resume(self, date):
        """Let the paused clocks among these run on: their deadlines move by the working time
        paused.
        """
        paused = self.filtered(lambda c: c.state == "paused")
        if not paused:
            return
        dates = paused._get_dates(date)
        pauses = paused._get_pauses()
        for clock, resumed in dates.items():
            pauses[clock].append((clock.paused_since, resumed))
        changes = paused._get_promise_changes(
            {clock: clock._get_own_promise() for clock in paused}, pauses
        )
        for clock in paused:
            changes[clock].update(state="running", paused_since=False)
        laddered = paused._plan_next_action(changes)
        paused._update_rows(changes)
        paused._log("resume", dates)
        laddered._schedule_next_action()

    def _reach(self, date):
        """The promised event came at ``date``: kept when not later than the deadline, else
        broken.
        """
        clocks = self.filtered("is_open")
        if not clocks:
            return
        dates = clocks._get_dates(date)
        clocks._resume(dates)
        changes = {}
        for clock, reached in dates.items():
            kept = not clock.date_deadline or reached <= clock.date_deadline
            changes[clock] = {
                "state": "reached" if kept else "breached",
                "date_breached": not kept and (clock.date_breached or clock.date_deadline),
                "date_reached": reached,
                "date_ended": reached,
                "date_next_action": False,
            }
        clocks._update_rows(changes)
        clocks._log("reach", dates)

    def _breach_overdue(self, date):
        """Mark the running clocks whose deadline lies before ``date`` as broken."""
        dates = self._get_dates(date)
        overdue = self.filtered(
            lambda c: c.state == "running" and c.date_deadline and c.date_deadline < dates[c]
        )
        if overdue:
            overdue._mark_breached({clock: dates[clock] for clock in overdue})
            overdue._schedule_next_action()

    def _mark_breached(self, date):
        """The deadlines went by; ``date`` is when that was seen."""
        if self:
            self._update_rows(
                {
                    clock: {"state": "breached", "date_breached": clock.date_deadline}
                    for clock in self
                }
            )
            self._log("breach", date)

    def _cancel(self, note):
        """End the open clocks among these because of ``note`` (str); a breach stays."""
        ended = self.filtered("is_open")
        if not ended:
            return
        now = fields.Datetime.now()
        ended._breach_overdue(now)
        ended._update_rows(
            {
                clock: {
                    "state": "breached" if clock.state == "breached" else "cancelled",
                    "paused_since": False,
                    "date_ended": now,
                    "date_next_action": False,
                }
                for clock in ended
            }
        )
        ended._log("cancel", now, note)

    def _get_dates(self, date):
        """Return {clock: datetime} of these clocks for a ``date`` as the methods above take it."""
        return {clock: date[clock] if isinstance(date, dict) else date for clock in self}
