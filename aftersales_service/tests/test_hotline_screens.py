import re
from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .sla_common import SlaCommon


@tagged("post_install", "-at_install")
class TestHotlineScreens(SlaCommon):
    """The managers' overview, everybody's day, the countdown: right, within rights, in few
    queries.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        [cls.asset] = cls.sell("H-1")
        cls.team.agent_ids = cls.agent_user

    # The countdown

    def test_countdown_names_the_promise_that_is_due_next(self):
        ticket = self.make_ticket_at()
        self.assertEqual(ticket.sla_kind, "first_response")
        with self.at("10:05"):
            ticket._reach_sla("first_response")
        self.assertEqual(ticket.sla_kind, "technician_contact")
        self.assertEqual(
            ticket.sla_date_deadline, self.clock(ticket, "technician_contact").date_deadline
        )
        with self.at("10:06"):
            ticket.stage_id = ticket._get_stage("waiting")
        self.assertFalse(ticket.sla_kind, "no promise runs while we wait")

    # The overview of the teams

    def make_work(self):
        """One ticket or two for each number of the overview."""
        tickets = self.env["aftersales.ticket"]
        for values in (
            {"technician_id": self.technician.id},
            {"technician_id": self.technician_2.id, "emergency": True},
            {"date_open": fields.Datetime.now() - timedelta(days=3)},
            {"user_id": self.manager_user.id},
        ):
            tickets |= self.make_ticket(self.asset, **values)
        tickets[0].stage_id = tickets._get_stage("waiting")
        closed = self.make_ticket(self.asset, resolution="<p>x</p>")
        closed.action_close()
        again = self.make_ticket(self.asset, resolution="<p>x</p>")
        again.action_close()
        again.action_reopen()
        self.env["aftersales.call"].create({"phone": "1234567", "team_id": self.team.id})
        return tickets | closed | again

    def test_each_number_opens_exactly_what_it_counts(self):
        self.make_work()
        for user in (self.agent_user, self.manager_user):
            team = self.team.with_user(user)
            counts = {}
            for name in team._get_overview_domains():
                action = team.with_context(overview_count=name).action_view_overview()
                found = self.env["aftersales.ticket"].with_user(user).search(action["domain"])
                counts[name] = team[f"{name}_ticket_count"]
                self.assertEqual(len(found), counts[name], name)
                self.assertIn(team.name, action["display_name"])
                self.assertNotEqual(team.name, action["display_name"], "it says what is counted")
            self.assertEqual(counts["waiting"], 1)
            self.assertEqual(counts["emergency"], 1)
            self.assertEqual(counts["reopened"], 1)
            self.assertEqual(counts["today"], 5, "closed ones as well, not that of last week")
            self.assertEqual(counts["open"], 5)
        self.assertEqual(self.team.with_user(self.manager_user).mine_ticket_count, 1)
        missed = self.team.action_view_missed_calls()
        self.assertEqual(
            self.env["aftersales.call"].search_count(missed["domain"]), self.team.missed_call_count
        )
        with self.assertRefused("no number “nonsense”"):
            self.team.action_view_overview("nonsense")

    def test_technician_counts_own_tickets_only(self):
        self.make_work()
        team = self.team.with_user(self.technician_user)
        self.assertEqual((team.open_ticket_count, team.missed_call_count), (1, 0))

    def test_overview_costs_the_same_for_many_teams(self):
        self.make_work()
        names = [f"{name}_ticket_count" for name in self.team._get_overview_domains()]
        more = self.team.create([{"name": f"Team {n}"} for n in range(20)])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(16):
            (self.team | more).read([*names, "missed_call_count"])

    # The board

    def test_board_and_list_need_no_query_for_each_ticket(self):
        tickets = self.env["aftersales.ticket"]
        views = tickets.get_views([(False, "kanban"), (False, "list")])["views"]
        self.assertIn("aftersales_countdown", views["kanban"]["arch"])
        self.make_ticket(self.asset)
        spec = {
            name: {"fields": {"display_name": {}}} if "_id" in name else {}
            for name in (
                "name",
                "subject",
                "partner_id",
                "product_id",
                "serial",
                "sla_date_deadline",
                "sla_state",
                "sla_kind",
                "service_category",
                "technician_id",
                "call_count",
            )
        }

        def count(number):
            for __ in range(number):
                self.make_ticket(self.asset, technician_id=self.technician.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            tickets.with_user(self.agent_user).web_search_read([("is_closed", "=", False)], spec)
            return self.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(1), count(8))

    def test_board_shows_the_stages_of_its_team(self):
        stage = self.env["aftersales.ticket.stage"].create(
            {"name": "Own stage", "team_ids": self.team.ids}
        )
        tickets = self.env["aftersales.ticket"]
        self.assertNotIn(stage, tickets._group_expand_stages(stage.browse(), []))
        tickets = tickets.with_context(default_team_id=self.team.id)
        self.assertIn(stage, tickets._group_expand_stages(stage.browse(), []))

    # My day

    def get_day(self, user):
        day = self.env["aftersales.ticket"].with_user(user).get_my_day()
        return {section["key"]: section for section in day["sections"]}

    def test_my_day_has_what_is_mine_most_urgent_first(self):
        calm = self.make_ticket(self.asset, subject="Calm", technician_id=self.technician.id)
        urgent = self.make_ticket(
            self.asset, subject="Urgent", technician_id=self.technician.id, emergency=True
        )
        foreign = self.make_ticket(self.asset, user_id=self.manager_user.id)
        self.env["aftersales.call"].create({"phone": "1234567", "team_id": self.team.id})
        self.env["aftersales.return.visit"].create(
            {"partner_id": self.customer.id, "user_id": self.agent_user.id}
        )
        visit = self.env["aftersales.visit"].create(
            {
                "partner_id": self.customer.id,
                "ticket_id": calm.id,
                "technician_id": self.technician.id,
                "date_start": fields.Datetime.now(),
            }
        )
        calm.activity_schedule("mail.mail_activity_data_todo", user_id=self.technician_user.id)
        day = self.get_day(self.technician_user)
        self.assertEqual([line["id"] for line in day["tickets"]["lines"]], [urgent.id, calm.id])
        self.assertTrue(day["tickets"]["lines"][0]["emergency"])
        self.assertEqual({line["id"] for line in day["promised"]["lines"]}, {urgent.id, calm.id})
        self.assertEqual([line["id"] for line in day["visits"]["lines"]], visit.ids)
        self.assertEqual([line["id"] for line in day["activities"]["lines"]], calm.ids)
        self.assertNotIn("missed", day, "calls are not the technician's")
        day = self.get_day(self.agent_user)
        self.assertNotIn(foreign.id, [line["id"] for line in day["tickets"]["lines"]])
        self.assertEqual((day["missed"]["count"], day["return_visits"]["count"]), (1, 1))
        self.assertEqual(self.get_day(self.manager_user)["tickets"]["count"], 1)

    def test_my_day_is_empty_and_costs_the_same_with_more_tickets(self):
        day = self.get_day(self.dispatcher_user)
        self.assertFalse(any(section["lines"] for section in day.values()))
        self.assertTrue(all(section["empty"] for section in day.values()))

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.get_day(self.agent_user)
            return self.cr.sql_log_count - before

        self.make_ticket(self.asset, technician_id=self.technician.id)
        count()
        few = count()
        for __ in range(9):
            self.make_ticket(self.asset, technician_id=self.technician.id)
        self.assertEqual(count(), few)

    # The next step

    def test_next_step_leads_through_the_life_of_a_ticket(self):
        ticket = self.make_ticket(self.asset)
        self.assertEqual(ticket.next_step, "assign")
        ticket.technician_id = self.technician
        self.assertEqual(ticket.next_step, "contact")
        ticket.with_user(self.technician_user).action_contact_customer()
        self.assertEqual(ticket.next_step, "visit")
        visit = self.env["aftersales.visit"].create(
            {"partner_id": self.customer.id, "ticket_id": ticket.id}
        )
        self.assertFalse(ticket.next_step, "somebody is at it")
        visit.action_cancel()
        ticket.resolution = "<p>Told by phone.</p>"
        ticket.action_solve()
        self.assertEqual(ticket.next_step, "close")
        ticket.action_close()
        self.assertFalse(ticket.next_step)
        self.assertEqual(self.make_ticket(type="enquiry").next_step, "solve")

    def test_header_of_the_ticket_is_not_overfull(self):
        ticket = self.make_ticket(self.asset, technician_id=self.technician.id)
        for user in (self.agent_user, self.manager_user, self.technician_user):
            own = ticket.with_user(user)
            arch = etree.fromstring(own.get_view(view_type="form")["arch"])
            names = {
                name
                for b in arch.iter("button")
                for name in re.findall(r"\b[a-z_]{3,}\b", b.get("invisible") or "")
            }
            values = own.read([name for name in names if name in own._fields])[0]
            shown = [
                button.get("name")
                for button in arch.findall("header/button")
                if not safe_eval(button.get("invisible") or "False", dict(values))
            ]
            self.assertLessEqual(len(shown), 4, f"{user.name}: {shown}")
