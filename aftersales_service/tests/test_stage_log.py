import importlib.util
from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.modules import get_module_path
from odoo.tests import freeze_time, tagged

from .sla_common import MONDAY, SlaCommon


@tagged("post_install", "-at_install")
class TestStageLog(SlaCommon):
    """T04: each stage entered, left and how long, by the clock and in working time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Promises, and the reasons for broken ones, are another matter.
        cls.policy_fault.active = False

    def make_moved(self):
        """A ticket opened on Monday at 10:00, in progress from 11:00, waiting from Tuesday 9:00."""
        ticket = self.make_ticket_at(MONDAY)
        with self.at("11:00"):
            ticket._enter_stage("progress")
        with self.at(datetime(2026, 3, 3, 9)):
            ticket.with_user(self.agent_user)._enter_stage("waiting")
        return ticket

    def test_each_stage_is_logged_with_who_when_and_how_long(self):
        ticket = self.make_moved()
        self.assertRecordValues(
            ticket.stage_log_ids,
            [
                {
                    "kind": "open",
                    "date_entered": MONDAY,
                    "date_left": MONDAY + timedelta(hours=1),
                    "hours_clock": 1,
                    "hours_working": 1,
                    "user_id": self.agent_user.id,
                },
                {
                    "kind": "progress",
                    "date_entered": MONDAY + timedelta(hours=1),
                    "date_left": datetime(2026, 3, 3, 9),
                    "hours_clock": 22,
                    # 11–12, 13–17 and 8–9
                    "hours_working": 6,
                    "user_id": self.agent_user.id,
                },
                {
                    "kind": "waiting",
                    "date_entered": datetime(2026, 3, 3, 9),
                    "date_left": False,
                    "hours_clock": 0,
                    "hours_working": 0,
                    "user_id": self.agent_user.id,
                },
            ],
        )

    def test_holidays_are_no_working_time(self):
        ticket = self.make_ticket_at(MONDAY)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": "2026-03-03 00:00:00",
                "date_to": "2026-03-03 23:59:59",
            }
        )
        with self.at(datetime(2026, 3, 4, 9)):
            ticket._enter_stage("progress")
        self.assertAlmostEqual(ticket.stage_log_ids[0].hours_working, 7)

    def test_a_team_without_hours_works_round_the_clock(self):
        self.team.resource_calendar_id = False
        ticket = self.make_moved()
        self.assertEqual(ticket.stage_log_ids[1].hours_working, 22)

    def test_assignment_on_creation_is_logged_as_a_second_stay(self):
        self.team.assignment = "balanced"
        ticket = self.make_ticket_at(MONDAY)
        self.assertEqual(ticket.stage_log_ids.mapped("kind"), ["open", "assigned"])

    def test_a_ticket_is_in_one_stage_at_a_time_after_closing_and_reopening(self):
        ticket = self.make_moved()
        ticket.resolution = "<p>Done.</p>"
        ticket.action_close()
        ticket.action_reopen()
        self.assertEqual(
            ticket.stage_log_ids.mapped("kind"),
            ["open", "progress", "waiting", "closed", "progress"],
        )
        self.assertEqual(len(ticket.stage_log_ids.filtered(lambda log: not log.date_left)), 1)

    def test_technicians_read_the_log_of_their_own_tickets_and_nobody_writes_it(self):
        ticket = self.make_moved()
        log = ticket.stage_log_ids[:1]
        with self.assertRaises(AccessError):
            log.with_user(self.technician_user).read(["kind"])
        ticket.technician_id = self.technician
        self.assertTrue(log.with_user(self.technician_user).read(["kind"]))
        for user in (self.technician_user, self.manager_user):
            with self.assertRaises(AccessError):
                log.with_user(user).hours_clock = 0

    def test_the_log_of_another_company_is_invisible(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        log = self.make_moved().stage_log_ids[:1]
        self.agent_user.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            log.with_user(self.agent_user).read(["kind"])

    @freeze_time(MONDAY + timedelta(days=1))
    def test_queries_do_not_grow_with_tickets(self):
        def count(number):
            tickets = self.env["aftersales.ticket"].create(
                [
                    {"subject": "x", "team_id": self.team.id, "date_open": MONDAY}
                    for __ in range(number)
                ]
            )
            self.env.flush_all()
            before = self.cr.sql_log_count
            tickets.stage_log_ids._leave()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(1)
        self.assertLessEqual(count(40), count(1) + 1)

    def test_migration_starts_the_log_of_open_tickets_once(self):
        ticket = self.make_moved()
        closed = self.make_ticket_at(MONDAY, resolution="<p>x</p>")
        closed.action_close()
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM aftersales_ticket_stage_log")
        path = f"{get_module_path('aftersales_service')}/migrations/19.0.3.0.0/post-stage-log.py"
        spec = importlib.util.spec_from_file_location("aftersales_post_stage_log", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        for __ in range(2):
            script.migrate(self.env.cr, "19.0.2.0.0")
        self.env.invalidate_all()
        self.assertRecordValues(
            ticket.stage_log_ids, [{"kind": "waiting", "date_left": False, "team_id": self.team.id}]
        )
        self.assertFalse(closed.stage_log_ids)
