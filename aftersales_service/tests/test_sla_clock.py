from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .sla_common import MONDAY, SlaCommon


@tagged("post_install", "-at_install")
class TestSlaClock(SlaCommon):
    """S03: clocks start, pause, are reached or broken, and are computed again."""

    def test_deadlines_count_working_time(self):
        ticket = self.make_ticket_at()
        day = MONDAY.replace
        expected = {
            "first_response": day(hour=10, minute=10),
            "technician_contact": day(hour=10, minute=30),
            "phone_solution": day(hour=15),
            "solution": datetime(2026, 3, 3, 10),
        }
        self.assertEqual({c.kind: c.date_deadline for c in ticket.clock_ids}, expected)
        self.assertEqual(ticket.sla_date_deadline, expected["first_response"])
        self.assertEqual(ticket.sla_state, "running")
        self.assertIn("Test faults", ticket.sla_explanation)
        self.assertReplays(ticket)

    def test_holidays_and_time_zones_count(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": datetime(2026, 3, 3),
                "date_to": datetime(2026, 3, 3, 23, 59, 59),
            }
        )
        ticket = self.make_ticket_at()
        self.assertEqual(self.clock(ticket, "solution").date_deadline, datetime(2026, 3, 4, 10))
        self.team.resource_calendar_id = self.make_calendar("Shanghai", "Asia/Shanghai", ((8, 17),))
        # 10:00 UTC is 18:00 in Shanghai: the clock begins on Tuesday at 08:00 there.
        ticket = self.make_ticket_at()
        self.assertEqual(
            self.clock(ticket, "first_response").date_deadline, datetime(2026, 3, 3, 0, 10)
        )

    def test_another_companys_holiday_does_not_count(self):
        other = self.env["res.company"].create({"name": "Other company"})
        self.env["resource.calendar.leaves"].create(
            {
                "name": "x",
                "company_id": other.id,
                "date_from": datetime(2026, 3, 3),
                "date_to": datetime(2026, 3, 5),
            }
        ).company_id = other
        ticket = self.make_ticket_at()
        self.assertEqual(self.clock(ticket, "solution").date_deadline, datetime(2026, 3, 3, 10))

    def test_round_the_clock_and_team_without_hours(self):
        self.team.resource_calendar_id = False
        ticket = self.make_ticket_at(datetime(2026, 3, 7, 23))
        self.assertEqual(self.clock(ticket, "solution").date_deadline, datetime(2026, 3, 8, 7))

    def test_a_call_is_its_own_first_response(self):
        clock = self.clock(self.make_ticket_at(channel="phone"), "first_response")
        self.assertRecordValues(clock, [{"state": "reached", "date_reached": MONDAY}])

    def test_waiting_stops_the_clock_for_the_working_time_waited(self):
        ticket = self.make_ticket_at()
        with self.at("11:00"):
            ticket.stage_id = ticket._get_stage("waiting")
        clock = self.clock(ticket, "solution")
        self.assertRecordValues(
            clock, [{"state": "paused", "paused_since": MONDAY.replace(hour=11)}]
        )
        # "Never pauses" never paused; it was broken by then.
        self.assertEqual(self.clock(ticket, "first_response").state, "running")
        with self.at("14:30"):
            ticket.stage_id = ticket._get_stage("progress")
        # Waited 11–12 and 13–14:30: two and a half working hours.
        self.assertRecordValues(
            clock, [{"state": "running", "date_deadline": datetime(2026, 3, 3, 13, 30)}]
        )
        self.assertReplays(ticket)

    def test_the_technicians_call_is_kept_and_proves_the_response(self):
        ticket = self.make_ticket_at(technician_id=self.technician.id)
        self.assertTrue(ticket.sla_waits_for_contact)
        with self.at("10:05"):
            ticket.with_user(self.technician_user).action_contact_customer()
        self.assertEqual(self.clock(ticket, "technician_contact").state, "reached")
        self.assertEqual(
            self.clock(ticket, "first_response").date_reached, MONDAY + timedelta(minutes=5)
        )
        self.assertFalse(ticket.sla_waits_for_contact)

    def test_reached_late_stays_broken(self):
        ticket = self.make_ticket_at()
        with self.at("11:00"):
            ticket.action_contact_customer()
        clock = self.clock(ticket, "technician_contact")
        self.assertRecordValues(
            clock,
            [
                {
                    "state": "breached",
                    "date_breached": MONDAY + timedelta(minutes=30),
                    "date_reached": MONDAY + timedelta(hours=1),
                }
            ],
        )
        self.assertEqual(clock.remaining, "30 min late")

    def test_a_public_message_answers_a_note_does_not(self):
        ticket = self.make_ticket_at()
        with self.at("10:05"):
            ticket.message_post(body="Between us", subtype_xmlid="mail.mt_note")
            self.assertFalse(self.clock(ticket, "first_response").date_reached)
            ticket.with_user(self.env.ref("base.user_root")).sudo().message_post(
                body="From the customer",
                author_id=self.customer.id,
                subtype_xmlid="mail.mt_comment",
            )
            self.assertFalse(self.clock(ticket, "first_response").date_reached)
            ticket.message_post(
                body="We are on it", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertEqual(self.clock(ticket, "first_response").state, "reached")

    def test_solving_ends_what_is_not_needed(self):
        ticket = self.make_ticket_at()
        with self.at("10:20"):
            ticket.action_solve()
        self.assertEqual(self.clock(ticket, "solution").state, "reached")
        self.assertEqual(self.clock(ticket, "phone_solution").state, "reached")
        self.assertEqual(self.clock(ticket, "first_response").state, "breached")
        self.assertFalse(self.clock(ticket, "technician_contact"))
        self.assertEqual(ticket.sla_state, "broken")
        self.assertFalse(ticket.sla_date_deadline)

    def test_a_broken_promise_that_is_needless_now_is_over(self):
        ticket = self.make_ticket_at()
        self.run_cron("10:45")
        with self.at("10:50"):
            ticket.action_solve()
        clock = self.clock(ticket, "technician_contact")
        self.assertRecordValues(
            clock, [{"state": "breached", "date_reached": False, "is_open": False}]
        )
        self.assertEqual(ticket.sla_state, "broken")
        self.run_cron("14:00")
        self.assertFalse(clock.date_next_action)

    def test_reopening_promises_the_solution_anew_and_keeps_the_first(self):
        for reopen in ("solved", "closed"):
            with self.subTest(reopen):
                ticket = self.make_ticket_at(resolution="<p>Done</p>")
                with self.at("10:05"):
                    ticket.action_solve()
                    if reopen == "closed":
                        ticket.action_close()
                with self.at("14:00"):
                    ticket.action_reopen("Again")
                self.assertEqual(self.clock(ticket, "solution").state, "reached")
                again = self.clock(ticket, "solution", 1)
                self.assertRecordValues(
                    again, [{"state": "running", "date_deadline": datetime(2026, 3, 3, 14)}]
                )
                self.assertFalse(self.clock(ticket, "first_response", 1))
                self.assertReplays(ticket)

    def test_emergency_changes_the_promises_and_keeps_what_was_reached(self):
        urgent = self.make_policy(
            "Test emergency",
            [
                ("first_response", 1, "minute", {}),
                ("on_site", 2, "hour", {}),
                ("solution", 1, "hour", {}),
            ],
            emergency="yes",
            sequence=1,
        )
        ticket = self.make_ticket_at()
        with self.at("10:05"):
            ticket._reach_sla("first_response")
            ticket.emergency = True
        self.assertEqual(ticket.sla_policy_id, urgent)
        first = self.clock(ticket, "first_response")
        self.assertRecordValues(first, [{"state": "reached", "policy_id": self.policy_fault.id}])
        self.assertEqual(self.clock(ticket, "solution").date_deadline, MONDAY + timedelta(hours=1))
        self.assertEqual(self.clock(ticket, "on_site").date_deadline, datetime(2026, 3, 2, 12))
        self.assertFalse(self.clock(ticket, "technician_contact"))
        self.assertEqual(
            ticket.clock_ids.filtered(lambda c: c.kind == "technician_contact").mapped("state"),
            ["cancelled"],
        )
        with self.at("10:06"):
            ticket.emergency = False
        self.assertEqual(self.clock(ticket, "solution").date_deadline, datetime(2026, 3, 3, 10))
        self.assertReplays(ticket)

    def test_another_team_has_other_hours(self):
        ticket = self.make_ticket_at()
        night = self.env["aftersales.team"].create({"name": "Night", "resource_calendar_id": False})
        with self.at("10:05"):
            ticket.team_id = night
        self.assertEqual(self.clock(ticket, "solution").date_deadline, MONDAY.replace(hour=18))
        self.assertReplays(ticket)

    def test_holidays_and_policies_move_open_clocks_in_bulk(self):
        tickets = self.env["aftersales.ticket"].union(*[self.make_ticket_at() for _i in range(3)])
        self.env["aftersales.sla.sweep"].search([]).unlink()
        with self.at("10:05"):
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Holiday",
                    "calendar_id": self.calendar.id,
                    "date_from": datetime(2026, 3, 3),
                    "date_to": datetime(2026, 3, 4),
                }
            )
        self.assertTrue(self.env["aftersales.sla.sweep"].search([]))
        self.run_cron("10:06", "recompute")
        self.assertFalse(self.env["aftersales.sla.sweep"].search([]))
        for ticket in tickets:
            self.assertEqual(self.clock(ticket, "solution").date_deadline, datetime(2026, 3, 4, 10))
        with self.at("10:07"):
            self.policy_fault.target_ids.filtered(lambda t: t.kind == "solution").duration = 1
        self.run_cron("10:08", "recompute")
        for ticket in tickets:
            self.assertEqual(self.clock(ticket, "solution").date_deadline, MONDAY.replace(hour=11))
        self.assertReplays(tickets)

    def test_new_hours_targets_and_policies_reach_open_tickets(self):
        ticket = self.make_ticket_at()
        with self.at("10:05"):
            self.team.resource_calendar_id = False
            self.policy_fault.target_ids = [
                Command.create({"kind": "close", "duration": 1, "duration_unit": "day"})
            ]
        self.run_cron("10:06", "recompute")
        self.assertEqual(self.clock(ticket, "solution").date_deadline, MONDAY.replace(hour=18))
        self.assertEqual(self.clock(ticket, "close").date_deadline, MONDAY + timedelta(days=1))
        with self.at("10:07"):
            first = self.make_policy("First", [("solution", 1, "hour", {})], sequence=0)
        self.run_cron("10:08", "recompute")
        self.assertEqual(ticket.sla_policy_id, first)
        self.assertEqual(self.clock(ticket, "solution").date_deadline, MONDAY.replace(hour=11))
        self.assertFalse(self.clock(ticket, "close"))
        self.assertReplays(ticket)

    def test_queries_do_not_grow_with_the_tickets(self):
        def count(number):
            vals = [
                {
                    "subject": str(i),
                    "partner_id": self.customer.id,
                    "team_id": self.team.id,
                    "channel": "email",
                }
                for i in range(number)
            ]
            tickets = self.env["aftersales.ticket"].create(vals)
            # Clocks are kept with their tickets: only the table itself lets them go.
            self.env.flush_all()
            self.env.cr.execute(
                "DELETE FROM aftersales_sla_clock WHERE ticket_id IN %s", [tuple(tickets.ids)]
            )
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tickets._start_sla()
            self.env.flush_all()
            started = self.env.cr.sql_log_count - before
            before = self.env.cr.sql_log_count
            tickets._refresh_sla("again")
            self.env.flush_all()
            return started, self.env.cr.sql_log_count - before

        count(1)
        few, many = count(1), count(50)
        # A batch of 50 makes 200 clocks: inserts and updates are cut into a few more statements.
        self.assertLess(many[0], few[0] + 12, (few, many))
        self.assertLess(many[1], few[1] + 12, (few, many))

    def test_clocks_are_not_changed_by_hand(self):
        clock = self.clock(self.make_ticket_at(), "solution")
        for user in (self.agent_user, self.manager_user):
            own = clock.with_user(user)
            with self.assertRaises(AccessError):
                own.date_deadline = MONDAY + timedelta(days=9)
            with self.assertRaises(AccessError):
                own.unlink()
        with self.assertRaises(AccessError):
            clock.with_user(self.agent_user).copy()
        clock.with_user(self.agent_user).breach_reason = "Part was missing"
        self.assertEqual(clock.breach_reason, "Part was missing")

    def test_who_sees_the_clocks(self):
        ticket = self.make_ticket_at(technician_id=self.technician.id)
        other = self.make_ticket_at(technician_id=self.technician_2.id)
        clocks = self.env["aftersales.sla.clock"]
        own = clocks.with_user(self.technician_user).search(
            [("ticket_id", "in", (ticket | other).ids)]
        )
        self.assertEqual(own.ticket_id, ticket)
        with self.assertRaises(AccessError):
            clocks.with_user(self.plain_user).search([])
        company = self.env["res.company"].create({"name": "Other company"})
        stranger = new_test_user(
            self.env,
            "t_stranger",
            groups="aftersales_service.group_aftersales_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertFalse(clocks.with_user(stranger).search([("ticket_id", "=", ticket.id)]))

    def test_closed_tickets_are_refused_and_never_start(self):
        ticket = self.make_ticket_at(resolution="<p>Done</p>")
        with self.at("10:05"):
            ticket.action_close()
            with self.assertRefused("closed already"):
                ticket.action_contact_customer()
        closed = self.make_ticket_at(
            stage_id=ticket._get_stage("closed").id, resolution="<p>Old</p>"
        )
        self.assertFalse(closed.clock_ids)
        self.assertEqual(closed.sla_state, "none")

    def test_archived_tickets_have_no_clocks_that_run(self):
        ticket = self.make_ticket_at()
        ticket = ticket.with_user(self.manager_user)
        with self.at("10:05"):
            ticket.action_archive()
        self.assertEqual(set(ticket.clock_ids.mapped("state")), {"cancelled"})
        self.assertFalse(ticket.sla_date_deadline)
        with self.at("10:06"):
            ticket.action_unarchive()
        self.assertEqual(self.clock(ticket, "solution").date_deadline, datetime(2026, 3, 3, 10))

    def test_a_backdated_arrival_in_time_heals_the_breach(self):
        ticket = self.make_ticket_at()
        self.run_cron("10:45")
        self.assertEqual(self.clock(ticket, "technician_contact").state, "breached")
        with self.at("11:00"):
            ticket._reach_sla("technician_contact", MONDAY + timedelta(minutes=20))
        self.assertRecordValues(
            self.clock(ticket, "technician_contact"), [{"state": "reached", "date_breached": False}]
        )

    def test_a_visit_takes_the_place_of_the_phone_and_proves_the_arrival(self):
        self.policy_fault.target_ids = [
            Command.create({"kind": "on_site", "duration": 2, "duration_unit": "hour"})
        ]
        ticket = self.make_ticket_at()
        with self.at("10:05"):
            visit = self.env["aftersales.visit"].create(
                ticket._prepare_visit_vals()
                | {
                    "date_start": MONDAY + timedelta(hours=1),
                    "date_end": MONDAY + timedelta(hours=2),
                    "technician_id": self.technician.id,
                }
            )
            visit.action_schedule()
        self.assertFalse(self.clock(ticket, "phone_solution"))
        self.assertEqual(self.clock(ticket, "solution").state, "running")
        with self.at("11:00"):
            visit.with_user(self.technician_user).action_depart()
            visit.with_user(self.technician_user).action_arrive()
        self.assertRecordValues(
            self.clock(ticket, "on_site"),
            [{"state": "reached", "date_reached": MONDAY + timedelta(hours=1)}],
        )
        # Whoever stands at the door has spoken with the customer, here half an hour too late.
        self.assertEqual(self.clock(ticket, "technician_contact").state, "breached")

    def test_own_hours_must_have_hours(self):
        empty = self.env["resource.calendar"].create(
            {"name": "Empty", "attendance_ids": [Command.clear()]}
        )
        with self.assertRefused("working period"):
            self.policy_fault.target_ids[0].write(
                {"calendar_mode": "own", "resource_calendar_id": empty.id}
            )
        with self.assertRaises(UserError):
            self.make_ticket_at().clock_ids[:1].target_id.unlink()
