from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestCustomerLink(AftersalesCommon, MailCase, HttpCase):
    """T17: one signed link without login, expiring and revocable."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls.sell("L-1")
        cls.ticket = cls.make_ticket(cls.asset, subject="Leaks oil")
        cls.other = cls.make_ticket(cls.asset, subject="Secret matter")

    def get_link(self, ticket=None):
        """Return the path of the ticket's link."""
        ticket = ticket or self.ticket
        return ticket._get_customer_link().removeprefix(ticket.get_base_url())

    def open(self, path):
        """Open a page without login."""
        self.authenticate(None, None)
        return self.url_open(path)

    def assertGone(self, path):
        page = self.open(path)
        self.assertEqual(page.status_code, 404, path)
        self.assertIn("no longer valid", page.text)
        self.assertNotIn("Leaks oil", page.text)
        return page

    def test_link_shows_its_ticket_only(self):
        page = self.open(self.get_link())
        self.assertEqual(page.status_code, 200)
        self.assertIn("Leaks oil", page.text)
        self.assertIn('<html lang="en-US"', page.text)
        self.assertNotIn("Secret matter", page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("noindex", page.headers["X-Robots-Tag"])

    def test_language_is_offered_where_it_can_be_chosen(self):
        for code in ("es_ES", "zh_CN"):
            self.env["res.lang"]._activate_lang(code)
        link = self.get_link()
        customer = self.ticket.partner_id.sudo()
        customer.lang = False
        self.assertIn("js_change_lang", self.open(link).text)
        # The customer's own language goes before what the footer offers.
        customer.lang = "es_ES"
        page = self.open(link).text
        self.assertIn('<html lang="es-ES"', page)
        self.assertNotIn("js_change_lang", page)

    def test_link_stays_the_same_and_is_logged_once(self):
        link = self.ticket._get_customer_link()
        self.assertEqual(self.ticket._get_customer_link(), link)
        made = self.ticket.message_ids.filtered(lambda m: "A link for the customer" in m.body)
        self.assertEqual(len(made), 1)
        self.assertTrue(made.subtype_id.internal)

    def test_forged_and_unknown_links_get_one_answer(self):
        link = self.get_link()
        forged = link[:-1] + ("0" if link[-1] != "0" else "1")
        self.ticket._portal_ensure_token()
        pages = [
            self.assertGone(path)
            for path in (
                forged,
                link.replace(f"/{self.ticket.id}/", f"/{self.other.id}/"),
                link.replace(f"/{self.ticket.id}/", "/999999999/"),
                f"/service/{self.ticket.id}/x",
                f"/service/{self.ticket.id}/%C3%A9",
                f"/service/{self.ticket.id}/{self.ticket.access_token}",
            )
        ]
        bodies = {page.text.split('id="wrap"')[1].split("</main>")[0] for page in pages}
        self.assertEqual(len(bodies), 1)

    def test_link_ends_after_its_days(self):
        link = self.get_link()
        days = self.company.aftersales_link_days
        with freeze_time(fields.Datetime.now() + timedelta(days=days, minutes=1)):
            self.assertFalse(self.ticket._is_link_live())
            self.assertGone(link)
            self.assertNotEqual(self.get_link(), link)

    def test_link_ends_after_closing(self):
        link = self.get_link()
        self.ticket.resolution = "Tightened"
        self.ticket.action_close()
        self.assertEqual(self.open(link).status_code, 200)
        days = self.company.aftersales_link_closed_days
        with freeze_time(fields.Datetime.now() + timedelta(days=days, minutes=1)):
            self.assertGone(link)
            # A new one opens the closed ticket for as long again.
            self.assertEqual(self.open(self.get_link()).status_code, 200)

    def test_agents_revoke_it_and_hand_out_a_new_one(self):
        link = self.get_link()
        ticket = self.ticket.with_user(self.agent_user)
        ticket.action_revoke_customer_link()
        self.assertGone(link)
        self.assertIn("revoked", self.ticket.message_ids[0].body)
        share = self.env["aftersales.ticket.share"].with_user(self.agent_user)
        share = share.create({"ticket_id": ticket.id})
        self.assertNotIn(link, share.link)
        self.assertEqual(self.open(self.get_link()).status_code, 200)
        for user in (self.technician_user, self.plain_user):
            with self.assertRefused("Only agents", AccessError), mute_logger("odoo.models"):
                self.ticket.with_user(user).action_revoke_customer_link()

    def test_links_of_merged_tickets_end_and_are_revoked_with_it(self):
        twin = self.make_ticket(self.asset, subject="Leaks again")
        old = self.make_ticket(self.asset, subject="Leaks since long")
        days = self.company.aftersales_link_days
        with freeze_time(fields.Datetime.now() - timedelta(days=days, minutes=1)):
            expired = self.get_link(old)
        link = self.get_link(twin)
        (twin | old).action_merge_into(self.ticket.id)
        self.assertIn("Leaks oil", self.open(link).text)
        self.assertGone(expired)
        self.ticket.with_user(self.agent_user).action_revoke_customer_link()
        self.assertGone(link)

    def test_nobody_sees_anothers_quotation_or_voucher_after_a_merge(self):
        neighbour = self.env["res.partner"].create({"name": "Neighbour"})
        stranger = self.make_ticket(partner_id=neighbour.id)
        order = self.env["sale.order"].create(
            {
                "partner_id": neighbour.id,
                "aftersales_ticket_id": stranger.id,
                "aftersales_paid_work": True,
                "state": "sent",
            }
        )
        visit = self.env["aftersales.visit"].create(stranger._prepare_visit_vals())
        visit._write_past_guard({"state": "done", "date_done": fields.Datetime.now()})
        stranger.action_merge_into(self.ticket.id, reason="The same shared machine")
        self.assertEqual(self.ticket.visit_ids, visit)
        page = self.open(self.get_link())
        self.assertIn("Leaks oil", page.text)
        self.assertNotIn(order.name, page.text)
        self.assertNotIn(f"/voucher/{visit.id}", page.text)
        voucher = self.open(f"{self.get_link()}/voucher/{visit.id}")
        self.assertNotIn("pdf", voucher.headers["Content-Type"])

    def test_absurd_numbers_open_nothing(self):
        self.assertGone("/service/99999999999999999999/x")
        page = self.open("/service/request/99999999999999999999")
        self.assertEqual(page.status_code, 404)

    def test_another_customer_revokes_it(self):
        ticket = self.make_ticket(subject="Leaks oil")
        link = self.get_link(ticket)
        ticket.partner_id = self.env["res.partner"].create({"name": "Buyer"})
        self.assertGone(link)
        self.assertFalse(ticket.link_date)
        self.assertEqual(self.open(self.get_link(ticket)).status_code, 200)

    def test_wrong_links_are_throttled(self):
        path = f"/service/{self.ticket.id}/x"
        for _attempt in range(30):
            self.env["aftersales.throttle"]._allow("ticket-link", "127.0.0.1", 30, 600)
        page = self.open(path)
        self.assertEqual(page.status_code, 429)
        self.assertIn("Retry-After", page.headers)
        forged = {"X-Forwarded-For": "10.1.1.1", "X-Forwarded-Host": "x.example"}
        self.assertEqual(self.url_open(path, headers=forged).status_code, 429)
        self.assertEqual(self.open(self.get_link()).status_code, 200)

    def test_eternal_token_opens_nothing(self):
        token = self.ticket._portal_ensure_token()
        sign = self.ticket._sign_token(self.customer.id)
        for path in (
            f"/my/tickets/{self.ticket.id}?access_token={token}",
            f"/mail/view?model=aftersales.ticket&res_id={self.ticket.id}&access_token={token}"
            f"&pid={self.customer.id}&hash={sign}",
        ):
            page = self.open(path)
            self.assertIn("/web/login", page.url)
            self.assertNotIn("Leaks oil", page.text)
        for secret in ({"token": token}, {"hash": sign, "pid": self.customer.id}):
            data = self.make_jsonrpc_request(
                "/portal/chatter_init",
                {"thread_model": "aftersales.ticket", "thread_id": self.ticket.id, **secret},
            )
            self.assertNotIn("mail.thread", data)

    def test_mails_carry_the_link_for_those_without_login(self):
        self.customer.email = "farm@example.com"
        login = new_test_user(self.env, "t_link_portal", groups="base.group_portal")
        login.partner_id.parent_id = self.customer
        people = self.customer | login.partner_id
        with self.mock_mail_gateway():
            self.ticket.message_post(
                body="We come tomorrow",
                partner_ids=people.ids,
                subtype_xmlid="mail.mt_comment",
            )
        bodies = {mail["email_to"][0]: mail["body"] for mail in self._mails}
        mine = next(body for to, body in bodies.items() if "farm@" in to)
        theirs = next(body for to, body in bodies.items() if "t_link_portal" in to)
        self.assertIn(self.get_link(), mine)
        self.assertNotIn(self.get_link(), theirs)
        for body in (mine, theirs):
            self.assertIn(self.company.name, body)
            self.assertNotIn("access_token", body)
