from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from .paid_work_common import PIXEL, PaidWorkCommon


@tagged("post_install", "-at_install")
class TestPaidWorkPortal(PaidWorkCommon, HttpCase):
    """T11, T17, T09: the customer answers the quotation online; merged tickets lead on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "t_portal_paid", groups="base.group_portal")
        cls.portal.partner_id.parent_id = cls.customer

    def send(self):
        """Return the quotation, sent to the customer."""
        order = self.quote()
        self.ticket.with_user(self.agent_user).action_send_quotation()
        order._portal_ensure_token()
        return order

    def test_from_quotation_to_invoice(self):
        order = self.send()
        page = self.url_open(self.ticket._get_customer_link()).text
        self.assertIn(order.name, page)
        self.assertIn("See and answer", page)
        self.assertIn("Please accept quotation", page)
        answer = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {"access_token": order.access_token, "name": "Farmer", "signature": PIXEL.decode()},
        )
        self.assertTrue(answer.get("force_refresh"), answer)
        self.assertRecordValues(order, [{"state": "sale", "signed_by": "Farmer"}])
        self.assertEqual(self.ticket.quotation_state, "accepted")
        self.assertEqual(self.ticket.stage_kind, "assigned", "it waited for the customer")
        again = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {"access_token": order.access_token, "name": "Farmer", "signature": PIXEL.decode()},
        )
        self.assertIn("error", again, "answered once")
        self.do_visit()
        self.assertEqual(order._create_invoices().amount_untaxed, 235.0)

    def test_payment_is_asked_where_it_can_be_made(self):
        self.company.portal_confirmation_pay = True
        providers = self.env["payment.provider"].search([])
        providers.state = "disabled"
        order = self.send()
        self.assertRecordValues(order, [{"require_payment": False, "require_signature": True}])
        self.env["payment.provider"].create(
            {"name": "Test Provider", "code": "none", "state": "test", "is_published": True}
        )
        order._compute_require_payment()
        self.assertTrue(order.require_payment, "the company asks for it, and can take it")

    def test_declined_online(self):
        order = self.send()
        self.authenticate(self.portal.login, self.portal.login)
        self.url_open(
            f"/my/orders/{order.id}/decline",
            data={"decline_message": "Too dear", "csrf_token": Request.csrf_token(self)},
        )
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.aftersales_refusal, "Too dear")
        self.assertEqual(self.ticket.quotation_state, "refused")
        with self.assertRefused("Quotation refused"):
            self.make_visit().with_user(self.technician_user).action_depart()

    def test_pages_of_merged_tickets_lead_to_the_one_that_stays(self):
        merged = self.make_ticket(self.asset, subject="Smoke again").with_user(self.env.user)
        link = merged._get_customer_link()
        merged.action_merge_into(self.ticket.id)
        self.assertIn(self.ticket.name, self.url_open(link).text)
        self.authenticate(self.portal.login, self.portal.login)
        self.assertIn(self.ticket.name, self.url_open(f"/my/tickets/{merged.id}").text)

    def test_another_customer_is_not_shown_the_merged_ticket(self):
        stranger = self.env["res.partner"].create({"name": "Stranger", "email": "s@example.com"})
        foreign = self.make_ticket(partner_id=stranger.id).with_user(self.env.user)
        link = foreign._get_customer_link()
        foreign.action_merge_into(self.ticket.id, reason="Same machine, shared")
        page = self.url_open(link).text
        self.assertNotIn(self.ticket.name, page)
        message = foreign.message_post(
            body="Mine", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(message.res_id, self.ticket.id)
        self.assertTrue(message.subtype_id.internal)
