from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .sla_common import MONDAY, SlaCommon


@tagged("post_install", "-at_install")
class TestPhoneSolution(SlaCommon):
    """T05: nothing is closed without its record; solved by phone is written down and called
    back.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.calendar
        cls.company.aftersales_callback_hours = 2
        with freeze_time(MONDAY):
            cls.asset = cls.sell("PH-1")

    def solve(self, ticket, **values):
        """Fill in and confirm the dialog as the agent."""
        action = ticket.with_user(self.agent_user).action_open_phone_solution()
        solutions = self.env["aftersales.phone.solution"].with_user(self.agent_user)
        with Form(solutions.with_context(**action["context"])) as dialog:
            dialog.asked = "Does it click?"
            dialog.advised = "Clean <the> terminals."
            for name, value in values.items():
                dialog[name] = value
        return dialog.record.action_solve()

    def test_the_dialog_keeps_the_phone_promise_and_plans_one_call_back(self):
        ticket = self.make_ticket_at(MONDAY, asset=self.asset)
        with self.at("16:00"):
            self.solve(ticket)
        self.assertEqual(self.clock(ticket, "phone_solution").state, "breached")
        self.assertEqual(self.clock(ticket, "solution").state, "reached")
        self.assertRecordValues(
            ticket,
            [
                {
                    "stage_kind": "solved",
                    "phone_finding": "advice",
                    "phone_user_id": self.agent_user.id,
                    "phone_date": datetime(2026, 3, 2, 16),
                }
            ],
        )
        self.assertIn("Clean &lt;the&gt; terminals.", ticket.resolution)
        # Two working hours after 16:00 of a day that ends at 17:00.
        self.assertRecordValues(
            ticket.return_visit_ids,
            [{"mode": "phone", "origin": "advice", "date_planned": datetime(2026, 3, 3, 9)}],
        )
        ticket.action_close()
        self.assertEqual(ticket.return_visit_count, 1, "closing plans no second one")

    def test_in_time_the_phone_promise_is_kept(self):
        ticket = self.make_ticket_at(MONDAY, asset=self.asset)
        with self.at("11:00"):
            self.solve(ticket)
        self.assertEqual(self.clock(ticket, "phone_solution").state, "reached")

    def test_misuse_is_paid_and_a_wrong_report_counts_as_no_fault(self):
        misuse = self.make_ticket_at(MONDAY, asset=self.asset)
        wrong = self.make_ticket_at(MONDAY, asset=self.asset)
        with self.at("11:00"):
            self.solve(misuse, finding="misuse")
            self.solve(wrong, finding="wrong_report")
        self.assertRecordValues(misuse, [{"exclusion": "misuse", "service_category": "paid"}])
        countable = wrong.search(wrong._get_countable_domain())
        self.assertFalse((misuse | wrong) & countable)
        self.assertEqual(len((misuse | wrong).return_visit_ids), 2)

    def test_an_enquiry_solved_by_phone_is_called_back_too(self):
        ticket = self.make_ticket_at(MONDAY, type="enquiry")
        with self.at("11:00"):
            self.solve(ticket, finding="wrong_report")
        self.assertEqual(ticket.return_visit_ids.date_planned, datetime(2026, 3, 2, 14))

    def test_the_next_solution_after_a_reopening_has_its_own_record(self):
        ticket = self.make_ticket_at(MONDAY, asset=self.asset)
        self.solve(ticket)
        ticket.with_user(self.agent_user).action_reopen("Still dead")
        self.assertRecordValues(ticket, [{"phone_date": False, "phone_asked": False}])
        self.assertTrue(any("Does it click?" in (m.body or "") for m in ticket.message_ids))

    def test_who_may_and_what_is_refused(self):
        ticket = self.make_ticket_at(MONDAY, technician_id=self.technician_2.id)
        with self.assertRaises(AccessError):
            ticket.with_user(self.technician_user).action_solve_by_phone("a", "b")
        agent = ticket.with_user(self.agent_user)
        with self.assertRefused("what was asked"):
            agent.action_solve_by_phone("Does it click?", "  ")
        with self.assertRefused("no finding"):
            agent.action_solve_by_phone("a", "b", finding="magic")
        with self.assertRefused("worked out|set by", UserError):
            agent.phone_finding = "misuse"
        agent.action_solve_by_phone("a", "b")
        with self.assertRefused("already"):
            agent.action_solve_by_phone("a", "b")
        ticket.technician_id = self.technician
        agent.action_reopen()
        ticket.with_user(self.technician_user).action_solve_by_phone("a", "b")
        self.assertEqual(ticket.phone_user_id, self.technician_user)

    # Closing without record

    def test_many_tickets_are_refused_with_one_message(self):
        tickets = self.env["aftersales.ticket"].union(*(self.make_ticket() for __ in range(7)))
        tickets[0].resolution = "<p>Done.</p>"
        closed = tickets[0]._get_stage("closed")
        with self.assertRefused(f"6 tickets.*{tickets[1].name}.*…") as __:
            tickets.with_user(self.agent_user).write({"stage_id": closed.id})
        self.assertFalse(any(tickets.mapped("is_closed")))

    def test_an_import_of_closed_tickets_needs_their_records(self):
        closed = self.env["aftersales.ticket"]._get_stage("closed")
        tickets = self.env["aftersales.ticket"].with_user(self.agent_user)
        vals = {"subject": "Old", "team_id": self.team.id, "stage_id": closed.id}
        with self.assertRefused("Resolution"):
            tickets.create(vals)
        result = tickets.load(
            ["subject", "stage_id/.id", "resolution"],
            [["Old", str(closed.id), "<p>Belt replaced.</p>"], ["Older", str(closed.id), ""]],
        )
        self.assertFalse(result["ids"])
        self.assertIn("Resolution", result["messages"][0]["message"])
        made = tickets.create(dict(vals, resolution="<p>Belt replaced.</p>"))
        self.assertTrue(made.is_closed and made.date_closed)

    def test_record_and_stage_may_come_together(self):
        ticket = self.make_ticket().with_user(self.agent_user)
        ticket.write({"resolution": "<p>x</p>", "stage_id": ticket._get_stage("closed").id})
        self.assertTrue(ticket.is_closed)

    def test_the_record_of_a_closed_ticket_stays(self):
        ticket = self.make_ticket(resolution="<p>x</p>")
        ticket.action_close()
        with self.assertRefused("Resolution"):
            ticket.with_user(self.agent_user).resolution = "<p><br></p>"

    @freeze_time(MONDAY)
    def test_closing_many_costs_few_queries(self):
        def count(number):
            tickets = self.env["aftersales.ticket"].create(
                [
                    {
                        "subject": "x",
                        "team_id": self.team.id,
                        "partner_id": self.customer.id,
                        "asset_id": self.asset.id,
                        "resolution": "<p>x</p>",
                    }
                    for __ in range(number)
                ]
            )
            self.env.flush_all()
            before = self.cr.sql_log_count
            tickets.action_close()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(2)
        few, many = count(2), count(42)
        self.assertLessEqual((many - few) / 40, 2)
