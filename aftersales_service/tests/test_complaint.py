from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestComplaint(AftersalesCommon):
    """T08: answered in a day, finished in a month, decided by the centre."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "farm@test.example.com"
        cls.caller.email = "caller@test.example.com"
        cls.asset = cls.sell("CM-1")

    def make_complaint(self, **values):
        vals = {"type": "complaint", "subject": "The technician was rude", **values}
        ticket = self.make_ticket(self.asset, caller_id=self.caller.id, **vals)
        return ticket.with_user(self.agent_user)

    def decide(self, ticket, user=None, **arguments):
        arguments = {"upheld": "yes", "reason": "Two witnesses", **arguments}
        ticket.with_user(user or self.manager_user).action_decide_complaint(**arguments)

    def get_clock(self, ticket, kind):
        return ticket.sudo().clock_ids.filtered(lambda c: c.kind == kind)

    def test_answered_in_24_hours_and_closed_in_a_month(self):
        ticket = self.make_complaint()
        opened = ticket.date_open
        self.assertEqual(
            self.get_clock(ticket, "answer").date_deadline, opened + timedelta(hours=24)
        )
        self.assertEqual(
            self.get_clock(ticket, "close").date_deadline, opened + relativedelta(months=1)
        )

    def test_the_answer_reaches_the_customer_and_the_clock(self):
        ticket = self.make_complaint()
        with self.assertRefused("write the answer"):
            ticket.action_send_complaint_answer()
        ticket.complaint_answer = "<p>We are sorry and look into it.</p>"
        ticket.action_send_complaint_answer()
        message = ticket.message_ids.filtered(lambda m: m.message_type == "comment")
        self.assertEqual(message.partner_ids, self.caller)
        self.assertIn("look into it", message.body)
        self.assertEqual(self.get_clock(ticket, "answer").state, "reached")
        self.assertEqual(ticket.complaint_answered_by, self.agent_user)
        self.assertTrue(ticket.complaint_date_answered)

    def test_an_answer_by_phone_counts_too(self):
        ticket = self.make_complaint()
        ticket.action_answer_customer()
        self.assertTrue(ticket.complaint_date_answered)
        self.assertEqual(self.get_clock(ticket, "answer").state, "reached")

    def test_what_is_next_is_to_answer_decide_and_close(self):
        ticket = self.make_complaint()
        self.assertEqual(ticket.next_step, "answer")
        ticket.action_answer_customer()
        self.assertFalse(ticket.next_step, "a manager decides; there is nothing to solve by phone")
        self.decide(ticket)
        self.assertEqual(ticket.next_step, "close")
        self.assertEqual(ticket.with_user(self.technician_user).next_step, "close")

    def test_nobody_to_answer_to(self):
        (self.customer | self.caller).email = False
        ticket = self.make_complaint(complaint_answer="<p>Sorry</p>")
        with self.assertRefused("no e-mail address"):
            ticket.action_send_complaint_answer()
        self.assertFalse(ticket.complaint_date_answered)

    def test_a_late_answer_breaks_the_promise(self):
        ticket = self.make_complaint(date_open=fields.Datetime.now() - timedelta(hours=25))
        ticket.action_answer_customer()
        self.assertEqual(self.get_clock(ticket, "answer").state, "breached")

    def test_closed_when_answered_and_decided(self):
        ticket = self.make_complaint(resolution="<p>Apologised</p>")
        with self.assertRefused("no answer to the complaint"):
            ticket.action_close()
        ticket.action_answer_customer()
        with self.assertRefused("decides first"):
            ticket.action_close()
        self.decide(ticket, upheld="no", reason="He was polite")
        ticket.action_close()
        self.assertTrue(ticket.is_closed)
        self.assertEqual(self.get_clock(ticket, "close").state, "reached")
        with self.assertRefused("closed"):
            self.decide(ticket)

    def test_the_manager_decides_and_names_whom_it_concerns(self):
        ticket = self.make_complaint()
        action = ticket.with_user(self.manager_user).action_decide_complaint()
        wizard = self.env["aftersales.complaint.decide"].with_user(self.manager_user)
        with Form(wizard.with_context(**action["context"])) as form:
            form.upheld = "partly"
            form.reason = "He came late, but was polite"
            form.employee_id = self.technician
            form.compensate = True
        result = form.record.action_decide()
        self.assertEqual(result["res_model"], "aftersales.compensation")
        self.assertEqual(result["context"]["default_reason"], "complaint")
        self.assertRecordValues(
            ticket,
            [
                {
                    "complaint_upheld": "partly",
                    "complaint_reason": "He came late, but was polite",
                    "complaint_decided_by": self.manager_user.id,
                }
            ],
        )
        self.assertEqual(ticket.sudo().complaint_employee_id, self.technician)
        self.decide(ticket, upheld="no", employee_id=self.technician.id)
        self.assertFalse(ticket.sudo().complaint_employee_id, "nobody, when it is not upheld")

    def test_who_handles_a_complaint_does_not_decide_it(self):
        ticket = self.make_complaint(technician_id=self.technician.id)
        for user in (self.agent_user, self.dispatcher_user, self.technician_user):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.decide(ticket, user)
        for values in ({"complaint_upheld": "no"}, {"complaint_reason": "No"}):
            with self.subTest(values), self.assertRefused("not typed in"):
                ticket.write(values)
        with self.assertRaises(AccessError):
            ticket.with_user(self.technician_user).read(["complaint_upheld"])
        with self.assertRaises(AccessError):
            ticket.read(["complaint_employee_id"])

    def test_bad_decisions_are_refused(self):
        ticket = self.make_complaint()
        with self.assertRefused("Give the reasons"):
            self.decide(ticket, reason="  ")
        with self.assertRefused("partly upheld"):
            self.decide(ticket, upheld="maybe")
        fault = self.make_ticket(self.asset)
        with self.assertRefused("is no complaint"):
            self.decide(fault)
        with self.assertRefused("is no complaint"):
            fault.action_send_complaint_answer()

    def test_the_register_shows_what_was_granted(self):
        ticket = self.make_complaint()
        compensation = self.env["aftersales.compensation"].create(
            {"ticket_id": ticket.id, "reason": "complaint", "amount": 50.0}
        )
        self.assertEqual(ticket.compensation_amount, 0.0)
        compensation._write_past_guard({"state": "approved", "amount_approved": 40.0})
        ticket.invalidate_recordset()
        self.assertEqual(ticket.compensation_amount, 40.0)
