from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from .test_portal_ticket import PortalTicketCommon


@tagged("post_install", "-at_install")
class TestTicketRating(PortalTicketCommon, MailCase):
    """Q01: each end of a ticket is rated once; R03: the unhappy are called."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "farm@example.com"
        cls.team.user_id = cls.manager_user

    def close(self, ticket=None):
        ticket = ticket or self.ticket
        ticket.resolution = "Tightened"
        ticket.action_close()

    def ask(self, hours=3):
        """Run the job after some hours; return the mails that asked for a rating."""
        later = fields.Datetime.now() + timedelta(hours=hours)
        with freeze_time(later), self.mock_mail_gateway():
            self.env.ref("aftersales_service.ir_cron_ask_for_ratings").method_direct_trigger()
        return self._new_mails.filtered(lambda mail: "satisfied?" in mail.subject)

    def get_rating(self):
        return self.ticket._search_round_ratings()

    def test_asked_once_for_each_end(self):
        self.close()
        self.assertFalse(self.ask(hours=1))
        mail = self.ask()
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertIn(f"/rate/{self.get_rating().access_token}/5", mail.body_html)
        self.assertFalse(self.ask())
        self.ticket.action_reopen()
        self.close()
        self.assertEqual(len(self.ask()), 1)
        rounds = self.ticket.rating_ids.mapped("aftersales_round")
        self.assertEqual(sorted(rounds), [1, 2])

    def test_reopened_before_it_was_asked(self):
        self.close()
        self.ticket.action_reopen()
        self.assertFalse(self.ask())

    def test_who_is_not_asked(self):
        for case in ("internal", "campaign", "team", "company", "address", "rated", "voucher"):
            with self.subTest(case=case):
                ticket = self.ticket = self.make_ticket(self.asset, resolution="Done")
                self.team.rating_ask, self.company.aftersales_rating_ask = "company", True
                self.customer.email = "farm@example.com"
                if case == "internal":
                    ticket.sudo().service_category = "internal"
                elif case == "campaign":
                    ticket.channel = "campaign"
                elif case == "team":
                    self.team.rating_ask = "no"
                elif case == "company":
                    self.company.aftersales_rating_ask = False
                elif case == "address":
                    self.customer.email = False
                ticket.action_close()
                if case == "rated":
                    ticket._rate_by_customer(self.customer, 5)
                elif case == "voucher":
                    visit = self.make_visit(fields.Datetime.now(), state="draft")
                    visit._write_past_guard(
                        {"customer_rating": "4", "state": "done", "date_done": visit.date_start}
                    )
                self.assertFalse(self.ask())

    def test_batch_of_closings_costs_one_write(self):
        tickets = self.env["aftersales.ticket"].create(
            [
                {"subject": str(n), "partner_id": self.customer.id, "resolution": "x"}
                for n in range(5)
            ]
        )
        tickets.action_close()
        self.assertEqual(len(set(tickets.mapped("rating_date_due"))), 1)

    def test_opening_the_mails_link_rates_nothing(self):
        self.close()
        token = self.ticket._rating_get_access_token()
        self.authenticate(None, None)
        self.assertEqual(self.url_open(f"/rate/{token}/1").status_code, 200)
        self.assertFalse(self.get_rating().consumed)
        self.post(f"/rate/{token}/submit_feedback", rate=5, feedback="Quick")
        self.assertEqual(self.get_rating().rating, 5)
        self.assertEqual(self.ticket.rating_last_value, 5)
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open("/rate/nonsense/5").status_code, 404)

    def test_too_late_and_gone_on(self):
        self.close()
        token = self.ticket._rating_get_access_token()
        self.authenticate(None, None)
        days = self.company.aftersales_rating_days
        with freeze_time(fields.Datetime.now() + timedelta(days=days, minutes=1)):
            page = self.post(f"/rate/{token}/submit_feedback", rate=1)
            self.assertIn("not be rated any more", page.text)
        self.ticket.action_reopen()
        self.assertIn("not be rated any more", self.url_open(f"/rate/{token}/5").text)
        self.assertFalse(self.ticket.rating_ids.filtered("consumed"))

    def test_rated_on_the_page_and_changed(self):
        self.close()
        self.authenticate(None, None)
        path = self.get_path()
        page = self.post(f"{path}/rate", stars="4", text="Friendly")
        self.assertIn("Thank you for your rating", page.text)
        self.post(f"{path}/rate", stars="5", text="Very friendly")
        rating = self.get_rating()
        self.assertEqual((rating.rating, rating.feedback), (5, "Very friendly"))
        self.assertEqual(len(self.ticket.rating_ids), 1)
        for stars in ("0", "6", "x", ""):
            self.assertIn("one to five stars", self.post(f"{path}/rate", stars=stars).text)
        self.assertEqual(rating.rating, 5)

    def test_unhappy_customer_is_called_on_the_next_working_day(self):
        ticket = self.ticket = self.make_ticket(self.asset, type="enquiry")
        self.close()
        self.assertFalse(ticket.return_visit_ids)
        ticket._rate_by_customer(self.customer, 1, "Nobody came")
        call = ticket.return_visit_ids
        self.assertEqual((call.origin, call.mode, call.state), ("rating", "phone", "planned"))
        self.assertEqual((call.user_id, call.opinion), (self.agent_user, "Nobody came"))
        self.assertGreater(call.date_planned.date(), fields.Date.today())
        told = ticket.activity_ids.filtered(lambda a: a.user_id == self.manager_user)
        self.assertEqual(told.mapped("summary"), ["Unhappy customer"])
        ticket._rate_by_customer(self.customer, 2, "Nobody came for days")
        self.assertEqual(ticket.return_visit_ids, call)
        self.assertEqual(call.opinion, "Nobody came for days")
        self.assertEqual(len(ticket.activity_ids.filtered(lambda a: a in told)), 1)
        ticket._rate_by_customer(self.customer, 4)
        self.assertEqual(call.state, "cancelled")
        self.assertFalse(told.exists())

    def test_call_that_is_planned_anyway_comes_sooner(self):
        self.close()
        call = self.ticket.return_visit_ids
        self.assertEqual(call.origin, "advice")
        self.ticket._rate_by_customer(self.customer, 1, "Leaks again")
        self.assertEqual(self.ticket.return_visit_ids, call)
        self.assertEqual(call.opinion, "Leaks again")
        self.assertIn("1 of 5", call.reason)
        call.satisfied = "no"
        call.action_done()
        self.assertFalse(self.ticket.is_closed)

    def test_average_of_team_and_technician(self):
        for stars in (5, 4):
            ticket = self.make_ticket(self.asset, technician_id=self.technician.id)
            self.close(ticket)
            ticket._rate_by_customer(self.customer, stars)
        self.env.flush_all()
        self.assertEqual((self.team.rating_count, self.team.rating_avg), (2, 4.5))
        self.assertEqual(self.technician.aftersales_rating_avg, 4.5)
        action = self.technician.with_user(self.manager_user).action_view_aftersales_ratings()
        self.assertEqual(self.env["rating.rating"].search_count(action["domain"]), 2)
