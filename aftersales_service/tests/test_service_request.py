import re
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import HOST, HttpCase, tagged
from odoo.tools import config, mute_logger

from odoo.addons.mail.tests.common import MailCase

from .common import AftersalesCommon
from .test_upload import picture

CHANGING = re.compile(r'csrf_token: "[^"]*"|value="[^"]*"|T\d{7,}|session_id[^"]*')


@tagged("post_install", "-at_install")
class TestServiceRequest(MailCase, HttpCase, AftersalesCommon):
    """T01: the public form takes what anybody writes, and tells nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.caller.email = "joe@farm.example"
        cls.company.write({"aftersales_web_form": True, "aftersales_web_team_id": cls.team.id})
        cls.other_company = cls.env["res.company"].create({"name": "Other Maker"})
        cls.url = f"/service/request/{cls.company.id}"

    def setUp(self):
        super().setUp()
        # As a visitor of a browser of their own.
        self.authenticate(None, None)

    def form(self, **values):
        return {
            "name": "Ann",
            "email": "ann@new.example",
            "type": "fault",
            "description": "The pump leaks since Monday.",
            "csrf_token": self.csrf(),
        } | values

    def csrf(self):
        page = self.url_open(self.url)
        return re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]

    def send(self, files=None, maker=None, **values):
        """Post the form; return (tickets made, response)."""
        before = self.env["aftersales.ticket"].search([])
        url = f"/service/request/{(maker or self.company).id}/send"
        response = self.url_open(url, data=self.form(**values), files=files)
        return self.env["aftersales.ticket"].search([]) - before, response

    def test_the_confirmation_carries_no_words_of_strangers(self):
        self.company.email = "service@maker.example"
        with self.mock_mail_gateway():
            ticket, _response = self.send(description="Buy cheap pumps at evil.example now")
        self.assertEqual(ticket.subject, "Buy cheap pumps at evil.example now")
        mail = self._new_mails.filtered(lambda m: "ann@new.example" in (m.email_to or ""))
        self.assertEqual(mail.subject, ticket.name)
        self.assertNotIn("evil.example", mail.body_html)
        for name in ("Win at evil.example", "www.evil.example", "https://evil", "a@evil.example"):
            ticket, response = self.send(name=name)
            self.assertEqual((ticket.ids, response.status_code), ([], 400))
        for name in ("J.Smith", "Dr. Ann O'Neil-Smith", "王小明"):
            ticket, response = self.send(name=name, email=f"ann{len(name)}@new.example")
            self.assertTrue(ticket, name)

    def test_a_request(self):
        files = [
            ("photos", ("a.jpg", picture("JPEG"), "image/jpeg")),
            ("photos", ("evil.html", b"%PDF-1.4 x", "text/html")),
        ]
        ticket, response = self.send(files, phone="+1 555", serial="NONE-1", company="Acme")
        self.assertEqual(response.status_code, 200)
        self.assertIn(ticket.name, response.text)
        self.assertRecordValues(
            ticket,
            [
                {
                    "type": "fault",
                    "channel": "web",
                    "team_id": self.team.id,
                    "company_id": self.company.id,
                    "partner_id": False,
                    "caller_name": "Ann",
                    "caller_email": "ann@new.example",
                    "caller_phone": "+1 555",
                    "user_id": False,
                }
            ],
        )
        self.assertIn("Acme", ticket.description)
        self.assertTrue(ticket.date_confirmed)
        attachments = ticket.message_ids.attachment_ids
        self.assertEqual(set(attachments.mapped("name")), {"a.jpg", "evil.pdf"})
        self.assertFalse(any(attachments.mapped("public")))
        for attachment in attachments:
            self.assertEqual(self.url_open(f"/web/content/{attachment.id}").status_code, 404)

    def test_the_form_has_all_its_fields(self):
        page = self.url_open(self.url).text
        for name in (
            "description",
            "type",
            "serial",
            "photos",
            "name",
            "company",
            "email",
            "phone",
        ):
            self.assertIn(f'name="{name}"', page)

    def test_known_and_unknown_get_the_same_answer(self):
        asset = self.sell("WEB-10001")
        pages = set()
        for serial, email in (
            ("WEB-10001", "joe@farm.example"),
            ("WEB-10001", "ann@new.example"),
            ("WEB-99999", "ann2@new.example"),
        ):
            ticket, response = self.send(serial=serial, email=email)
            pages.add(CHANGING.sub("", response.text))
            own = email == "joe@farm.example"
            self.assertEqual(ticket.asset_id, asset if own else asset.browse())
            self.assertEqual(ticket.partner_id, self.customer if own else self.customer.browse())
        self.assertEqual(len(pages), 1)

    def test_forged_ids_are_not_read(self):
        asset = self.sell("WEB-20001")
        ticket, _response = self.send(
            company_id=self.other_company.id,
            team_id=9,
            partner_id=self.customer.id,
            asset_id=asset.id,
            user_id=self.manager_user.id,
            stage_id=self.env["aftersales.ticket"]._get_stage("closed").id,
            priority="2",
        )
        self.assertFalse(ticket.partner_id or ticket.asset_id)
        self.assertEqual((ticket.company_id, ticket.team_id), (self.company, self.team))
        self.assertEqual((ticket.stage_kind, ticket.priority), ("open", "0"))

    def test_scripts_are_text(self):
        ticket, response = self.send(
            company="<script>alert(1)</script>", description="<img src=x onerror=alert(1)> broken"
        )
        self.assertNotIn("<script>", ticket.description)
        self.assertNotIn("<img", ticket.description)
        self.assertNotIn("<script>alert(1)", response.text)

    def test_malformed(self):
        for values, message in (
            ({"name": ""}, "your name"),
            ({"email": "nobody"}, "e-mail address"),
            ({"type": "training"}, "what it is about"),
            ({"type": "x' OR 1=1"}, "what it is about"),
            ({"description": "  "}, "what is the matter"),
        ):
            tickets, response = self.send(**values)
            self.assertFalse(tickets, values)
            self.assertEqual(response.status_code, 400)
            self.assertIn(message, response.text)
        files = [("photos", ("a.png", b"<script>", "image/png"))]
        tickets, response = self.send(files, name="Kept Name")
        self.assertFalse(tickets)
        self.assertIn("neither a picture", response.text)
        self.assertIn("Kept Name", response.text)

    def test_no_token_no_ticket(self):
        with mute_logger("odoo.http"):
            tickets, response = self.send(csrf_token="forged")
        self.assertFalse(tickets)
        self.assertEqual(response.status_code, 400)

    def test_programs_fall_into_the_trap(self):
        tickets, response = self.send(website_url="http://spam.example")
        self.assertFalse(tickets)
        self.assertEqual(response.status_code, 200)

    def test_throttled(self):
        for number in range(4):
            self.assertTrue(self.send(description=f"Pump {number} leaks.")[0])
        tickets, response = self.send()
        self.assertFalse(tickets)
        self.assertEqual(response.status_code, 429)
        for number in range(20):
            _tickets, response = self.send(email=f"a{number}@new.example")
        self.assertEqual(response.status_code, 429)

    def test_a_forged_forwarding_header_is_no_other_visitor(self):
        for number in range(10):
            headers = {"X-Forwarded-For": f"10.0.0.{number}", "X-Forwarded-Host": "x.example"}
            self.url_open(
                f"{self.url}/send", data=self.form(email=f"b{number}@new.example"), headers=headers
            )
        before = self.env["aftersales.ticket"].search_count([])
        response = self.url_open(
            f"{self.url}/send",
            data=self.form(email="c@new.example"),
            headers={"X-Forwarded-For": "10.9.9.9", "X-Forwarded-Host": "x.example"},
        )
        self.assertEqual(response.status_code, 429)
        self.assertEqual(self.env["aftersales.ticket"].search_count([]), before)

    def test_behind_a_proxy_only_its_own_word_counts(self):
        keys = []
        throttles = type(self.env["aftersales.throttle"])

        def allow(throttle, scope, address, limit, seconds):
            keys.append((scope, address))
            return True

        with patch.dict(config.options, proxy_mode=True), patch.object(throttles, "_allow", allow):
            for forged in ("1.1.1.1", "2.2.2.2, 3.3.3.3"):
                headers = {
                    # The proxy appends the address that it saw to whatever the visitor sent.
                    "X-Forwarded-For": f"{forged}, 203.0.113.7",
                    "X-Forwarded-Host": f"{HOST}:{self.http_port()}",
                }
                self.url_open(f"{self.url}/send", data=self.form(), headers=headers)
        seen = {address for scope, address in keys if scope == "service-request"}
        self.assertEqual(seen, {"203.0.113.7"})

    def test_sent_twice_is_one(self):
        files = {"photos": ("a.png", picture(), "image/png")}
        ticket, _response = self.send(files=files)
        again, response = self.send(files=files)
        self.assertFalse(again)
        self.assertEqual(response.status_code, 200)
        self.assertIn(ticket.name, response.text)
        self.assertEqual(len(ticket.message_ids.attachment_ids), 1)
        self.assertTrue(self.send(description="The pump leaks since Tuesday.")[0])
        self.assertTrue(self.send(email="bob@new.example")[0], "another person, the same words")

    def test_no_headers_within_the_name(self):
        self.company.email = "service@maker.example"
        for name in ("Joe\r\nBcc: victim", "Joe\nX-Evil: 1", "Joe\u2028Bcc: victim"):
            with self.mock_mail_gateway():
                ticket, _response = self.send(name=name, phone="1\r\n2", email="j@new.example")
            ticket = ticket or self.env["aftersales.ticket"].search([], limit=1, order="id desc")
            for text in (ticket.caller_name, ticket.caller_phone, ticket.subject):
                self.assertEqual(text, " ".join(text.split()))
            for mail in self._new_mails:
                self.assertEqual(mail.email_to, " ".join(mail.email_to.split()))

    def test_companies_without_form(self):
        url = f"/service/request/{self.other_company.id}"
        self.assertEqual(self.url_open(url).status_code, 404)
        self.assertEqual(self.url_open("/service/request/99999999").status_code, 404)
        self.assertFalse(self.send(maker=self.other_company)[0])
        self.company.aftersales_web_form = False
        self.assertEqual(self.url_open(self.url).status_code, 404)

    def test_settings_are_checked(self):
        theirs = self.env["aftersales.team"].create(
            {"name": "Theirs", "company_id": self.other_company.id}
        )
        with self.assertRefused("another company", ValidationError):
            self.company.aftersales_web_team_id = theirs
        keys = ("fault", "enquiry", "complaint", "return", "installation", "training")
        with self.assertRefused("at least one", ValidationError):
            self.company.write({f"aftersales_web_{key}": False for key in keys})
