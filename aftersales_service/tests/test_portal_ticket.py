import io
from datetime import datetime, timedelta

from PIL import Image

from odoo import http
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import AftersalesCommon


def picture():
    """Return a small photo as an upload."""
    stream = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(stream, "PNG")
    return stream.getvalue()


class PortalTicketCommon(AftersalesCommon, HttpCase):
    """Two customers with a login, each with a ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_user = new_test_user(cls.env, "t_portal_customer", groups="base.group_portal")
        cls.portal_user.partner_id.parent_id = cls.customer
        cls.asset = cls.sell("P-1")
        cls.ticket = cls.make_ticket(cls.asset, subject="Leaks oil")
        stranger = cls.env["res.partner"].create({"name": "Somebody else", "is_company": True})
        cls.foreign_user = new_test_user(cls.env, "t_portal_foreign", groups="base.group_portal")
        cls.foreign_user.partner_id.parent_id = stranger
        cls.foreign_asset = cls.sell("P-2", partner=stranger)
        cls.foreign_ticket = cls.make_ticket(cls.foreign_asset, subject="Secret matter")

    def login(self, user=None):
        self.authenticate(*[(user or self.portal_user).login] * 2)

    def get_path(self, ticket=None):
        ticket = ticket or self.ticket
        return ticket._get_customer_link().removeprefix(ticket.get_base_url())

    def post(self, path, files=None, **data):
        data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(path, data=data, files=files)

    def make_visit(self, start, state="scheduled", **values):
        visit = self.env["aftersales.visit"].create(
            {
                "ticket_id": self.ticket.id,
                "partner_id": self.customer.id,
                "asset_ids": [Command.set(self.asset.ids)],
                "technician_id": self.technician.id,
                "date_start": start,
                "date_end": start + timedelta(hours=2),
                **values,
            }
        )
        if state == "scheduled":
            visit.action_schedule()
        return visit


@tagged("post_install", "-at_install")
class TestTicketJourney(PortalTicketCommon):
    """T17: where the ticket stands and what happens next, in the customer's words."""

    def get_next(self, **context):
        context = {"lang": "en_US", "tz": "UTC", **context}
        return self.ticket.sudo().with_context(**context)._get_next_step()

    def test_steps_follow_the_stages(self):
        steps = {step["key"]: step["state"] for step in self.ticket._get_customer_steps()}
        self.assertEqual(steps["received"], "current")
        self.assertEqual(steps["closed"], "todo")
        self.ticket.technician_id = self.technician
        self.ticket.resolution = "Tightened"
        self.ticket.action_close()
        steps = self.ticket._get_customer_steps()
        self.assertEqual({step["state"] for step in steps}, {"done"})
        self.assertEqual(steps[-1]["date"], self.ticket.date_closed)

    def test_appointment_is_told_with_first_name_and_window(self):
        self.make_visit(datetime(2031, 5, 6, 8, 0))
        text = self.get_next()["text"].replace("\u202f", " ")
        self.assertEqual(
            text, "Your appointment: Tue, May 6, 2031, 8:00 AM–10:00 AM, with Technician."
        )
        shanghai = self.get_next(tz="Asia/Shanghai")["text"]
        self.assertIn("4:00", shanghai)

    def test_quotation_is_asked_for_before_the_appointment(self):
        self.make_visit(datetime(2031, 5, 6, 8, 0))
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "aftersales_ticket_id": self.ticket.id,
                "aftersales_paid_work": True,
                "order_line": [Command.create({"product_id": self.part.id, "tax_ids": False})],
            }
        )
        self.assertNotIn(order, self.ticket.sudo()._get_customer_page()["quotations"])
        order.action_quotation_sent()
        self.assertIn(f"Please accept quotation {order.name}", self.get_next()["text"])
        self.authenticate(None, None)
        self.assertIn(f"/my/orders/{order.id}", self.url_open(self.get_path()).text)

    def test_waiting_ticket_repeats_our_question(self):
        self.ticket.message_post(
            body="Which oil do you use?",
            author_id=self.agent_user.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.ticket._enter_stage("waiting")
        step = self.get_next()
        self.assertIn("“Which oil do you use?”", step["text"])
        self.assertEqual(step["tone"], "warning")
        self.ticket._post_from_customer(self.customer, "Shell")
        self.assertEqual(self.ticket.stage_kind, "progress")

    def test_promised_call_is_told_until_it_is_late(self):
        clock = self.ticket.clock_ids.filtered(lambda c: c.kind == "technician_contact")
        self.assertTrue(clock)
        with freeze_time(clock.date_deadline - timedelta(minutes=2)):
            self.assertRegex(self.get_next()["text"], "A technician will call you before")
        with freeze_time(clock.date_deadline + timedelta(minutes=2)):
            self.assertNotIn("will call you before", self.get_next()["text"])

    def test_end_asks_for_the_customers_word(self):
        self.ticket.action_solve()
        self.assertIn("Please tell us whether it is", self.get_next()["text"])


@tagged("post_install", "-at_install")
class TestPortalTicket(PortalTicketCommon):
    """T01, T17: what a customer does with a ticket, by login and by link."""

    def test_list_filters_sorts_and_groups(self):
        closed = self.make_ticket(self.asset, subject="Old matter", resolution="Done")
        closed.action_close()
        self.login()
        page = self.url_open("/my/tickets").text
        self.assertIn("Leaks oil", page)
        self.assertNotIn("Old matter", page)
        page = self.url_open("/my/tickets?filterby=closed&sortby=status&groupby=machine").text
        self.assertIn("Old matter", page)
        self.assertIn("Test Tractor · P-1", page)
        for query in ("search=p-1", "filterby=x&sortby=y&groupby=z", "groupby=type", "page=99"):
            self.assertIn("Leaks oil", self.url_open(f"/my/tickets?{query}").text)
        self.assertNotIn("Secret matter", self.url_open("/my/tickets?filterby=all").text)

    def test_notes_stay_inside(self):
        self.ticket.message_post(
            body="Difficult customer", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self.ticket.message_post(
            body="We come tomorrow", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.login()
        for path in (f"/my/tickets/{self.ticket.id}", self.get_path()):
            page = self.url_open(path).text
            self.assertIn("We come tomorrow", page)
            self.assertNotIn("Difficult customer", page)

    def test_answer_with_photo_lands_in_the_thread(self):
        for login, path in ((True, f"/my/tickets/{self.ticket.id}"), (False, self.get_path())):
            self.login() if login else self.authenticate(None, None)
            self.ticket._enter_stage("waiting")
            page = self.post(
                f"{path}/answer",
                text="It <b>still</b> leaks",
                files={"photos": ("a.png", picture(), "image/png")},
            )
            self.assertIn("Your message has been sent", page.text)
            message = self.ticket._get_customer_messages(limit=1)
            self.assertIn("&lt;b&gt;still", message.body)
            self.assertEqual(message.subtype_id, self.env.ref("mail.mt_comment"))
            author = self.portal_user.partner_id if login else self.customer
            self.assertEqual(message.author_id, author)
            self.assertEqual(self.ticket.stage_kind, "progress")
            photo = self.url_open(f"{path}/file/{message.attachment_ids.id}")
            self.assertEqual(photo.headers["Content-Type"], "image/png", photo.url)

    def test_answers_that_are_refused_say_why(self):
        self.authenticate(None, None)
        path = f"{self.get_path()}/answer"
        self.assertIn("Please write a message", self.post(path, text=" ").text)
        page = self.post(path, text="See", files={"photos": ("a.png", b"<script>", "image/png")})
        self.assertIn("neither a picture", page.text)
        self.assertIn("See</textarea>", page.text)
        self.assertFalse(self.ticket.message_ids.filtered(lambda m: "See" in m.body))

    def test_too_many_files_and_pages_that_pose_as_pictures(self):
        self.authenticate(None, None)
        path = f"{self.get_path()}/answer"
        files = [("photos", (f"{i}.png", picture(), "image/png")) for i in range(30)]
        self.assertIn("6 files at most", self.post(path, text="Many", files=files).text)
        page = b"<html><script>alert(1)</script></html>"
        answer = self.post(path, text="One", files={"photos": ("a.jpg", page, "image/jpeg")})
        self.assertIn("neither a picture", answer.text)
        domain = [("res_model", "=", self.ticket._name), ("res_id", "=", self.ticket.id)]
        self.assertFalse(self.env["ir.attachment"].search_count(domain))
        self.assertFalse(self.ticket.message_ids.filtered(lambda m: "Many" in m.body))

    def test_customer_says_that_it_is_solved(self):
        self.authenticate(None, None)
        page = self.post(f"{self.get_path()}/solved", text="Restarted it")
        self.assertIn("glad that it is solved", page.text)
        self.assertTrue(self.ticket.is_closed)
        page = self.post(f"{self.get_path()}/unsolved", text="Leaks again")
        self.assertIn("open again", page.text)
        self.assertEqual(self.ticket.reopen_count, 1)
        self.assertIn("Not solved", self.ticket.activity_ids.mapped("summary")[0])

    def test_planned_work_is_not_thrown_away_by_a_click(self):
        self.make_visit(datetime(2031, 5, 6, 8, 0))
        self.authenticate(None, None)
        page = self.post(f"{self.get_path()}/solved")
        self.assertIn("out of the diary", page.text)
        self.assertFalse(self.ticket.is_closed)
        self.assertTrue(self.ticket.activity_ids)

    def test_old_tickets_are_not_opened_again(self):
        self.ticket.resolution = "Done"
        self.ticket.action_close()
        days = self.company.aftersales_link_closed_days
        with freeze_time(datetime.now() + timedelta(days=days + 1)):
            self.login()
            page = self.post(f"/my/tickets/{self.ticket.id}/unsolved", text="Leaks again")
            self.assertIn("report it as a new matter", page.text)
        self.assertTrue(self.ticket.is_closed)

    def test_visitors_cannot_post_by_get_or_without_token(self):
        self.authenticate(None, None)
        self.assertEqual(self.url_open(f"{self.get_path()}/solved").status_code, 405)
        with mute_logger("odoo.http"):
            page = self.url_open(f"{self.get_path()}/solved", data={"text": "x"})
        self.assertEqual(page.status_code, 400)
        self.assertFalse(self.ticket.is_closed)

    def test_colleagues_look_and_do_not_answer_for_the_customer(self):
        self.login(self.agent_user)
        page = self.url_open(self.get_path())
        self.assertNotIn("Write to us", page.text)
        self.assertEqual(self.post(f"{self.get_path()}/answer", text="x").status_code, 404)


@tagged("post_install", "-at_install")
class TestPortalLeaks(PortalTicketCommon):
    """J01, T17: a customer gets at nothing of another one, and at nothing internal."""

    def test_pages_posts_and_files_of_others(self):
        self.foreign_ticket.message_post(
            body="Secret", message_type="comment", attachments=[("a.txt", b"secret")]
        )
        file = self.foreign_ticket.message_ids.attachment_ids
        mine = f"/my/tickets/{self.ticket.id}"
        theirs = f"/my/tickets/{self.foreign_ticket.id}"
        self.login()
        for path in (theirs, f"{theirs}/file/{file.id}", f"{mine}/file/{file.id}"):
            page = self.url_open(path)
            self.assertNotIn("ecret", page.text)
        for path in (f"/web/content/{file.id}", f"/web/content/ir.attachment/{file.id}/raw"):
            self.assertEqual(self.url_open(path).status_code, 404)
        before = len(self.foreign_ticket.message_ids)
        for deed in ("answer", "solved", "unsolved"):
            self.post(f"{theirs}/{deed}", text="Hello")
        self.assertEqual(len(self.foreign_ticket.message_ids), before)

    def test_link_opens_files_of_its_own_ticket_only(self):
        self.ticket.message_post(
            body="note",
            attachments=[("n.txt", b"hush")],
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        note = self.ticket.message_ids.attachment_ids
        self.foreign_ticket.message_post(
            body="x",
            attachments=[("a.txt", b"secret")],
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        foreign = self.foreign_ticket.message_ids.attachment_ids
        self.authenticate(None, None)
        for file in (note, foreign):
            page = self.url_open(f"{self.get_path()}/file/{file.id}")
            self.assertNotIn("hush", page.text)
            self.assertNotIn("secret", page.text)
            self.assertEqual(self.url_open(f"/web/content/{file.id}").status_code, 404)

    def test_merged_ticket_leads_to_the_one_that_goes_on(self):
        path, theirs = self.get_path(), self.get_path(self.foreign_ticket)
        survivor = self.make_ticket(self.asset, subject="Leaks from the gearbox")
        tickets = (self.ticket | self.foreign_ticket).with_user(self.agent_user)
        tickets.action_merge_into(survivor.id, reason="One cause")
        self.authenticate(None, None)
        self.assertIn("Leaks from the gearbox", self.url_open(path).text)
        self.post(f"{path}/answer", text="Still leaking")
        self.assertIn("Still leaking", survivor._get_customer_messages(limit=1).body)
        page = self.url_open(theirs)
        self.assertNotIn("Leaks from the gearbox", page.text)
        before = len(survivor.message_ids)
        self.post(f"{theirs}/answer", text="Hello")
        self.env.invalidate_all()
        self.assertEqual(len(survivor.message_ids), before)

    def test_vouchers_of_others(self):
        visit = self.make_visit(datetime(2031, 5, 6, 8, 0))
        self.login(self.foreign_user)
        for path in (
            f"/my/tickets/{self.ticket.id}/voucher/{visit.id}",
            f"/my/tickets/{self.foreign_ticket.id}/voucher/{visit.id}",
        ):
            self.assertNotEqual(self.url_open(path).headers["Content-Type"], "application/pdf")

    def test_records_by_the_api(self):
        tickets = self.env["aftersales.ticket"].with_user(self.portal_user)
        self.assertEqual(tickets.search([]), self.ticket)
        self.assertEqual(
            tickets.browse(self.ticket.id).read(["name", "subject"])[0]["subject"], "Leaks oil"
        )
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            tickets.browse(self.foreign_ticket.id).read(["name"])
        for field in ("sla_explanation", "access_token", "user_id", "cause_id", "activity_ids"):
            with self.assertRaises(AccessError), mute_logger("odoo.orm.models"):
                tickets.browse(self.ticket.id).read([field])
        for values in ({"subject": "x"}, {"partner_id": self.foreign_ticket.partner_id.id}):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                tickets.browse(self.ticket.id).write(values)

    def test_internal_work_is_not_shown(self):
        self.ticket.sudo().service_category = "internal"
        tickets = self.env["aftersales.ticket"].with_user(self.portal_user)
        self.assertFalse(tickets.search([]))
        self.login()
        self.assertNotIn("Leaks oil", self.url_open(f"/my/tickets/{self.ticket.id}").text)
