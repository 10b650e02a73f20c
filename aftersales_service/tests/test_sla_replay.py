from datetime import datetime, timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .sla_common import MONDAY, SlaCommon


@tagged("post_install", "-at_install")
class TestSlaReplay(SlaCommon):
    """S06: the log of each clock tells its deadline (any story: ``test_sla_story.py``)."""

    def test_reached_clocks_keep_their_deadline_and_story(self):
        ticket = self.make_ticket_at()
        with self.at("10:20"):
            ticket._reach_sla("solution")
        clock = self.clock(ticket, "solution")
        deadline = clock.date_deadline
        # The calendar is another one now, and then there is none at all.
        self.calendar.attendance_ids.filtered(lambda a: a.dayofweek == "0").unlink()
        self.assertReplays(ticket)
        self.team.resource_calendar_id = False
        self.calendar.unlink()
        self.assertEqual(clock.date_deadline, deadline)
        self.assertReplays(ticket)

    def test_a_deleted_calendar_leaves_no_clock_behind(self):
        ticket = self.make_ticket_at(datetime(2026, 3, 7, 23))
        with self.at(datetime(2026, 3, 7, 23, 5)):
            self.team.resource_calendar_id = False
            self.calendar.unlink()
        self.run_cron(datetime(2026, 3, 7, 23, 6), "recompute")
        self.assertEqual(self.clock(ticket, "solution").date_deadline, datetime(2026, 3, 8, 7))
        self.assertReplays(ticket)

    def test_tickets_without_promise_get_one_from_a_new_policy(self):
        ticket = self.make_ticket_at(type="training")
        self.assertFalse(ticket.clock_ids)
        with self.at("10:05"):
            self.make_policy("Trainings", [("answer", 2, "hour", {})], type_training=True)
        self.run_cron("10:06", "recompute")
        self.assertEqual(self.clock(ticket, "answer").date_deadline, MONDAY.replace(hour=12))
        self.assertReplays(ticket)

    def test_removed_targets_and_archived_policies_drop_their_clocks(self):
        ticket = self.make_ticket_at()
        with self.at("10:05"):
            self.policy_fault.active = False
        self.run_cron("10:06", "recompute")
        self.assertEqual(set(ticket.clock_ids.mapped("state")), {"cancelled"})
        self.assertEqual(ticket.sla_state, "none")

    def test_what_is_broken_stays_broken_when_the_ticket_changes(self):
        slow = self.make_policy(
            "Slow", [("first_response", 9, "day", {})], priority="1", sequence=1
        )
        ticket = self.make_ticket_at()
        self.run_cron("10:30")
        clock = self.clock(ticket, "first_response")
        self.assertEqual(clock.state, "breached")
        with self.at("10:40"):
            ticket.priority = "1"
        self.assertEqual(ticket.sla_policy_id, slow)
        self.assertRecordValues(
            clock, [{"state": "breached", "date_breached": MONDAY + timedelta(minutes=10)}]
        )

    def test_one_ticket_that_fails_stops_nobody(self):
        good, bad = self.make_ticket_at(), self.make_ticket_at()
        sweeps = self.env["aftersales.sla.sweep"]
        sweeps.search([]).unlink()
        original = type(self.env["aftersales.ticket"])._refresh_sla

        def refresh(tickets, *args, **kwargs):
            if bad in tickets:
                raise ValueError("broken ticket")
            return original(tickets, *args, **kwargs)

        self.patch(type(self.env["aftersales.ticket"]), "_refresh_sla", refresh)
        self.team.resource_calendar_id = False
        with self.assertLogs("odoo.addons.aftersales_service.models.aftersales_sla_sweep", "ERROR"):
            self.run_cron("10:06", "recompute")
        self.assertEqual(self.clock(good, "solution").date_deadline, MONDAY.replace(hour=18))
        waiting = sweeps.search([])
        self.assertEqual(waiting.last_error, "broken ticket")
        self.patch(type(self.env["aftersales.ticket"]), "_refresh_sla", original)
        self.run_cron("10:30", "recompute")
        self.assertEqual(sweeps.search([]), waiting, "not before an hour is over")
        self.run_cron("11:10", "recompute")
        self.assertFalse(sweeps.search([]))
        self.assertEqual(self.clock(bad, "solution").date_deadline, MONDAY.replace(hour=18))

    def test_a_sweep_goes_on_where_it_stopped(self):
        tickets = self.env["aftersales.ticket"].union(*[self.make_ticket_at() for _n in range(4)])
        sweeps = self.env["aftersales.sla.sweep"]
        sweeps.search([]).unlink()
        self.team.resource_calendar_id = False
        sweep = sweeps.search([("res_model", "=", "aftersales.ticket")])
        # The job was killed after two tickets.
        with self.at("10:06"):
            sweep._run_batch(tickets.sorted("id")[:2].ids)
        sweep.last_id = tickets.sorted("id")[1].id
        self.assertEqual(sweep._get_ids(), tickets.sorted("id")[2:].ids)
        self.run_cron("10:07", "recompute")
        self.assertEqual(
            set(tickets.clock_ids.filtered(lambda c: c.kind == "solution").mapped("date_deadline")),
            {MONDAY.replace(hour=18)},
        )
        changes = tickets.sudo().clock_ids.log_ids.filtered(lambda log: log.event == "change")
        self.assertEqual(len(changes), len(tickets.clock_ids), "each was computed once")

    def test_queries(self):
        vals = {"subject": "x", "partner_id": self.customer.id, "team_id": self.team.id}
        vals_list = [dict(vals, channel="email", resolution="<p>Done</p>") for _n in range(500)]
        tickets = self.env["aftersales.ticket"].with_user(self.agent_user)
        tickets.create(vals)
        self.env.flush_all()
        with self.assertQueryCount(25):
            tickets.create(vals)
            self.env.flush_all()
        # As the web client saves the form: a new request knows no record yet.
        assets = [self.sell(f"SN-COLD-{n}", partner=self.customer) for n in range(2)]
        symptom = self.env["aftersales.symptom"].create({"name": "Leaks"})
        self.customer.user_id = self.agent_user.copy({"login": "cold_sales"})
        fault = dict(vals, type="fault", channel="email", symptom_id=symptom.id)
        logged = tickets.with_context(tracking_disable=False, mail_create_nolog=False)
        for asset in assets:  # the first one fills the caches of the configuration
            self.env.flush_all()
            self.env.invalidate_all()
            started = self.env.cr.sql_log_count
            ticket = logged.create(dict(fault, asset_id=asset.id))
            self.env.flush_all()
            queries = self.env.cr.sql_log_count - started
        self.assertGreaterEqual(len(ticket.sudo().clock_ids), 3)
        self.assertLessEqual(queries, 25)
        with self.assertQueryCount(1000):
            tickets = tickets.create(vals_list)
            self.env.flush_all()
        with self.assertQueryCount(200):
            tickets.write({"stage_id": tickets._get_stage("waiting").id})
            self.env.flush_all()
        with self.assertQueryCount(200):
            tickets.write({"stage_id": tickets._get_stage("progress").id})
            self.env.flush_all()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "x",
                "calendar_id": self.calendar.id,
                "date_from": fields.Datetime.now(),
                "date_to": fields.Datetime.now() + timedelta(days=3),
            }
        )
        with self.assertQueryCount(100):
            tickets._refresh_sla("Holiday", correction=True)
            self.env.flush_all()
        with self.assertQueryCount(1000):
            tickets.write({"stage_id": tickets._get_stage("closed").id})
            self.env.flush_all()
        self.assertReplays(tickets)

    def test_zones_that_change_move_the_promise(self):
        country = self.env.ref("base.be")
        self.customer.country_id = country
        zone = self.env["aftersales.zone"].create({"name": "Belgium"})
        near = self.make_policy(
            "Near",
            [("solution", 1, "hour", {})],
            zone_match="in",
            sequence=1,
            zone_ids=[Command.set(zone.ids)],
        )
        ticket = self.make_ticket_at()
        self.assertEqual(ticket.sla_policy_id, self.policy_fault)
        with self.at("10:05"):
            zone.country_ids = country
        self.run_cron("10:06", "recompute")
        self.assertEqual((ticket.zone_id, ticket.sla_policy_id), (zone, near))
        self.assertEqual(self.clock(ticket, "solution").date_deadline, MONDAY.replace(hour=11))
