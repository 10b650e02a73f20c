import base64
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .mail_common import AftersalesMailCommon

MIXED = """From: Joe <joe@farm.example>
To: service@maker.example
Subject: Photos
Message-Id: <mixed.1@farm.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="cut"

--cut
Content-Type: text/html; charset="utf-8"

%(html)s
--cut
Content-Type: image/png; name="pump.png"
Content-Disposition: inline; filename="pump.png"
Content-Id: <pic1>
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
--cut
Content-Type: application/octet-stream; name="%(name)s"
Content-Disposition: attachment; filename="%(name)s"
Content-Transfer-Encoding: base64

%(content)s
--cut--
"""


@tagged("post_install", "-at_install")
class TestTicketMail(AftersalesMailCommon):
    """T01: mail to a team becomes a ticket with all that it says."""

    def test_known_sender(self):
        ticket = self.receive("The pump leaks.", Subject="Pump broken")
        self.assertRecordValues(
            ticket,
            [
                {
                    "subject": "Pump broken",
                    "channel": "email",
                    "team_id": self.team.id,
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                    "caller_id": self.caller.id,
                    "caller_name": "Test Caller",
                    "caller_phone": "+1 555 0100",
                    "caller_email": "joe@farm.example",
                    "user_id": False,
                }
            ],
        )
        self.assertIn("The pump leaks.", ticket.description)
        self.assertIn(self.caller, ticket.message_partner_ids)
        self.assertAlmostEqual(ticket.date_open, fields.Datetime.now(), delta=timedelta(minutes=1))

    def test_dated_by_receipt_not_by_the_sender(self):
        ticket = self.receive(Date="Mon, 05 Jan 2015 10:00:00 +0000")
        self.assertEqual(ticket.date_open.date(), fields.Date.today())

    def test_unknown_sender(self):
        ticket = self.receive(sender=self.stranger)
        self.assertFalse(ticket.partner_id | ticket.caller_id)
        self.assertEqual(ticket.caller_name, "Sam Stranger")
        self.assertEqual(ticket.caller_email, "sam@elsewhere.example")
        self.assertFalse(
            self.env["res.partner"].search([("email", "=", "sam@elsewhere.example")]),
            "mail makes no contacts by itself",
        )
        unknown = self.tickets.search([("partner_id", "=", False), ("caller_email", "!=", False)])
        self.assertIn(ticket, unknown)
        with self.assertRefused("hotline agents", Exception):
            ticket.with_user(self.technician_user).action_create_caller()
        ticket.with_user(self.agent_user).action_create_caller()
        self.assertEqual(ticket.caller_id.name, "Sam Stranger")
        self.assertEqual(ticket.partner_id, ticket.caller_id)
        self.assertEqual(self.mails(ticket).author_id, ticket.caller_id)
        with self.assertRefused("the caller is known"):
            ticket.with_user(self.agent_user).action_create_caller()

    def test_contact_of_the_chosen_customer(self):
        ticket = self.receive(sender=self.stranger)
        ticket.partner_id = self.customer
        ticket.with_user(self.agent_user).action_create_caller()
        self.assertEqual(ticket.caller_id.parent_id, self.customer)
        self.assertEqual(ticket.partner_id, self.customer)

    def test_colleague_is_no_customer(self):
        ticket = self.receive(sender="agent@maker.example")
        self.assertFalse(ticket.partner_id | ticket.caller_id)
        self.assertIn("colleague", ticket.intake_note)
        with self.assertRefused("address of a colleague"):
            ticket.with_user(self.agent_user).action_create_caller()

    def test_portal_user_is_their_customer(self):
        self.make_portal_user(self.caller)
        self.caller.email = "joe@farm.example"
        ticket = self.receive()
        self.assertEqual((ticket.partner_id, ticket.caller_id), (self.customer, self.caller))

    def test_address_of_two_customers_is_asked_about(self):
        other = self.env["res.partner"].create({"name": "Twin", "email": "joe@farm.example"})
        ticket = self.receive()
        self.assertFalse(ticket.partner_id)
        self.assertIn("Several customers", ticket.intake_note)
        asset = self.sell("TWIN-0001", partner=other)
        ticket = self.receive("Serial twin-0001 is dead")
        self.assertEqual((ticket.partner_id, ticket.asset_id), (other, asset))

    def test_serial_of_the_sender(self):
        asset = self.sell("MX 4711-A")
        ticket = self.receive("our mx4711-a does not start")
        self.assertEqual(ticket.asset_id, asset)
        self.assertEqual(ticket.service_category, "warranty")
        self.assertIn("MX 4711-A", ticket.intake_note)

    def test_serial_of_somebody_else(self):
        other = self.env["res.partner"].create({"name": "Neighbour"})
        self.sell("NB-77001", partner=other)
        for sender in ("joe@farm.example", self.stranger):
            ticket = self.receive("NB-77001 is broken", sender=sender)
            self.assertFalse(ticket.asset_id)
            self.assertIn("not the sender's", ticket.intake_note)
            self.assertNotEqual(ticket.partner_id, other)

    def test_several_serials_are_asked_about(self):
        self.sell("AB-1001", "AB-1002")
        ticket = self.receive("AB-1001 and AB-1002 leak")
        self.assertFalse(ticket.asset_id)
        self.assertIn("AB-1001", ticket.intake_note)

    def test_attachments_pictures_and_scripts(self):
        html = '<p onclick="x()">Hi<script>alert(1)</script> <img src="cid:pic1"/></p>'
        raw = MIXED % {"html": html, "name": "winmail.dat", "content": "AAECAw=="}
        ticket = self.receive(raw=raw)
        self.assertEqual(
            set(self.mails(ticket).attachment_ids.mapped("name")), {"pump.png", "winmail.dat"}
        )
        self.assertFalse(any(self.mails(ticket).attachment_ids.mapped("public")))
        for text in (ticket.description, self.mails(ticket).body):
            self.assertNotIn("script", text)
            self.assertNotIn("onclick", text)
        self.assertIn("/web/image/", ticket.description)

    def test_twenty_megabytes(self):
        content = base64.encodebytes(b"\x00" * 20 * 1024 * 1024).decode()
        ticket = self.receive(raw=MIXED % {"html": "big", "name": "big.bin", "content": content})
        big = self.mails(ticket).attachment_ids.filtered(lambda a: a.name == "big.bin")
        self.assertEqual(big.file_size, 20 * 1024 * 1024)

    def test_language_of_the_team(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.team.lang = "es_ES"
        ticket = self.receive(sender=self.stranger)
        self.assertEqual(ticket._get_mail_lang(), "es_ES")
        self.caller.lang = "en_US"
        self.assertEqual(self.receive()._get_mail_lang(), "en_US")

    def test_people_in_copy(self):
        colleague = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.customer.id, "email": "ann@farm.example"}
        )
        other = self.env["res.partner"].create({"name": "Spy", "email": "spy@else.example"})
        copies = "ann@farm.example, spy@else.example, agent@maker.example, x@nobody.example"
        ticket = self.receive(Cc=copies)
        followers = ticket.message_partner_ids
        self.assertIn(colleague, followers)
        self.assertIn(self.agent_user.partner_id, followers)
        self.assertNotIn(other, followers)
        self.team.cc_policy = "none"
        self.assertNotIn(colleague, self.receive(Cc=copies).message_partner_ids)

    def test_two_teams_make_one_ticket(self):
        self.team.copy({"name": "Second", "alias_name": "second", "sequence": 50})
        ticket = self.receive(To="second@maker.example, service@maker.example")
        self.assertEqual(len(ticket), 1)
        self.assertEqual(ticket.team_id, self.team)
        self.assertIn("Second", ticket.intake_note)

    def test_each_company_has_its_own(self):
        company = self.env["res.company"].create({"name": "Other Maker"})
        domain = self.env["mail.alias.domain"].create(
            {"name": "other.example", "company_ids": company.ids}
        )
        company.alias_domain_id = domain
        team = self.env["aftersales.team"].create(
            {"name": "Theirs", "company_id": company.id, "alias_name": "service"}
        )
        self.assertEqual(team.alias_email, "service@other.example")
        self.caller.company_id = self.company
        tickets = self.receive(To="service@other.example, service@maker.example")
        self.assertEqual(tickets.company_id, company | self.company)
        theirs = tickets.filtered(lambda t: t.company_id == company)
        self.assertEqual(theirs.team_id, team)
        self.assertFalse(theirs.caller_id, "a contact of another company is none of theirs")

    def test_alias_policy_refuses(self):
        self.team.alias_contact = "partners"
        self.assertFalse(self.receive(sender=self.stranger))
        self.assertTrue(self.receive())

    def test_duplicate_message_id(self):
        self.assertTrue(self.receive(Message_Id="<same@farm.example>"))
        self.assertFalse(self.receive(Message_Id="<same@farm.example>"))
