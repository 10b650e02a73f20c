from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .sla_common import MONDAY, SlaCommon

SATURDAY = MONDAY + timedelta(days=5)


@tagged("post_install", "-at_install")
class TestSlaBadInput(SlaCommon):
    """S01, S04, S06: what makes no sense is refused by name; a promise always has a deadline."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.solution = cls.policy_fault.target_ids.filtered(lambda t: t.kind == "solution")
        cls.other_company = cls.env["res.company"].create({"name": "Other company"})

    def add_step(self, **values):
        self.solution.escalation_ids = [Command.create(values)]
        self.solution.escalation_ids.flush_recordset()
        return self.solution.escalation_ids[-1]

    def test_hours_and_shares_of_a_step_are_numbers_that_can_be(self):
        cases = [
            *({"trigger": "after", "delay_hours": hours} for hours in (-1, -0.5, 8761)),
            *({"trigger": "percent", "percent": percent} for percent in (-5, 0, 100, 1000)),
        ]
        for values in cases:
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError) as caught,
            ):
                self.add_step(**values)
            text = self.solution.escalation_ids._sql_error_to_message(caught.exception)
            self.assertRegex(text, "Escalation step: the (hours|share)")
        for hours in (float("nan"), float("inf"), float("-inf")):
            # Refused before it comes to the database.
            with self.subTest(hours), self.assertRefused("must be a number", ValidationError):
                self.add_step(trigger="after", delay_hours=hours)
        self.add_step(trigger="after", delay_hours=8760)
        self.add_step(trigger="percent", percent=99)

    def test_a_step_tells_somebody_who_can_be_told(self):
        gone = new_test_user(self.env, "t_gone", groups="base.group_user", name="Gone")
        gone.active = False
        customer = new_test_user(self.env, "t_customer", groups="base.group_portal")
        for user in (gone, customer):
            with self.assertRefused("would never be told", ValidationError):
                self.add_step(recipient="user", user_id=user.id)
        self.add_step(recipient="user", user_id=self.agent_user.id)

    def test_a_step_tells_somebody_of_the_company(self):
        stranger = new_test_user(
            self.env,
            "t_stranger",
            groups="base.group_user",
            name="Stranger",
            company_id=self.other_company.id,
            company_ids=[Command.set(self.other_company.ids)],
        )
        step = self.add_step(recipient="user", user_id=stranger.id)
        with self.assertRefused("Stranger does not work for", ValidationError):
            self.policy_fault.company_id = self.company
        step.user_id = self.agent_user
        self.policy_fault.company_id = self.company
        with self.assertRefused("Stranger does not work for", ValidationError):
            step.user_id = stranger

    def test_who_left_since_is_replaced_by_the_managers(self):
        left = new_test_user(self.env, "t_left", groups="base.group_user")
        step = self.add_step(trigger="breach", recipient="user", user_id=left.id)
        left.active = False
        ticket = self.make_ticket_at()
        self.run_cron(MONDAY + timedelta(days=2))
        runs = self.env["aftersales.sla.escalation.run"].search(
            [("clock_id.ticket_id", "=", ticket.id), ("escalation_id", "=", step.id)]
        )
        self.assertTrue(runs.user_ids)
        self.assertNotIn(left, runs.user_ids)

    def test_pauses_in_stages_that_come(self):
        team = self.team.copy({"name": "Workshop"})
        foreign = self.env["aftersales.team"].create(
            {"name": "Foreign", "company_id": self.other_company.id}
        )
        stages = self.env["aftersales.ticket.stage"]
        in_workshop, abroad, ours = (
            stages.create({"name": name, "team_ids": [Command.set(teams.ids)]})
            for name, teams in (("On the bench", team), ("Abroad", foreign), ("Ours", self.team))
        )
        self.solution.pause_stage_ids = in_workshop | ours
        with self.assertRefused("never come to “On the bench”", ValidationError):
            self.policy_fault.team_ids = self.team
        self.solution.pause_stage_ids = ours
        self.policy_fault.team_ids = self.team
        with self.assertRefused("never come to “On the bench”", ValidationError):
            self.solution.pause_stage_ids = in_workshop
        self.policy_fault.write({"team_ids": False, "company_id": self.company.id})
        with self.assertRefused("never come to “Abroad”", ValidationError):
            self.solution.pause_stage_ids = abroad

    def test_a_team_without_hours_counts_round_the_clock(self):
        """No calendar, or one in which nobody ever works: the customer still gets a deadline."""
        empty = self.env["resource.calendar"].create({"name": "Never"})
        empty.attendance_ids.unlink()
        for calendar in (empty, empty.browse()):
            self.team.resource_calendar_id = calendar
            ticket = self.make_ticket_at(SATURDAY)
            self.assertEqual(
                self.clock(ticket, "solution").date_deadline, SATURDAY + timedelta(hours=8)
            )
            self.assertReplays(ticket)

    def test_own_hours_that_lose_all_their_lines(self):
        hours = self.make_calendar("Own", "UTC", ((8, 16),))
        hours.company_id = False
        self.solution.write({"calendar_mode": "own", "resource_calendar_id": hours.id})
        ticket = self.make_ticket_at()
        hours.attendance_ids.unlink()
        self.run_cron("10:06", "recompute")
        clock = self.clock(ticket, "solution")
        self.assertEqual(clock.date_deadline, MONDAY + timedelta(hours=8))
        self.assertReplays(ticket)
        with self.assertRefused("at least one working period", ValidationError):
            self.solution.resource_calendar_id = hours

    def test_holidays_for_ever_leave_a_deadline(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed down",
                "calendar_id": self.calendar.id,
                "date_from": MONDAY - timedelta(days=1),
                "date_to": MONDAY + timedelta(days=20000),
            }
        )
        ticket = self.make_ticket_at()
        self.assertEqual(self.clock(ticket, "solution").date_deadline, MONDAY + timedelta(hours=8))

    def test_an_archived_calendar_goes_on_counting(self):
        self.calendar.active = False
        ticket = self.make_ticket_at()
        promised = MONDAY + timedelta(days=1)  # eight working hours later
        self.assertEqual(self.clock(ticket, "solution").date_deadline, promised)
        self.run_cron("10:06", "recompute")
        self.assertEqual(self.clock(ticket, "solution").date_deadline, promised)

    def test_hours_that_a_promise_counts_in_are_not_deleted(self):
        hours = self.make_calendar("Own", "UTC", ((8, 16),))
        hours.company_id = False
        self.solution.write({"calendar_mode": "own", "resource_calendar_id": hours.id})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            hours.unlink()
