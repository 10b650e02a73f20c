from datetime import datetime, timedelta

from odoo.tests import tagged

from odoo.addons.aftersales_service.tests.common import AftersalesCommon

from .common import ReportsMixin

OPENED = datetime(2026, 3, 2, 8, 0)


@tagged("post_install", "-at_install")
class TestTicketFigures(ReportsMixin, AftersalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.assets = cls.sell("REP-1", "REP-2")
        cls.tickets = cls.env["aftersales.ticket"]
        for index in range(4):
            cls.tickets |= cls.make_ticket(cls.assets[index % 2], subject=f"Report {index}")
        cls.tickets.resolution = "<p>Done</p>"
        cls.domain = [("ticket_id", "in", cls.tickets.ids)]

    def close(self, ticket, hours):
        ticket.action_close()
        self.set_columns(ticket, date_open=OPENED, date_closed=OPENED + timedelta(hours=hours))

    def add_visit(self, ticket, fixed="yes"):
        visit = (
            self.env["aftersales.visit"]
            .with_user(self.dispatcher_user)
            .create(ticket._prepare_visit_vals())
        )
        visit.sudo()._write_past_guard({"state": "done", "fixed": fixed, "date_done": OPENED})
        return visit

    def test_counts_equal_the_tickets(self):
        self.tickets[0].type = "complaint"
        self.tickets[1].emergency = True
        counts = self.by_group("ticket", self.domain, "type", "__count")
        self.assertEqual(counts, {"complaint": (1,), "fault": (3,)})
        urgent = self.figures("ticket", [*self.domain, ("emergency", "=", True)], "__count")
        self.assertEqual(urgent, (1,))
        rows = self.report("ticket").search(self.domain)
        self.assertEqual(rows.ticket_id, self.tickets.with_user(self.reader))
        for row in rows.sudo():
            ticket = row.ticket_id
            self.assertEqual(
                (row.partner_id, row.product_id, row.team_id, row.technician_id, row.stage_id),
                (
                    ticket.partner_id,
                    ticket.product_id,
                    ticket.team_id,
                    ticket.technician_id,
                    ticket.stage_id,
                ),
            )
            self.assertEqual(row.product_categ_id, ticket.product_id.categ_id)

    def test_average_time_to_close_is_of_the_closed_ones(self):
        self.close(self.tickets[0], 2)
        self.close(self.tickets[1], 10)
        self.assertEqual(self.figures("ticket", self.domain, "hours_to_close:avg"), (6.0,))
        # In groups of different size the average of all is not the average of the averages.
        self.close(self.tickets[2], 10)
        self.tickets[0].sudo().technician_id = self.technician_2
        groups = self.by_group("ticket", self.domain, "asset_id", "hours_to_close:avg")
        self.assertEqual(sorted(value[0] for value in groups.values()), [6.0, 10.0])
        [average] = self.figures("ticket", self.domain, "hours_to_close:avg")
        self.assertAlmostEqual(average, 22 / 3)

    def test_age_is_of_the_open_ones(self):
        self.close(self.tickets[0], 2)
        self.set_columns(self.tickets[1:], date_open=datetime.now() - timedelta(days=3))
        [age] = self.figures("ticket", self.domain, "days_open:avg")
        self.assertAlmostEqual(age, 3.0, places=1)

    def test_first_time_fix(self):
        first, later, phone, failed = self.tickets
        self.add_visit(first)
        self.add_visit(later, fixed="no")
        self.add_visit(later)
        self.add_visit(failed, fixed="no")
        for ticket in self.tickets:
            self.close(ticket, 1)
        rate, visits = self.figures("ticket", self.domain, "first_time_fix:avg", "visit_count:sum")
        self.assertAlmostEqual(rate, 50.0, msg="by one call and by one visit, of four")
        self.assertEqual(visits, 4)
        outcomes = self.by_group("ticket", self.domain, "outcome", "ticket_id:recordset")
        self.assertEqual(outcomes["phone"][0].sudo(), phone.sudo())
        self.assertEqual(outcomes["later"][0].sudo(), later.sudo())

    def test_a_reopened_fault_was_not_fixed_the_first_time(self):
        ticket = self.tickets[0]
        self.add_visit(ticket)
        ticket.action_close()
        ticket.action_reopen("Again")
        ticket.resolution = "<p>Done anew</p>"
        self.close(ticket, 5)
        rate, reopened, count = self.figures(
            "ticket", self.domain, "first_time_fix:avg", "reopened_rate:avg", "reopen_count:sum"
        )
        self.assertEqual((rate, reopened, count), (0.0, 25.0, 1))

    def test_cancelled_visits_do_not_count(self):
        ticket = self.tickets[0]
        self.add_visit(ticket)._write_past_guard({"state": "cancelled"})
        self.close(ticket, 1)
        self.assertEqual(self.figures("ticket", self.domain, "visit_count:sum"), (0,))

    def test_unrated_tickets_do_not_lower_the_rating(self):
        self.set_columns(self.tickets[0], rating_last_value=4)
        self.assertEqual(self.figures("ticket", self.domain, "rating:avg"), (4.0,))

    def test_archived_tickets_are_left_out(self):
        self.tickets[0].sudo().active = False
        self.assertEqual(self.figures("ticket", self.domain, "__count"), (3,))

    def test_repeat_faults_count_and_spoil_the_first_fix(self):
        first, again = self.tickets[:2]
        symptom = self.env["aftersales.symptom"].create({"name": "Leaks again"})
        (first | again).sudo().write({"symptom_id": symptom.id, "asset_id": first.asset_id.id})
        for ticket in self.tickets:
            self.close(ticket, 1)
        repeats, fixes = self.figures(
            "ticket", self.domain, "repeat_rate:avg", "first_time_fix:avg"
        )
        self.assertEqual((repeats, fixes), (25.0, 75.0))

    def test_time_in_stages_by_the_clock_and_in_working_hours(self):
        ticket = self.tickets[0].sudo()
        log = ticket.stage_log_ids[:1]
        ticket._enter_stage("progress")
        self.set_columns(log, hours_clock=24, hours_working=8)
        domain = [("ticket_id", "=", ticket.id)]
        rows = self.by_group("stage", domain, "kind", "hours_clock:avg", "hours_working:avg")
        self.assertEqual(rows["open"], (24.0, 8.0))
        self.assertFalse(rows["progress"][1], "still there: no working time yet")
        self.close(ticket, 1)
        self.assertNotIn("closed", self.by_group("stage", domain, "kind", "__count"))

    def test_the_ticket_says_who_answers_for_the_fault(self):
        cause = self.env["aftersales.cause"].create({"name": "Weld", "responsible": "design"})
        self.tickets[0].cause_id = cause
        self.tickets[1].write({"cause_id": cause.id, "responsible": "supplier"})
        found = self.by_group("ticket", self.domain, "responsible", "__count")
        self.assertEqual(found, {"design": (1,), "supplier": (1,), False: (2,)})

    def test_visits_say_what_the_technician_found(self):
        visit = self.add_visit(self.tickets[0])
        visit.sudo().responsible = "manufacturing"
        domain = [("visit_id", "=", visit.id)]
        found = self.by_group("visit", domain, "responsible", "__count")
        self.assertEqual(found, {"manufacturing": (1,)})

    def test_merged_tickets_count_once(self):
        first, second = self.tickets[:2]
        (first | second).with_user(self.agent_user).action_merge_into(first.id, reason="One matter")
        self.assertEqual(self.figures("ticket", self.domain, "__count"), (3,))
        self.assertEqual(self.figures("stage", self.domain, "ticket_id:count_distinct"), (3,))

    def test_calls_of_tickets_and_how_long_it_rang(self):
        self.set_columns(self.tickets, seconds_to_answer=0, call_count=0)
        self.set_columns(self.tickets[0], seconds_to_answer=20, call_count=3)
        seconds, calls = self.figures(
            "ticket", self.domain, "seconds_to_answer:avg", "call_count:sum"
        )
        self.assertEqual((seconds, calls), (20.0, 3), "letters and mails do not ring")

    def test_compensation_is_what_was_granted(self):
        ticket = self.tickets[0]
        vals = {"ticket_id": ticket.id, "partner_id": self.customer.id, "amount": 40}
        granted, proposed = self.env["aftersales.compensation"].create(
            [{**vals, "reason": "gesture"}, {**vals, "reason": "damage"}]
        )
        self.set_columns(granted, state="approved", amount_company=40)
        self.set_columns(proposed, state="proposed", amount_company=70)
        self.assertEqual(self.figures("ticket", self.domain, "compensation_amount:sum"), (40.0,))
