from collections import defaultdict

from odoo import fields, models

from ..tools.business_time import pair_pauses


class AftersalesSlaClock(models.Model):
    """How deadlines are computed again when hours or promises change, and replayed (S03, S06)."""

    _inherit = "aftersales.sla.clock"

    def _recompute(self, note, targets=None, correction=False):
        """Compute the deadlines of the open clocks again, and log what changed.

        What is broken stays broken when the ticket changes: nobody heals a breach by choosing
        another team. When hours or policies are corrected it is judged by what is right now.

        :param note: str, why, for the log
        :param targets: dict {clock: target} of the clocks that get another target
        :param correction: whether hours, holidays or policies changed, not the ticket
        """
        clocks = self.filtered(lambda c: c.is_open and (correction or c.state != "breached"))
        if not clocks:
            return
        targets = targets or {}
        promises = {}
        for clock in clocks:
            target = targets.get(clock, clock.target_id)
            promises[clock] = target._get_promise(clock._get_document())
        changes = clocks._get_promise_changes(promises, clocks._get_pauses())
        now = fields.Datetime.now()
        for clock, vals in changes.items():
            target = targets.get(clock, clock.target_id)
            if target != clock.target_id:
                vals.update(target_id=target.id, policy_id=target.policy_id.id)
            if clock.state == "breached" and vals.get("date_deadline", clock.date_deadline) > now:
                vals.update(state="running", date_breached=False)
        changed = clocks.filtered(lambda c: changes[c])
        if changed:
            laddered = changed._plan_next_action(changes)
            changed._update_rows({clock: changes[clock] for clock in changed})
            changed._log("change", now, note)
            laddered._schedule_next_action()

    def _get_promise_changes(self, promises, pauses):
        """Return {clock: values that become others} under ``promises`` and ``pauses``, both by
        clock; a warning that is yet to come is given again.
        """
        moments = self.env["aftersales.sla.hours"]._get_moments(
            [(promises[clock], clock.date_start, pauses[clock]) for clock in self]
        )
        now = fields.Datetime.now()
        result = {}
        for clock, moment in zip(self, moments, strict=True):
            vals = self._prepare_promise_vals(promises[clock], *moment)
            if clock.date_warned and moment[2] > now:
                vals["date_warned"] = False
            result[clock] = {
                name: value for name, value in vals.items() if value != clock._get_plain(name)
            }
        return result

    def _plan_next_action(self, changes):
        """Add to ``changes`` ({clock: values}) when each clock is looked at next, so that it is
        written with them; return the clocks that have to ask their ladder.
        """
        laddered = self.browse()
        for clock in self:
            vals = changes[clock]

            def read(name, clock=clock, vals=vals):
                return vals.get(name, clock[name])

            triggers = clock.target_id.escalation_ids.mapped("trigger")
            if read("state") != "running" or "percent" in triggers:
                laddered |= clock
                continue
            due = [read("date_deadline"), not read("date_warned") and read("date_warning")]
            date = min(filter(None, due), default=False)
            if date != clock.date_next_action:
                vals["date_next_action"] = date
        return laddered

    def _get_plain(self, name):
        """Return the value of a field as it is written: the id of a record."""
        value = self[name]
        return value.id if isinstance(value, models.BaseModel) else value

    def _get_pauses(self):
        """Return {clock: paused spans} from the log; a pause that still lasts is left out."""
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
        return {clock: pair_pauses(events[clock.id]) for clock in self}

    def _replay(self):
        """Return {clock: deadline} from the log alone: it equals what the clock says (S06)."""
        logs = (
            # As in ``_get_pauses``: with an entry missing the story would end elsewhere.
            self.env["aftersales.sla.clock.log"]
            .sudo()
            .search_fetch([("clock_id", "in", self.ids)], order="id")
        )
        by_clock = logs.grouped("clock_id")
        # sudo: as above, the hours that the entries name.
        hours_model = self.env["aftersales.sla.hours"].sudo()
        result = {}
        for clock in self:
            story = by_clock.get(clock, logs.browse())
            start = story.filtered(lambda log: log.event == "start")[:1]
            last = story.filtered(lambda log: log.event in ("start", "change", "resume"))[-1:]
            hours = last.hours_id
            if not hours:
                # Written before hours were kept: the calendar as it is now.
                pair = (last.calendar_id, clock.company_id)
                hours = hours_model._get_current({pair})[pair]
            pauses = pair_pauses([(log.date, log.event) for log in story])
            result[clock], _warning = hours_model._load(hours.id).get_moments(
                start.date, last.duration, last.duration_unit, pauses=pauses
            )
        return result
