from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import tagged

from .sla_common import MONDAY, SlaCommon

# What changes the promises of many documents at once: a job computes them again.
CONFIGURATION = ("promise", "policy", "hours", "leave", "no_leave", "calendar")
QUIET = ("wait", "work", "contact", "hand_over")
# These may end a clock, but move no deadline of one that goes on to an earlier moment.
LIFE = ("solve", "reopen", "close", "split")
TICKET = ("priority", "zone", "team", "merge")
EVENTS = (*CONFIGURATION, *QUIET, *LIFE, *TICKET)
stories = st.lists(
    st.tuples(st.sampled_from(EVENTS), st.integers(1, 20 * 60)), min_size=1, max_size=9
)


@tagged("post_install", "-at_install")
class TestSlaStory(SlaCommon):
    """S03, S06, T09: whatever happens to tickets, and to what was promised for them,

    * the log of each clock gives its stored deadline,
    * pausing never moves a deadline earlier, and handing over moves none,
    * what was reached stays as it was reached, what was broken is not healed by the ticket,
    * no clock is lost, and a ticket has one live clock of each kind.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_calendar = cls.make_calendar("Early hours", "Asia/Shanghai", ((6, 14),), range(6))
        cls.zone = cls.env["aftersales.zone"].create({"name": "Far away"})
        cls.other_team = cls.team.copy(
            {"name": "Others", "resource_calendar_id": cls.other_calendar.id}
        )
        cls.other_team.technician_ids = [Command.set((cls.technician | cls.technician_2).ids)]
        cls.make_policy(
            "Far", [("on_site", 2, "day", {})], sequence=1, zone_match="in", zone_ids=cls.zone.ids
        )
        cls.urgent = cls.make_policy(
            "Urgent",
            [
                ("solution", 2, "hour", {"calendar_mode": "always"}),
                ("answer", 3, "hour", {"pause_in_waiting": False}),
            ],
            priority="2",
            sequence=2,
        )

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(stories)
    def test_any_story_holds(self, story):
        self.moment, self.leaves = MONDAY, self.env["resource.calendar.leaves"]
        self.tickets = self.make_ticket_at() | self.make_ticket_at()
        for number, (event, minutes) in enumerate(story):
            self.moment += timedelta(minutes=minutes)
            live = self.tickets.filtered(lambda t: not t.merged_into_id)
            ticket = live[(minutes + number) % len(live)]
            before = {clock: self.tell(clock) for clock in self.tickets.sudo().clock_ids}
            with self.at(self.moment):
                getattr(self, f"happen_{event}")(ticket, minutes)
                if event in CONFIGURATION:
                    live._refresh_sla("changed", correction=True)
                self.env.flush_all()
            self.check(event, before)

    def tell(self, clock):
        return clock.state, clock.date_deadline, clock.date_reached, clock.date_ended

    def check(self, event, before):
        self.env.invalidate_all()
        self.assertReplays(self.tickets)
        clocks = self.tickets.sudo().clock_ids
        self.assertLessEqual(set(before), set(clocks), "no clock is lost")
        for clock, (state, deadline, reached, ended) in before.items():
            if ended:
                self.assertEqual(self.tell(clock), (state, deadline, reached, ended), event)
                continue
            if event in (*QUIET, *LIFE) and not clock.date_ended:
                self.assertGreaterEqual(clock.date_deadline, deadline, event)
            if event in ("contact", "hand_over") and not clock.date_ended:
                self.assertEqual(clock.date_deadline, deadline, event)
            if state == "breached" and event not in (*CONFIGURATION, "merge"):
                self.assertEqual(clock.state, "breached", event)
        for ticket in self.tickets.sudo():
            kinds = ticket.clock_ids.filtered("is_open").mapped("kind")
            self.assertEqual(len(kinds), len(set(kinds)), event)
            if ticket.merged_into_id:
                self.assertFalse(ticket.clock_ids, event)

    # What changes for everybody

    def happen_promise(self, ticket, minutes):
        targets = self.policy_fault.target_ids
        targets.filtered(lambda t: t.kind == "solution").duration = minutes // 60 + 1

    def happen_policy(self, ticket, minutes):
        self.urgent.active = not self.urgent.active

    def happen_hours(self, ticket, minutes):
        self.calendar.attendance_ids[0].hour_to = 9 + minutes % 3

    def happen_leave(self, ticket, minutes):
        self.leaves |= self.leaves.create(
            {
                "name": "x",
                "calendar_id": (self.calendar | self.other_calendar)[minutes % 2].id,
                "date_from": self.moment - timedelta(minutes=minutes % 90),
                "date_to": self.moment + timedelta(minutes=minutes),
            }
        )

    def happen_no_leave(self, ticket, minutes):
        self.leaves[:1].unlink()
        self.leaves = self.leaves.exists()

    def happen_calendar(self, ticket, minutes):
        calendars = [self.calendar, self.other_calendar, self.calendar.browse()]
        self.team.resource_calendar_id = calendars[minutes % 3]

    # What happens to a ticket

    def enter(self, ticket, kind):
        if ticket.stage_id.kind not in ("solved", "closed"):
            ticket._enter_stage(kind)

    def happen_wait(self, ticket, minutes):
        self.enter(ticket, "waiting")

    def happen_work(self, ticket, minutes):
        self.enter(ticket, "progress")

    def happen_solve(self, ticket, minutes):
        ticket.resolution = "<p>Done</p>"
        self.enter(ticket, "solved")

    def happen_close(self, ticket, minutes):
        if not ticket.is_closed:
            ticket.resolution = "<p>Done</p>"
            ticket.action_close()

    def happen_reopen(self, ticket, minutes):
        if ticket.stage_id.kind in ("solved", "closed"):
            ticket.action_reopen("Again")

    def happen_contact(self, ticket, minutes):
        if not ticket.is_closed:
            ticket._reach_sla("technician_contact")

    def happen_hand_over(self, ticket, minutes):
        if ticket.is_closed:
            return
        if not ticket.technician_id:
            ticket.technician_id = self.technician
        else:
            others = self.technician | self.technician_2
            ticket.action_hand_over("time", "x", (others - ticket.technician_id)[:1].id)

    def happen_priority(self, ticket, minutes):
        ticket.priority = str(minutes % 3)

    def happen_zone(self, ticket, minutes):
        ticket.zone_id = False if ticket.zone_id else self.zone

    def happen_team(self, ticket, minutes):
        ticket.team_id = (self.team | self.other_team)[minutes % 2]

    def happen_split(self, ticket, minutes):
        date = self.moment - timedelta(minutes=minutes)
        message = ticket.message_post(body="And the lamp", message_type="email", date=date)
        new = ticket._split({"subject": "Lamp"}, message)
        self.tickets |= new
        starts = new.sudo().clock_ids.mapped("date_start")
        self.assertTrue(all(start == new.date_open for start in starts))

    def happen_merge(self, ticket, minutes):
        others = (self.tickets - ticket).filtered(lambda t: not t.merged_into_id)
        others = others.filtered(lambda t: t.is_closed or not ticket.is_closed)
        if others:
            others[0].action_merge_into(ticket.id)
