from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCase

from .test_portal_ticket import PortalTicketCommon


@tagged("post_install", "-at_install")
class TestTicketSales(PortalTicketCommon, MailCase):
    """T12: the salesperson is told once of each ticket of a customer of theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain_user.email = "sales@example.com"
        cls.customer.user_id = cls.plain_user

    def tell(self):
        """Run the job; return the subjects and bodies of the mails to the salesperson."""
        with self.mock_mail_gateway():
            self.env.ref("aftersales_service.ir_cron_tell_salespeople").method_direct_trigger()
        mine = self._new_mails.filtered(
            lambda mail: self.plain_user.partner_id in mail.recipient_ids
        )
        return [(mail.subject, mail.body_html) for mail in mine]

    def test_told_once_with_number_customer_and_fault(self):
        ticket = self.make_ticket(self.asset, subject="Gearbox noise")
        self.assertEqual(ticket.salesperson_id, self.plain_user)
        ((subject, body),) = self.tell()
        self.assertEqual(subject, "Service ticket of Test Farm: Gearbox noise")
        for text in (ticket.name, "Test Farm", "Gearbox noise", "P-1", f"/my/tickets/{ticket.id}"):
            self.assertIn(text, body)
        self.assertFalse(self.tell())
        self.assertNotIn(self.plain_user.partner_id, ticket.message_partner_ids)

    def test_one_digest_and_complaints_apart(self):
        vals = {"partner_id": self.caller.id, "team_id": self.team.id}
        self.env["aftersales.ticket"].with_user(self.agent_user).create(
            [dict(vals, subject=f"Fault {number}") for number in range(3)]
            + [dict(vals, subject="Too late again", type="complaint")]
        )
        subjects = sorted(subject for subject, _body in self.tell())
        self.assertEqual(
            subjects,
            [
                "3 service tickets of your customers",
                "Complaint of Test Farm, Test Caller: Too late again",
            ],
        )

    def test_own_tickets_and_other_companies_are_not_told(self):
        self.customer.user_id = self.agent_user
        own = self.make_ticket(self.asset)
        self.assertTrue(own.salesperson_told)
        self.customer.user_id = self.plain_user
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.plain_user.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        self.assertFalse(self.make_ticket(self.asset).salesperson_id)
        self.assertFalse(self.tell())

    def test_told_when_the_customer_becomes_known(self):
        ticket = self.make_ticket(partner_id=False)
        self.assertFalse(ticket.salesperson_id)
        ticket.partner_id = self.customer
        self.assertEqual(len(self.tell()), 1)
        ticket.partner_id = self.caller
        self.assertFalse(self.tell())

    def test_may_look_at_the_customers_page_only(self):
        ticket = self.make_ticket(self.asset, subject="Gearbox noise")
        self.login(self.plain_user)
        page = self.url_open(f"/my/tickets/{ticket.id}").text
        self.assertIn("Gearbox noise", page)
        self.assertNotIn("Write to us", page)
        self.assertNotIn(
            "Secret matter", self.url_open(f"/my/tickets/{self.foreign_ticket.id}").text
        )
        self.post(f"/my/tickets/{ticket.id}/solved")
        self.assertFalse(ticket.is_closed)
