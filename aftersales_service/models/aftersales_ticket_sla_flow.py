from odoo import api, fields, models
from odoo.fields import Domain

# An event of the ticket proves these others too: who stands at the door has called before.
KIND_IMPLIES = {
    "technician_contact": ("first_response",),
    "answer": ("first_response",),
    "on_site": ("first_response", "technician_contact"),
    "phone_solution": ("first_response", "answer"),
    "solution": ("first_response", "answer", "phone_solution"),
    "close": ("first_response", "answer", "phone_solution", "solution"),
}
# What is not needed any more once the ticket is solved.
DROPPED_BY_SOLUTION = ("technician_contact", "on_site", "sample_result")
RESTARTED_KINDS = ("solution", "close")


class AftersalesTicket(models.Model):
    """How the clocks of a ticket follow what happens to it (S03)."""

    _inherit = "aftersales.ticket"

    def _get_open_clocks(self):
        """Return the open clocks of the tickets, for the engine."""
        # sudo: what users do to tickets moves clocks they may not write.
        return self.sudo().clock_ids.filtered("is_open")

    def _start_sla(self):
        """Find what is promised to new tickets and start their clocks, in batch (S03)."""
        # sudo: promises are kept for every ticket, whoever made it (portal, partners).
        tickets = self.filtered(lambda t: not t.is_closed).sudo()
        tickets._assign_sla_policies()
        self.env["aftersales.sla.clock"]._start_clocks(
            [(t, target, t.date_open, 0) for t in tickets for target in t.sla_policy_id.target_ids]
        )
        # Who calls has been answered when the call was taken.
        calls = tickets.filtered(lambda t: t.channel == "phone")
        calls._reach_sla("first_response", {call: call.date_open for call in calls})
        tickets._sync_sla_pauses()

    def _assign_sla_policies(self):
        """Store the policy that applies to each ticket, and why."""
        matches = (
            # As in ``_start_sla``: whoever made the ticket need not have rights on policies.
            self.env["aftersales.sla.policy"]
            .sudo()
            .with_context(lang=self.env.lang)
            ._match_tickets(self)
        )
        now = fields.Datetime.now()
        changed = self.filtered(
            lambda t: not t.sla_date_checked or (t.sla_policy_id, t.sla_explanation) != matches[t]
        )
        for (policy, reason), tickets in changed.grouped(lambda t: matches[t]).items():
            tickets.write(
                {"sla_policy_id": policy.id, "sla_explanation": reason, "sla_date_checked": now}
            )

    @api.model
    def _get_sla_open_domain(self):
        """Domain of the tickets whose clocks may run."""
        return Domain("is_closed", "=", False) & Domain("active", "=", True)

    def _refresh_sla(self, note, correction=False):
        """Match and compute again, keeping what was reached (S03, S06).

        :param note: str, says why in the log
        :param correction: whether hours or policies changed, not the tickets
        """
        # As in ``_start_sla``; called by the engine after the change itself was allowed.
        tickets = self.filtered(lambda t: t.active and not t.is_closed).sudo()
        if not tickets:
            return
        tickets._assign_sla_policies()
        # Nobody but the engine cancels clocks.
        clocks = self.env["aftersales.sla.clock"].sudo()
        retarget, drop, start = {}, [], []
        for ticket in tickets:
            targets = {target.kind: target for target in ticket.sla_policy_id.target_ids}
            live = [clock for clock in ticket.clock_ids if clock.state != "cancelled"]
            for clock in live:
                if not clock.is_open:
                    continue
                if clock.kind in targets:
                    retarget[clock] = targets[clock.kind]
                else:
                    drop.append(clock.id)
            missing = targets.keys() - {c.kind for c in live} - ticket._get_needless_kinds()
            start += [(ticket, targets[kind], ticket.date_open, 0) for kind in sorted(missing)]
        clocks.browse(drop)._cancel(note)
        clocks.browse([c.id for c in retarget])._recompute(note, retarget, correction)
        if start:
            clocks._start_clocks(start)
            tickets._reach_known_events()
        tickets._sync_sla_pauses()

    def _get_needless_kinds(self):
        """Return the kinds of clocks that make no sense any more: all but closing when solved."""
        self.ensure_one()
        solved = self.stage_id.kind == "solved"
        return {*DROPPED_BY_SOLUTION, *KIND_IMPLIES["close"]} if solved else set()

    def _reach_known_events(self):
        """Clocks that came late learn what was reached before under another policy."""
        dates = {}
        for ticket in self:
            reached = {c.kind: c.date_reached for c in ticket.clock_ids if c.date_reached}
            if ticket.channel == "phone":
                reached.setdefault("first_response", ticket.date_open)
            for clock in ticket.clock_ids.filtered("is_open"):
                known = [
                    date
                    for kind, date in reached.items()
                    if kind == clock.kind or clock.kind in KIND_IMPLIES.get(kind, ())
                ]
                if known and clock.round == 0:
                    dates[clock] = min(known)
        # As in ``_refresh_sla``.
        self.env["aftersales.sla.clock"].sudo().browse([c.id for c in dates])._reach(dates)

    def _restart_sla(self):
        """Reopened: solution and closing are promised anew; what was reached stays (S03)."""
        # As in ``_start_sla``: whoever reopens a ticket need not have rights on its clocks.
        tickets = self.sudo().filtered("sla_date_checked")
        now = fields.Datetime.now()
        tickets._assign_sla_policies()
        requests = []
        for ticket in tickets:
            open_kinds = set(ticket.clock_ids.filtered("is_open").mapped("kind"))
            turn = max(ticket.clock_ids.mapped("round"), default=-1) + 1
            requests += [
                (ticket, target, now, turn)
                for target in ticket.sla_policy_id.target_ids
                if target.kind in RESTARTED_KINDS and target.kind not in open_kinds
            ]
        self.env["aftersales.sla.clock"]._start_clocks(requests)

    def _reach_sla(self, kind, date=None):
        """Tell the clocks that the event ``kind`` came; events that it proves are reached too.

        :param kind: ``first_response``, ``technician_contact``, ``answer``, ``on_site``,
            ``phone_solution``, ``solution`` or ``close``
        :param date: datetime in UTC when it came, or a dict of it by ticket; now when left out
        """
        kinds = (kind, *KIND_IMPLIES.get(kind, ()))
        open_clocks = self._get_open_clocks()
        reached = open_clocks.filtered(lambda c: c.kind in kinds)
        if isinstance(date, dict):
            date = {clock: date[clock.ticket_id] for clock in reached}
        reached._reach(date or fields.Datetime.now())
        if kind in ("solution", "close"):
            open_clocks.filtered(lambda c: c.kind in DROPPED_BY_SOLUTION)._cancel(
                self.env._("The ticket is solved.")
            )

    def _cancel_sla(self, kind, note):
        """Drop the running clocks of ``kind``: the promise no longer applies because of ``note``.

        Planning a visit drops ``phone_solution``: the promise of a solution on site applies.
        """
        self._get_open_clocks().filtered(lambda c: c.kind == kind)._cancel(note)

    def _sync_sla_pauses(self):
        """Clocks stand still in the stages where their targets say so, and run on elsewhere."""
        now = fields.Datetime.now()
        clocks = self._get_open_clocks()
        pausing = clocks.filtered(lambda c: c.target_id._pauses_in(c.ticket_id.stage_id))
        pausing._pause(now)
        (clocks - pausing)._resume(now)
