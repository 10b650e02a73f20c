from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.mail.tests.common import MailCase

from .test_visit import PIXEL, VisitCommon


@tagged("post_install", "-at_install")
class TestVisitRating(MailCase, HttpCase, VisitCommon):
    """Q01: a visit without ticket is rated once, on its voucher or by mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.aftersales_rating_delay = 0
        cls.customer.email = "office@farm.example"
        cls.guidance = cls.env.ref("aftersales_service.aftersales_visit_type_guidance")

    def finish(self, **values):
        """Return a finished visit of no ticket, in superuser mode."""
        vals = {"ticket_id": False, "type_id": self.guidance.id, "asset_ids": self.asset.ids}
        rating = values.pop("customer_rating", "0")
        visit = self.make_arrived(**{**vals, **values})
        visit.write({"signature": False})
        visit.write({"customer_rating": rating, "signature": PIXEL})
        visit.action_done()
        return visit.sudo()

    def date_back(self, visit, date):
        # In the table: what was signed and done does not change.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE aftersales_visit SET date_done = %s WHERE id = %s", [date, visit.id]
        )
        self.env.invalidate_all()

    def run_job(self):
        """Return the mails that the job sends."""
        job = self.env.ref("aftersales_service.ir_cron_ask_for_visit_ratings")
        self.env.flush_all()
        with self.mock_mail_gateway():
            job.method_direct_trigger()
        self.env.invalidate_all()
        return self._new_mails

    def test_asked_once(self):
        visit = self.finish()
        self.assertTrue(visit.rating_date_due)
        mail = self.run_job()
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertIn(visit.rating_ids.access_token, mail.body_html)
        for part in (self.guidance.name, self.company.name):
            self.assertIn(part, mail.body_html)
        self.assertNotIn("False", mail.body_html)
        self.assertFalse(self.run_job())
        self.assertEqual(len(visit.rating_ids), 1)

    def test_the_template_is_tried_on_any_visit(self):
        visit = self.make_visit().sudo()
        template = self.env.ref("aftersales_service.mail_template_visit_rating")
        body = template._render_field("body_html", visit.ids)[visit.id]
        self.assertIn(self.company.name, body)

    def test_who_is_not_asked(self):
        spot_check = self.env.ref("aftersales_service.aftersales_visit_type_spot_check")
        of_ticket = self.finish(ticket_id=self.ticket.id)
        visits = of_ticket | self.finish(customer_rating="4") | self.finish(type_id=spot_check.id)
        self.company.aftersales_rating_ask = False
        visits |= self.finish()
        self.assertFalse(any(visits.mapped("rating_date_due")))
        self.company.aftersales_rating_ask = True
        due = self.finish()
        self.customer.email = False
        self.assertFalse(self.run_job())
        self.assertFalse(due.rating_date_due, "it is not tried for ever")

    def test_not_asked_when_it_is_too_late_to_answer(self):
        visit = self.finish()
        long_ago = fields.Datetime.now() - timedelta(days=self.company.aftersales_rating_days + 1)
        self.date_back(visit, long_ago)
        self.assertFalse(self.run_job())

    def test_rated_by_the_mail_until_it_is_too_late(self):
        visit = self.finish()
        self.run_job()
        token = visit.rating_ids.access_token
        self.authenticate(None, None)
        self.assertEqual(self.url_open(f"/rate/{token}/5").status_code, 200)
        self.assertFalse(visit.rating_ids.consumed, "opening a link rates nothing")
        visit.rating_apply(4, token=token)
        self.assertEqual(visit.rating_last_value, 4)
        self.date_back(visit, fields.Datetime.now() - timedelta(days=99))
        self.assertIn("not be rated any more", self.url_open(f"/rate/{token}/5").text)

    def test_the_unhappy_are_called_once(self):
        visit = self.finish()
        self.run_job()
        token = visit.rating_ids.access_token
        visit.rating_apply(1, token=token, feedback="Late")
        calls = self.env["aftersales.return.visit"].search([("visit_id", "=", visit.id)])
        self.assertEqual((calls.origin, calls.mode, calls.opinion), ("rating", "phone", "Late"))
        visit.rating_apply(2, token=token, feedback="Very late")
        self.assertEqual(calls.opinion, "Very late")
        visit.rating_apply(5, token=token)
        self.assertEqual(calls.state, "cancelled")
        visit.rating_apply(1, token=token)
        calls = self.env["aftersales.return.visit"].search([("visit_id", "=", visit.id)])
        self.assertEqual(sorted(calls.mapped("state")), ["cancelled", "planned"])

    def test_a_call_that_is_planned_anyway_comes_sooner(self):
        visit = self.finish(type_id=self.repair.id)
        call = self.env["aftersales.return.visit"].search([("visit_id", "=", visit.id)])
        self.assertEqual(call.origin, "visit")
        self.run_job()
        visit.rating_apply(1, token=visit.rating_ids.access_token)
        self.assertEqual(call.reason, "The customer gave 1 of 5.")
        self.assertEqual(
            self.env["aftersales.return.visit"].search_count([("visit_id", "=", visit.id)]), 1
        )
