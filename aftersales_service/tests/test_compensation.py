from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common_compensation import CompensationCommon


@tagged("post_install", "-at_install")
class TestCompensation(CompensationCommon):
    """X05, T08: proposed by the office, decided by the centre, credited by accounting."""

    def test_from_the_ticket_to_the_credit_note(self):
        action = self.ticket.with_user(self.agent_user).action_propose_compensation()
        model = self.env["aftersales.compensation"].with_user(self.agent_user)
        with Form(model.with_context(**action["context"])) as form:
            self.assertEqual(form.partner_id, self.customer)
            form.basis = "day"
            form.days_late = 3
            form.rate = 50.0
            form.cap = 120.0
            self.assertEqual(form.amount, 120.0)
        compensation = form.record
        self.assertIn("at most", compensation.calculation)
        compensation.action_propose()
        self.approve(compensation)
        self.assertRecordValues(
            compensation,
            [
                {
                    "state": "approved",
                    "amount_approved": 120.0,
                    "amount_company": 120.0,
                    "decided_by": self.manager_user.id,
                }
            ],
        )
        move = compensation.sudo().move_id
        self.assertRecordValues(
            move,
            [
                {
                    "move_type": "out_refund",
                    "state": "draft",
                    "partner_id": self.customer.id,
                    "amount_total": 120.0,
                    "aftersales_compensation_id": compensation.id,
                }
            ],
        )
        self.post_credit_note(compensation)
        self.assertEqual(compensation.state, "paid")
        self.assertEqual(compensation.move_name, move.name)
        back = move.with_user(self.accountant).action_view_aftersales_compensation()
        self.assertEqual(back["res_id"], compensation.id)

    def test_the_customer_is_told_in_a_mail(self):
        compensation = self.approve(self.make_compensation())
        message = compensation.message_ids.filtered(lambda m: m.partner_ids)
        self.assertEqual(message.partner_ids, self.customer)
        self.assertIn("150.00", message.body)
        refused = self.make_compensation()
        refused.with_user(self.manager_user).action_refuse(reason="It was in time")
        message = refused.message_ids.filtered(lambda m: m.partner_ids)
        self.assertIn("It was in time", message.body)
        quiet = self.approve(self.make_compensation(tell_customer=False))
        self.assertFalse(quiet.message_ids.filtered(lambda m: m.partner_ids))

    def test_technicians_neither_see_nor_decide(self):
        compensation = self.make_compensation()
        with self.assertRaises(AccessError):
            compensation.with_user(self.technician_user).read(["amount"])
        with self.assertRaises(AccessError):
            compensation.with_user(self.technician_user).action_approve()
        ticket = self.ticket.with_user(self.technician_user)
        self.assertEqual(ticket.compensation_count, 0)
        with self.assertRaises(AccessError):
            ticket.read(["compensation_ids"])
        self.assertFalse(
            [m for m in ticket.message_ids if "150" in (m.body or "")],
            "the ticket's history says no amount",
        )

    def test_the_office_proposes_and_does_not_decide(self):
        compensation = self.make_compensation()
        for user in (self.agent_user, self.dispatcher_user, self.accountant):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.approve(compensation, user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                compensation.with_user(user).action_refuse(reason="No")

    def test_who_proposes_does_not_decide(self):
        compensation = self.make_compensation(user=self.manager_user)
        with self.assertRefused("you proposed it yourself"):
            self.approve(compensation)
        self.approve(compensation, self.manager_2)
        self.assertEqual(compensation.state, "approved")

    def test_limit_of_managers(self):
        self.company.aftersales_compensation_limit = 149.99
        compensation = self.make_compensation()
        with self.assertRefused("above the limit", AccessError):
            self.approve(compensation)
        self.approve(compensation, self.admin_user)
        self.assertEqual(compensation.state, "approved")

    def test_another_amount_needs_a_reason_and_keeps_to_the_limit(self):
        compensation = self.make_compensation()
        with self.assertRefused("Give a reason for another amount"):
            self.approve(compensation, amount=100.0)
        for amount in (0.0, -5.0, 0.001):
            with self.subTest(amount), self.assertRefused("positive amount"):
                self.approve(compensation, amount=amount, reason="Less")
        self.company.aftersales_compensation_limit = 200.0
        with self.assertRefused("above the limit", AccessError):
            self.approve(compensation, amount=500.0, reason="More")
        wizard = self.env["aftersales.compensation.decide"].with_user(self.manager_user)
        action = compensation.with_user(self.manager_user).action_approve_otherwise()
        with Form(wizard.with_context(**action["context"])) as form:
            self.assertEqual(form.amount, 150.0)
            form.amount = 99.99
            form.reason = "Half of it is wear"
        form.record.action_decide()
        self.assertRecordValues(
            compensation,
            [{"amount": 150.0, "amount_approved": 99.99, "decision_reason": "Half of it is wear"}],
        )
        self.assertEqual(compensation.sudo().move_id.amount_total, 99.99)

    def test_bad_amounts_are_refused(self):
        with self.assertRefused("there is no amount"):
            self.make_compensation(amount=0.0)
        with self.assertRefused("there is no amount"):
            self.make_compensation(basis="percent", percent=1.0, order_value=0.0, days_late=0)
        for values in ({"amount": -1.0}, {"basis": "day", "rate": -1.0}, {"percent": 101.0}):
            with (
                self.subTest(values),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
            ):
                self.make_compensation(propose=False, **values).flush_recordset()

    def test_another_customer_is_refused(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        with self.assertRefused("is of Test Farm", ValidationError):
            self.make_compensation(partner_id=stranger.id)

    def test_percent_of_what_the_machine_was_sold_for(self):
        compensation = self.make_compensation(
            propose=False, basis="percent", percent=0.5, days_late=3
        )
        self.assertEqual(compensation.order_value, 1000.0, "the price of the order line")
        self.assertEqual(compensation.amount, 15.0)

    def test_what_was_proposed_stays(self):
        compensation = self.make_compensation()
        with self.assertRefused("can no longer be changed"):
            compensation.amount = 1000.0
        with self.assertRefused("with the buttons"):
            compensation.state = "approved"
        with self.assertRefused("not typed in"):
            compensation.write({"amount_approved": 10.0})
        with self.assertRefused("is kept"):
            compensation.unlink()
        with self.assertRefused("cannot become"):
            compensation.action_propose()
        draft = self.make_compensation(propose=False)
        with self.assertRefused("only what is proposed"):
            self.approve(draft)

    def test_withdrawn_grant_cancels_the_draft_credit_note(self):
        compensation = self.approve(self.make_compensation())
        move = compensation.sudo().move_id
        with self.assertRaises(AccessError):
            compensation.with_user(self.agent_user).action_cancel(reason="Mistake")
        with self.assertRefused("Give a reason"):
            compensation.with_user(self.manager_user).action_cancel(reason=" ")
        compensation.with_user(self.manager_user).action_cancel(reason="Mistake")
        self.assertEqual((compensation.state, move.state), ("cancelled", "cancel"))
        compensation.with_user(self.agent_user).action_draft()
        compensation.with_user(self.agent_user).action_propose()
        self.approve(compensation)
        self.assertEqual(compensation.sudo().move_id.state, "draft")
        self.assertNotEqual(compensation.sudo().move_id, move)

    def test_other_companies_and_the_portal_see_nothing(self):
        compensation = self.make_compensation()
        other = self.env["res.company"].create({"name": "Other After-sales"})
        user = new_test_user(
            self.env,
            "t_other_manager",
            groups="aftersales_service.group_aftersales_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.env["aftersales.compensation"].with_user(user).search([]))
        with self.assertRaises(AccessError):
            self.approve(compensation, user)
        portal = new_test_user(
            self.env, "t_portal_farm", groups="base.group_portal", partner_id=self.customer.id
        )
        with self.assertRaises(AccessError):
            compensation.with_user(portal).read(["amount"])
