"""Jobs and users at the same clocks, with real connections (S03, S06)."""

import threading
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .concurrency import ConcurrencyCase


@tagged("post_install", "-at_install", "concurrency")
class TestSlaConcurrency(ConcurrencyCase):
    def _make_data(self, env):
        self.policies = env["aftersales.sla.policy"].search([])
        self.policies.active = False
        policy = env["aftersales.sla.policy"].create(
            {
                "name": "Together",
                "target_ids": [
                    Command.create(
                        {
                            "kind": "solution",
                            "duration": 1,
                            "calendar_mode": "always",
                            "escalation_ids": [Command.create({"trigger": "breach"})],
                        }
                    )
                ],
            }
        )
        partner = env["res.partner"].create({"name": "Together"})
        tickets = env["aftersales.ticket"].create(
            [
                {
                    "subject": "Together",
                    "partner_id": partner.id,
                    "channel": "email",
                    "resolution": "<p>Done</p>",
                    "date_open": fields.Datetime.now() - timedelta(hours=3),
                }
                for _number in range(6)
            ]
        )
        env["aftersales.sla.sweep"].search([]).unlink()
        self.ids = {"policy": policy.id, "partner": partner.id, "tickets": tickets.ids}

    def _remove_data(self):
        with self._connect() as env:
            self._delete_tickets(env, self.ids["tickets"])
            env["aftersales.sla.policy"].browse(self.ids["policy"]).unlink()
            env["res.partner"].browse(self.ids["partner"]).unlink()
            self.policies.with_env(env).active = True
            env["aftersales.sla.sweep"].search([]).unlink()

    def test_new_hours_brought_by_two_are_a_conflict_that_odoo_tries_again(self):
        with self._connect() as second:
            calendar = second["resource.calendar"].create({"name": "Changed just now"})
            pair = {(calendar, second.company)}
            self.addCleanup(self._remove_calendar, calendar.id)
            second.cr.commit()
            calendar.mapped("name")  # its snapshot
            with self._connect() as first:
                hours = first["aftersales.sla.hours"]
                kept = hours._get_current({(calendar.with_env(first), first.company)})
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                second["aftersales.sla.hours"]._get_current(pair)
            second.cr.rollback()
            again = second["aftersales.sla.hours"]._get_current(pair)
        self.assertEqual([h.id for h in kept.values()], [h.id for h in again.values()])

    def _remove_calendar(self, calendar_id):
        with self._connect() as env:
            env["aftersales.sla.hours"].search([("calendar_id", "=", calendar_id)]).unlink()
            env["resource.calendar"].browse(calendar_id).unlink()

    def _run_together(self, *functions):
        """Run each function with a connection of its own at the same time; raise what they did."""
        errors, start = [], threading.Barrier(len(functions))

        def run(function):
            try:
                with self._connect() as env:
                    start.wait()
                    function(env)
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=run, args=(function,)) for function in functions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]

    def test_two_jobs_escalate_each_clock_once(self):
        def escalate(env):
            env["aftersales.sla.clock"]._cron_escalate(batch_size=2)

        self._run_together(escalate, escalate)
        with self._connect() as env:
            env["aftersales.sla.clock"]._cron_escalate()
            clocks = env["aftersales.ticket"].browse(self.ids["tickets"]).clock_ids
            self.assertEqual(set(clocks.mapped("state")), {"breached"})
            runs = env["aftersales.sla.escalation.run"].search([("clock_id", "in", clocks.ids)])
            self.assertEqual(len(runs), len(clocks))
            broken = clocks.log_ids.filtered(lambda log: log.event == "breach")
            self.assertEqual(len(broken), len(clocks))

    def test_two_jobs_recompute_each_ticket_once(self):
        with self._connect() as env:
            env["aftersales.sla.policy"].browse(self.ids["policy"]).target_ids.duration = 5

        def recompute(env):
            env["aftersales.sla.clock"]._cron_recompute(batch_size=2)

        self._run_together(recompute, recompute)
        with self._connect() as env:
            env["aftersales.sla.clock"]._cron_recompute()
            clocks = env["aftersales.ticket"].browse(self.ids["tickets"]).clock_ids
            self.assertFalse(env["aftersales.sla.sweep"].search([]))
            self.assertEqual(set(clocks.mapped("duration")), {5})
            changes = clocks.log_ids.filtered(lambda log: log.event == "change")
            self.assertEqual(len(changes), len(clocks))

    def test_a_ticket_closed_while_the_job_runs(self):
        with self._connect() as job:
            clocks = job["aftersales.ticket"].browse(self.ids["tickets"]).clock_ids
            # The job has taken its snapshot; then a user closes two of the tickets.
            self.assertEqual(set(clocks.mapped("state")), {"running"})
            with self._connect() as user:
                closed = user["aftersales.ticket"].browse(self.ids["tickets"][:2])
                closed.action_close()
            job["aftersales.sla.clock"]._cron_escalate()
        with self._connect() as env:
            env["aftersales.sla.clock"]._cron_escalate()
            clocks = env["aftersales.ticket"].browse(self.ids["tickets"]).clock_ids
            self.assertEqual(set(clocks.mapped("state")), {"breached"})
            ended = clocks.filtered("date_ended")
            self.assertEqual(sorted(ended.ticket_id.ids), sorted(self.ids["tickets"][:2]))
            replayed = clocks._replay()
            self.assertEqual(
                {clock: clock.date_deadline for clock in clocks}, dict(replayed.items())
            )
