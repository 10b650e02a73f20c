from datetime import datetime, timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .sla_common import MONDAY, SlaCommon


@tagged("post_install", "-at_install")
class TestSlaLadder(SlaCommon):
    """S04, S07: which step is due when, who is told and who takes over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.solution = cls.policy_fault.target_ids.filtered(lambda t: t.kind == "solution")
        (cls.policy_fault.target_ids - cls.solution).unlink()
        cls.employee = cls.env["hr.employee"].create(
            {"name": "Leader", "user_id": cls.leader.id, "company_id": cls.company.id}
        )
        cls.employee.resource_calendar_id = cls.calendar
        cls.manager_user.email = "manager@example.com"

    @classmethod
    def set_ladder(cls, *steps):
        cls.solution.escalation_ids = [
            Command.clear(),
            *(Command.create(dict(step, sequence=n)) for n, step in enumerate(steps)),
        ]

    def runs(self, ticket):
        return self.env["aftersales.sla.escalation.run"].search(
            [("ticket_id", "=", ticket.id)], order="id"
        )

    def todos(self, ticket, user=None):
        domain = [("res_model", "=", "aftersales.ticket"), ("res_id", "=", ticket.id)]
        return self.env["mail.activity"].search(
            domain + ([("user_id", "=", user.id)] if user else [])
        )

    def digests(self, user):
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", user.partner_id.ids),
                ("model", "=", False),
            ]
        )

    def leave(self, user, start, end):
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Away",
                "resource_id": user.employee_id.resource_id.id,
                "calendar_id": user.employee_id.resource_calendar_id.id,
                "date_from": start,
                "date_to": end,
            }
        )

    def test_shares_of_the_working_time(self):
        """8 h from Monday 10:00, lunch at 12: 25 % is 12:00, 50 % is 15:00, 75 % is 17:00."""
        self.set_ladder(
            *({"trigger": "percent", "percent": p, "recipient": "agent"} for p in (25, 50, 75))
        )
        ticket = self.make_ticket_at()
        clock = self.clock(ticket, "solution")
        self.assertEqual(clock.date_next_action, MONDAY.replace(hour=12))
        for moment, taken in (("11:59", 0), ("12:00", 1), ("14:59", 1), ("15:00", 2), ("17:00", 3)):
            self.run_cron(moment)
            self.assertEqual(len(self.runs(ticket)), taken, moment)
        self.assertEqual(self.runs(ticket).escalation_id.mapped("percent"), [25, 50, 75])

    def test_shares_move_with_pauses(self):
        self.set_ladder({"trigger": "percent", "percent": 50, "recipient": "agent"})
        ticket = self.make_ticket_at()
        with self.at("11:00"):
            ticket.stage_id = ticket._get_stage("waiting")
        self.run_cron("16:00")
        self.assertFalse(self.runs(ticket))
        with self.at("16:00"):
            ticket.stage_id = ticket._get_stage("progress")
        # One hour was used up, three more are left until one half: Tuesday 10:00.
        self.assertEqual(
            self.clock(ticket, "solution").date_next_action, datetime(2026, 3, 3, 10, 0)
        )

    def test_hours_after_the_breach_by_the_clock_and_of_work(self):
        self.set_ladder(
            {"trigger": "after", "delay_hours": 8, "delay_mode": "wall"},
            {"trigger": "after", "delay_hours": 8, "delay_mode": "working"},
        )
        ticket = self.make_ticket_at()
        breach = datetime(2026, 3, 3, 10)
        self.run_cron(breach)
        self.assertFalse(self.runs(ticket))
        self.run_cron(breach + timedelta(hours=8))
        self.assertEqual(self.runs(ticket).escalation_id.mapped("delay_mode"), ["wall"])
        self.run_cron(datetime(2026, 3, 4, 9, 59))
        self.assertEqual(len(self.runs(ticket)), 1)
        self.run_cron(datetime(2026, 3, 4, 10))
        self.assertEqual(len(self.runs(ticket)), 2)
        self.assertIn(
            "working hours after the breach", self.solution.escalation_ids[1].display_name
        )

    def test_department_head_then_company_leaders(self):
        head_user, boss = (
            new_test_user(self.env, login, groups="aftersales_service.group_aftersales_agent")
            for login in ("t_head", "t_boss")
        )
        head = self.env["hr.employee"].create({"name": "Head", "user_id": head_user.id})
        department = self.env["hr.department"].create({"name": "Field", "manager_id": head.id})
        self.technician.department_id = department
        self.company.aftersales_leader_ids = boss
        self.set_ladder(
            {"trigger": "breach", "recipient": "head"},
            {"trigger": "after", "delay_hours": 4, "recipient": "leaders"},
        )
        ticket = self.make_ticket_at(technician_id=self.technician.id)
        self.run_cron(datetime(2026, 3, 3, 10))
        self.assertEqual(self.runs(ticket).user_ids, head_user)
        self.run_cron(datetime(2026, 3, 3, 14))
        self.assertEqual(self.runs(ticket)[-1].user_ids, boss)

    def test_the_teams_department_and_the_managers_stand_in(self):
        self.set_ladder({"trigger": "breach", "recipient": "head"}, {"recipient": "leaders"})
        self.team.department_id = self.env["hr.department"].create(
            {"name": "Hotline", "manager_id": self.employee.id}
        )
        ticket = self.make_ticket_at()
        self.run_cron(datetime(2026, 3, 3, 10))
        head, leaders = self.runs(ticket)
        self.assertEqual(head.user_ids, self.leader)
        self.assertIn(self.manager_user, leaders.user_ids)

    def test_a_standstill_gives_one_digest_and_one_to_do(self):
        """The job stood still for two days: four steps are due at once."""
        self.set_ladder(
            *(
                {"trigger": "percent", "percent": p, "recipient": "leader", "note": f"At {p}"}
                for p in (50, 75, 90)
            ),
            {"trigger": "breach", "recipient": "leader", "note": "Do it now"},
        )
        ticket = self.make_ticket_at()
        self.run_cron(MONDAY + timedelta(days=2))
        self.assertEqual(len(self.runs(ticket)), 4)
        self.assertEqual(len(self.todos(ticket, self.leader)), 1)
        self.assertIn("broken", self.todos(ticket, self.leader).summary)
        digest = self.digests(self.leader)
        self.assertEqual(len(digest), 1)
        self.assertEqual(digest.body.count(ticket.name), 1)
        self.assertIn("Do it now", digest.body)
        self.assertNotIn("At 75", digest.body)

    def test_a_new_step_does_not_warn_of_the_past(self):
        self.set_ladder({"trigger": "breach"})
        ticket = self.make_ticket_at()
        with self.at("16:00"):
            self.solution.escalation_ids = [
                Command.create({"trigger": "percent", "percent": 50, "recipient": "agent"}),
                Command.create({"trigger": "percent", "percent": 90, "recipient": "agent"}),
            ]
        self.run_cron("16:05")
        self.assertEqual(self.runs(ticket).mapped("skipped"), [True])
        self.assertFalse(self.todos(ticket))
        self.run_cron(datetime(2026, 3, 3, 9, 30))
        taken = self.runs(ticket).filtered(lambda r: not r.skipped)
        self.assertEqual(taken.escalation_id.percent, 90)

    def test_a_new_target_and_a_moved_deadline(self):
        self.set_ladder({"trigger": "breach", "raise_priority": True})
        ticket = self.make_ticket_at()
        self.run_cron(datetime(2026, 3, 3, 10))
        self.assertEqual(ticket.priority, "1")
        self.solution.duration = 16
        self.policy_fault.target_ids = [
            Command.create(
                {
                    "kind": "on_site",
                    "duration": 1,
                    "duration_unit": "hour",
                    "escalation_ids": [Command.create({"trigger": "breach"})],
                }
            )
        ]
        self.run_cron(datetime(2026, 3, 3, 10, 5), "recompute")
        self.assertEqual(self.clock(ticket, "solution").state, "running")
        self.run_cron(datetime(2026, 3, 4, 11))
        self.assertEqual(self.clock(ticket, "solution").state, "breached")
        self.assertEqual(ticket.priority, "1")
        self.assertEqual(sorted(self.runs(ticket).clock_id.mapped("kind")), ["on_site", "solution"])

    def test_who_is_away_takes_nothing_over(self):
        self.set_ladder({"trigger": "breach", "recipient": "leader", "reassign": True})
        self.leave(self.leader, datetime(2026, 3, 3), datetime(2026, 3, 6))
        deputy = self.manager_user
        ticket = self.make_ticket_at()
        self.run_cron(datetime(2026, 3, 3, 10))
        self.assertEqual(ticket.user_id, deputy)
        self.assertIn(self.leader, self.runs(ticket).user_ids)

    def test_nobody_there_leaves_it_where_it_is(self):
        self.set_ladder(
            {
                "trigger": "breach",
                "recipient": "user",
                "user_id": self.leader.id,
                "reassign": True,
            }
        )
        ticket = self.make_ticket_at()
        with patch.object(type(self.env["res.users"]), "_get_sla_away", lambda users: users):
            self.run_cron(datetime(2026, 3, 3, 10))
        self.assertEqual(ticket.user_id, self.agent_user)
        self.assertIn("is away", "".join(ticket.message_ids.mapped("body")))

    def test_handed_to_who_works_now(self):
        night = self.make_calendar("Night", "UTC", ((0, 6),))
        others = new_test_user(
            self.env, "t_day", groups="aftersales_service.group_aftersales_manager"
        )
        self.env["hr.employee"].create(
            {"name": "Day", "user_id": others.id}
        ).resource_calendar_id = self.calendar
        self.employee.resource_calendar_id = night
        users = self.leader | others
        with self.at(datetime(2026, 3, 3, 10)):
            self.assertEqual(users._get_sla_on_duty(self.company), others)
            self.assertFalse(users._get_sla_away())
        with self.at(datetime(2026, 3, 3, 3)):
            self.assertEqual(users._get_sla_on_duty(self.company), self.leader)

    def test_neither_to_do_nor_digest_when_not_wanted(self):
        self.set_ladder(
            {"trigger": "breach", "make_activity": False, "send_digest": False, "note": "quiet"}
        )
        ticket = self.make_ticket_at()
        self.run_cron(datetime(2026, 3, 3, 10))
        self.assertTrue(self.runs(ticket))
        self.assertFalse(self.todos(ticket))
        self.assertFalse(self.digests(self.leader))

    def test_the_digest_speaks_the_readers_language_and_hours(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.leader.write({"tz": "America/New_York", "lang": "es_ES"})
        self.set_ladder({"trigger": "breach"})
        late, later = self.make_ticket_at(), self.make_ticket_at(MONDAY + timedelta(hours=1))
        self.run_cron(datetime(2026, 3, 3, 11))
        body = self.digests(self.leader).body
        # Tuesday 10:00 UTC is 05:00 in New York.
        self.assertRegex(body, r"\b0?5:00")
        self.assertLess(body.index(late.name), body.index(later.name))
        self.assertIn(f"/odoo/aftersales.ticket/{late.id}", body)

    def test_malformed_steps_are_refused(self):
        for values in (
            {"trigger": "percent", "percent": 0},
            {"trigger": "percent", "percent": 100},
            {"trigger": "after", "delay_hours": -1},
        ):
            with (
                self.subTest(values),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
            ):
                self.solution.escalation_ids = [Command.create(values)]
                self.solution.flush_recordset()
        with self.assertRefused("choose the person", ValidationError):
            self.solution.escalation_ids = [Command.create({"recipient": "user"})]


@tagged("post_install", "-at_install")
class TestSlaDigest(SlaCommon):
    """S07: one message a person and run, whatever happened in between."""

    def test_fifty_people_get_fifty_messages(self):
        """Broken promises of many tickets: messages = people, queries constant a person."""
        people = self.env["res.users"].create(
            [
                {
                    "name": f"Person {n}",
                    "login": f"t_person_{n}",
                    "email": f"p{n}@example.com",
                    "group_ids": [
                        Command.link(self.env.ref("aftersales_service.group_aftersales_agent").id)
                    ],
                }
                for n in range(50)
            ]
        )
        solution = self.policy_fault.target_ids.filtered(lambda t: t.kind == "solution")
        (self.policy_fault.target_ids - solution).unlink()
        solution.escalation_ids = [
            Command.create({"trigger": "breach", "recipient": "agent", "make_activity": False})
        ]
        with self.at(MONDAY):
            self.env["aftersales.ticket"].with_user(self.agent_user).create(
                [
                    {
                        "subject": f"Fault {n}",
                        "partner_id": self.customer.id,
                        "team_id": self.team.id,
                        "channel": "email",
                        "user_id": people[n % 50].id,
                        "date_open": MONDAY,
                    }
                    for n in range(500)
                ]
            )
        messages = self.env["mail.message"]
        before = messages.search_count([])
        self.run_cron(datetime(2026, 3, 3, 10))
        digests = messages.search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", people.partner_id.ids),
            ]
        )
        self.assertEqual(len(digests), 50)
        self.assertEqual(messages.search_count([]) - before, 50)
        for digest in digests:
            self.assertEqual(digest.body.count("/odoo/aftersales.ticket/"), 10)

    def test_queries_do_not_grow_with_the_rows(self):
        def count(number):
            tickets = self.env["aftersales.ticket"].union(
                *(self.make_ticket_at() for _i in range(number))
            )
            clocks = tickets.sudo().clock_ids.filtered(lambda c: c.kind == "solution")
            runs = self.env["aftersales.sla.escalation.run"].create(
                [
                    {
                        "clock_id": clock.id,
                        "escalation_id": step.id,
                        "date": MONDAY,
                        "user_ids": [Command.set(self.leader.ids)],
                        "pending_user_ids": [Command.set(self.leader.ids)],
                    }
                    for clock in clocks
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            runs._tell(self.leader)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self.policy_fault.target_ids.filtered(lambda t: t.kind == "solution").escalation_ids = [
            Command.create({"trigger": "breach"})
        ]
        step = self.policy_fault.target_ids.escalation_ids
        count(1)
        few, many = count(1), count(30)
        self.assertLessEqual(many, few + 3)
