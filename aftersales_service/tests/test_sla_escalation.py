from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.fields import Command
from odoo.tests import RecordCapturer, tagged
from odoo.tools import mute_logger

from .sla_common import MONDAY, SlaCommon


@tagged("post_install", "-at_install")
class TestSlaEscalation(SlaCommon):
    """S04, S07: warnings and breaches are noticed, each step is taken once, people hear of it once
    a run.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager_user.email = "manager@example.com"
        cls.solution = cls.policy_fault.target_ids.filtered(lambda t: t.kind == "solution")
        cls.contact = cls.policy_fault.target_ids.filtered(lambda t: t.kind == "technician_contact")
        cls.contact.escalation_ids = [
            Command.create({"trigger": "warning", "recipient": "agent"}),
            Command.create(
                {
                    "trigger": "breach",
                    "recipient": "leader",
                    "raise_priority": True,
                    "note": "Call them",
                }
            ),
            Command.create(
                {
                    "trigger": "after",
                    "delay_hours": 2,
                    "recipient": "user",
                    "user_id": cls.manager_user.id,
                    "reassign": True,
                }
            ),
        ]

    def digests(self, user):
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", user.partner_id.ids),
                ("model", "=", False),
            ]
        )

    def activities(self, ticket, user):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "aftersales.ticket"),
                ("res_id", "=", ticket.id),
                ("user_id", "=", user.id),
            ]
        )

    def test_the_ladder_is_climbed_once(self):
        ticket = self.make_ticket_at()
        clock = self.clock(ticket, "technician_contact")
        self.run_cron("10:20")
        self.assertFalse(clock.date_warned)
        self.run_cron("10:24")
        self.assertTrue(clock.date_warned)
        self.assertEqual(ticket.sla_state, "late")  # The first response is broken by then.
        self.assertEqual(len(self.activities(ticket, self.agent_user)), 1)
        self.run_cron("10:31")
        self.assertRecordValues(
            clock, [{"state": "breached", "date_breached": MONDAY + timedelta(minutes=30)}]
        )
        self.assertEqual(len(self.activities(ticket, self.leader)), 1)
        self.assertEqual(ticket.priority, "1")
        for moment in ("10:32", "11:00"):
            self.run_cron(moment)
        self.assertEqual(len(self.activities(ticket, self.leader)), 1)
        self.assertEqual(ticket.priority, "1")
        self.run_cron("12:31")
        self.assertEqual(ticket.user_id, self.manager_user)
        self.assertEqual(
            len(self.env["aftersales.sla.escalation.run"].search([("clock_id", "=", clock.id)])), 3
        )
        self.assertFalse(clock.date_next_action)
        self.assertReplays(ticket)

    def test_a_step_is_once_by_index(self):
        ticket = self.make_ticket_at()
        self.run_cron("10:31")
        run = self.env["aftersales.sla.escalation.run"].search(
            [("ticket_id", "=", ticket.id)], limit=1
        )
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            run.copy().flush_recordset()

    def test_one_digest_for_a_person_and_run_no_mail_a_ticket(self):
        tickets = [self.make_ticket_at() for _i in range(5)]
        mails = [("model", "=", "aftersales.ticket"), ("message_type", "=", "user_notification")]
        with RecordCapturer(self.env["mail.message"], mails) as single:
            self.run_cron("10:31")
        self.assertFalse(single.records)
        digest = self.digests(self.leader)
        self.assertEqual(len(digest), 1)
        for ticket in tickets:
            self.assertIn(ticket.name, digest.body)
        self.run_cron("10:40")
        self.assertEqual(len(self.digests(self.leader)), 1)
        self.assertFalse(
            self.env["aftersales.sla.escalation.run"].search([("pending_user_ids", "!=", False)])
        )

    def test_reached_in_time_means_no_escalation(self):
        ticket = self.make_ticket_at()
        with self.at("10:05"):
            ticket.action_contact_customer()
        self.run_cron("12:45")
        self.assertFalse(
            self.env["aftersales.sla.escalation.run"].search([("ticket_id", "=", ticket.id)])
        )

    def test_reached_late_stops_the_ladder(self):
        ticket = self.make_ticket_at()
        self.run_cron("10:31")
        with self.at("10:40"):
            ticket.action_contact_customer()
        self.run_cron("13:00")
        self.assertEqual(ticket.user_id, self.agent_user)

    def test_paused_clocks_are_left_alone(self):
        ticket = self.make_ticket_at()
        with self.at("10:05"):
            ticket.stage_id = ticket._get_stage("waiting")
        self.run_cron("12:00")
        self.assertEqual(self.clock(ticket, "technician_contact").state, "paused")

    def test_managers_stand_in_for_a_missing_leader(self):
        self.team.user_id = False
        ticket = self.make_ticket_at()
        self.run_cron("10:31")
        self.assertTrue(self.activities(ticket, self.manager_user))

    def test_one_failure_does_not_lose_the_others(self):
        good, bad = self.make_ticket_at(), self.make_ticket_at()
        model = type(self.env["aftersales.sla.clock"])
        original = model._take_steps

        def failing(clocks, now):
            if bad in clocks.ticket_id:
                raise ValueError("broken recipient")
            return original(clocks, now)

        with (
            patch.object(model, "_take_steps", failing),
            mute_logger("odoo.addons.aftersales_service.models.aftersales_sla_clock_cron"),
        ):
            self.run_cron("10:31")
        self.assertEqual(self.clock(good, "technician_contact").state, "breached")
        failed = self.clock(bad, "technician_contact")
        self.assertEqual(failed.state, "running")
        self.assertEqual(failed.last_error, "broken recipient")
        self.run_cron("10:40")
        self.assertEqual(failed.state, "running")
        self.run_cron("11:32")
        self.assertRecordValues(failed, [{"state": "breached", "last_error": False}])

    def test_the_cron_goes_on_in_batches(self):
        tickets = [self.make_ticket_at() for _i in range(5)]
        self.env.ref(
            "aftersales_service.ir_cron_aftersales_sla_escalate"
        ).code = "model._cron_escalate(batch_size=2)"
        self.run_cron("10:31")
        for ticket in tickets:
            self.assertEqual(self.clock(ticket, "technician_contact").state, "breached")

    def test_queries_do_not_grow_with_the_clocks(self):
        def count(number):
            tickets = [self.make_ticket_at() for _i in range(number)]
            clocks = self.env["aftersales.ticket"].union(*tickets).sudo().clock_ids
            due = clocks.filtered(lambda c: c.kind == "first_response")
            self.env.flush_all()
            self.env.invalidate_all()
            with self.at("10:10"):
                before = self.env.cr.sql_log_count
                due._run_due()
                self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        few, many = count(1), count(30)
        self.assertLess(many, few + 8)
