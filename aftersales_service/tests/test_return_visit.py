from datetime import datetime

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .test_visit import VisitCommon


@tagged("post_install", "-at_install")
class TestReturnVisit(VisitCommon):
    """R03: after a repair the customer is asked; "not satisfied" opens the ticket again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Office hours", "tz": "UTC", "company_id": cls.company.id}
        )
        cls.company.write({"aftersales_return_days": 3, "aftersales_callback_hours": 2})

    def finish(self):
        visit = self.make_arrived()
        visit.action_done()
        return self.ticket.return_visit_ids.with_user(self.agent_user)

    @freeze_time("2030-03-07 10:00:00")  # a Thursday
    def test_due_three_working_days_after_a_repair_once(self):
        due = self.finish()
        self.assertRecordValues(
            due,
            [
                {
                    "state": "planned",
                    "mode": "phone",
                    "origin": "visit",
                    "asset_id": self.asset.id,
                    "partner_id": self.customer.id,
                    "user_id": self.agent_user.id,
                }
            ],
        )
        self.assertEqual(due.date_planned.date(), datetime(2030, 3, 12).date())
        self.assertIn("3 working days after visit", due.reason)
        self.assertEqual(due.activity_ids.user_id, self.agent_user)
        visits = self.ticket.visit_ids
        self.env["aftersales.return.visit"]._plan_for_visits(visits)
        self.env["aftersales.return.visit"]._plan_for_tickets(self.ticket)
        self.assertEqual(self.ticket.return_visit_count, 1)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            due.sudo().create(due._prepare_from_visit(visits))

    @freeze_time("2030-03-07 10:00:00")
    def test_due_two_hours_after_phone_advice(self):
        self.ticket.resolution = "<p>Told to check the fuse.</p>"
        self.ticket.action_close()
        due = self.ticket.return_visit_ids
        self.assertRecordValues(due, [{"origin": "advice", "state": "planned"}])
        self.assertEqual(due.date_planned.date(), datetime(2030, 3, 7).date())

    def test_enquiries_are_not_asked_about(self):
        ticket = self.make_ticket(self.asset, type="enquiry", resolution="<p>Yes.</p>")
        ticket.action_close()
        self.assertFalse(ticket.return_visit_ids)

    def test_not_satisfied_reopens_the_ticket_and_asks_again(self):
        due = self.finish()
        due.satisfied = "no"
        with self.assertRaisesRegex(UserError, "Opinion"):
            due.action_done()
        due.opinion = "Leaks again"
        due.action_done()
        self.assertEqual(due.state, "done")
        self.assertFalse(due.activity_ids)
        self.assertEqual(self.ticket.stage_id, self.ticket._get_stage("progress"))
        self.assertEqual(self.ticket.reopen_count, 1)
        again = self.make_arrived(hours=24)
        again.action_done()
        self.assertEqual(len(self.ticket.return_visit_ids), 2)

    def test_satisfied_closes_a_solved_ticket(self):
        due = self.finish()
        due.satisfied = "yes"
        due.action_done()
        self.assertTrue(self.ticket.is_closed)
        self.assertEqual(len(self.ticket.return_visit_ids), 1)
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            due.satisfied = "no"

    def test_answer_is_needed(self):
        due = self.finish()
        with self.assertRaisesRegex(UserError, "Satisfied"):
            due.action_done()

    def test_no_answer_is_counted_and_tried_later(self):
        due = self.finish()
        due.action_no_answer()
        self.assertRecordValues(due, [{"attempts": 1, "state": "planned"}])
        self.assertTrue(due.date_planned > due.date_attempt)

    def test_reopening_by_hand_cancels_the_question(self):
        due = self.finish()
        self.ticket.action_reopen(reason="Called again")
        self.assertEqual(due.state, "cancelled")

    def test_technicians_read_but_do_not_answer(self):
        due = self.finish()
        self.assertEqual(due.with_user(self.technician_user).read(["name"])[0]["name"], due.name)
        with self.assertRaises(AccessError):
            due.with_user(self.technician_user).write({"satisfied": "yes"})

    def test_manual_return_visit(self):
        vals = {"partner_id": self.customer.id, "mode": "site", "asset_id": self.asset.id}
        manual = (
            self.env["aftersales.return.visit"]
            .with_user(self.agent_user)
            .create([vals, dict(vals)])
        )
        manual.write({"satisfied": "yes"})
        manual.action_done()
        self.assertEqual(set(manual.mapped("state")), {"done"})

    def test_what_the_module_works_out_is_not_written_by_clients(self):
        call = self.finish()
        for values in (
            {"attempts": 9},
            {"date_done": "2026-01-01 10:00:00"},
            {"reason": "Because"},
        ):
            with self.assertRefused("is not typed in"):
                call.write(values)
        with self.assertRefused("is not typed in"):
            call.visit_id.with_user(self.dispatcher_user).write({"nobody_home_count": 3})
