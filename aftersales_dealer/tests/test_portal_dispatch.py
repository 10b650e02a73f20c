from base64 import b64decode
from datetime import timedelta

from lxml import html

from odoo import fields, http
from odoo.tests import HttpCase, tagged

from .common import AftersalesDealerCommon
from .common_claim import SIGNATURE

PHOTO = b64decode(SIGNATURE)
URL = "/my/dealer/tickets"


@tagged("post_install", "-at_install")
class TestPortalDispatch(AftersalesDealerCommon, HttpCase):
    """D03, end to end on the portal: given, arranged, reported, claimed; or handed back."""

    browser_size = "390x844"  # tours run on a telephone

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_a.tz = "Europe/Madrid"
        cls.asset = cls.sell_to_dealer("PORTAL-D1")
        cls.make_card(cls.asset, end_user_email="farm@example.com")
        cls.ticket = cls.make_ticket(cls.asset, description="<p>No oil pressure</p>")
        cls.ticket.dispatch_dealer_id = cls.dealer_a
        cls.dispatch = cls.ticket.sudo().dispatch_id
        cls.url = f"{URL}/{cls.dispatch.id}"

    def post(self, path, files=None, **data):
        data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(path, data=data, files=files)

    def test_from_the_list_to_the_claim(self):
        self.authenticate("t_portal_a", "t_portal_a")
        self.assertIn(self.ticket.name, self.url_open(URL).text)
        page = self.url_open(self.url).text
        self.assertIn("No oil pressure", page)
        self.assertIn("Accept: who comes and when", page)
        day = fields.Date.today() + timedelta(days=2)
        page = self.post(
            f"{self.url}/arrange",
            date_planned=f"{day}T09:30",
            technician_name="Ana Ruiz",
            technician_phone="+34 600 111 222",
        ).text
        self.assertIn("The customer was told by e-mail", page)
        self.assertEqual(self.dispatch.state, "arranged")
        self.assertIn(self.dispatch.date_planned.hour, (7, 8))  # 9:30 in Madrid
        page = self.post(
            f"{self.url}/report",
            files=[("photos", ("pump.png", PHOTO, "image/png"))],
            work_done="Pump replaced",
            fixed="yes",
            date_repair=str(fields.Date.today()),
            meter="12,5",
            promise="",
        ).text
        self.assertIn("Claim this repair", page)
        self.assertEqual(self.ticket.stage_id.kind, "solved")
        self.assertEqual(self.dispatch.meter, 12.5)
        photo = self.dispatch.photo_ids
        self.assertEqual(self.url_open(f"{self.url}/photo/{photo.id}").content, PHOTO)
        response = self.post(f"{self.url}/claim")
        claim = self.ticket.sudo().claim_ids
        self.assertTrue(response.url.endswith(f"/my/claims/{claim.id}/edit"))
        self.assertIn("Pump replaced", response.text)
        self.assertEqual(len(claim.photo_ids), 1)

    def test_bad_input_is_refused_and_what_was_typed_stays(self):
        self.authenticate("t_portal_a", "t_portal_a")
        page = self.post(
            f"{self.url}/arrange",
            date_planned="soon",
            technician_name="Ana Ruiz",
            technician_phone="+34 600 111 222",
        ).text
        self.assertIn("“Comes on”", page)
        self.assertIn("Ana Ruiz", page)
        for fixed, meter, wanted in (
            ("maybe", "1", "choose yes or no"),
            ("yes", "-4", "enter a number"),
            ("yes", "inf", "enter a number"),
        ):
            page = self.post(
                f"{self.url}/report",
                work_done="x",
                fixed=fixed,
                date_repair=str(fields.Date.today()),
                meter=meter,
            ).text
            self.assertIn(wanted, page)
        page = self.post(
            f"{self.url}/report",
            files=[("photos", ("bad.exe", b"MZ....", "image/png"))],
            work_done="x",
            fixed="yes",
            date_repair=str(fields.Date.today()),
        ).text
        self.assertIn("neither a picture", page)
        self.assertEqual(self.dispatch.state, "given")

    def test_the_empty_forms_have_all_their_fields(self):
        self.authenticate("t_portal_a", "t_portal_a")
        page = html.fromstring(self.url_open(self.url).text)
        for name in ("work_done", "reason"):
            self.assertTrue(page.xpath(f"//textarea[@name='{name}']"), name)

    def test_handing_back_without_a_reason_is_refused(self):
        self.authenticate("t_portal_a", "t_portal_a")
        self.assertIn("Say why", self.post(f"{self.url}/hand_back", reason="  ").text)
        self.assertEqual(self.dispatch.state, "given")
        page = self.post(f"{self.url}/hand_back", reason="No technician this week").text
        self.assertIn("We take over", page)
        self.assertFalse(self.ticket.dispatch_dealer_id)
        # Nothing of the customer is shown any more, and nothing can be done.
        self.assertNotIn("No oil pressure", page)
        page = self.post(
            f"{self.url}/report",
            work_done="x",
            fixed="yes",
            date_repair=str(fields.Date.today()),
        ).text
        self.assertIn("cannot become", page)

    def test_the_customer_is_not_sent_to_the_factory(self):
        self.company.partner_id.street = "1 Factory Road"
        self.authenticate("t_portal_a", "t_portal_a")
        self.assertNotIn("1 Factory Road", self.url_open(self.url).text)
        for deed in ("send_to_factory", "reject", "decline"):
            self.assertEqual(self.post(f"{self.url}/{deed}").status_code, 404)

    def test_another_dealer_and_the_customer_see_nothing(self):
        for login in ("t_portal_b", "t_portal_customer"):
            self.authenticate(login, login)
            for path in (self.url, f"{URL}/999999"):
                response = self.url_open(path)
                self.assertNotIn(self.ticket.name, response.text)
                self.assertNotIn("No oil pressure", response.text)
            response = self.post(f"{self.url}/hand_back", reason="Not mine at all")
            self.assertNotIn("We take over", response.text)
            self.assertEqual(self.url_open(f"{self.url}/photo/1").status_code, 404)
        self.assertEqual(self.dispatch.state, "given")

    def test_tour_of_a_ticket_on_a_telephone(self):
        self.start_tour("/my/dealer", "aftersales_dealer_ticket", login="t_portal_a")
        self.assertEqual(self.dispatch.state, "arranged")
        self.assertEqual(self.dispatch.technician_name, "Tour Technician")
