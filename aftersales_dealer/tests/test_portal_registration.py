import json
from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import AftersalesDealerCommon


@tagged("post_install", "-at_install")
class TestPortalRegistration(AftersalesDealerCommon, HttpCase):
    """D02, D14: the dealer registers on the portal; every other dealer's data is invisible."""

    browser_size = "390x844"  # tours run on a telephone

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset_a = cls.sell_to_dealer("P-A")
        cls.asset_b = cls.sell_to_dealer("P-B", dealer=cls.dealer_b)

    def _post(self, serial="P-A", **values):
        data = {
            "csrf_token": Request.csrf_token(self),
            "serial": serial,
            "date_sale": str(self.today - timedelta(days=2)),
            "end_user_name": "Portal Farmer",
            "end_user_phone": "+34 611 222 333",
            "end_user_country_id": str(self.env.ref("base.es").id),
        }
        return self.url_open("/my/registrations/new", data=dict(data, **values), method="POST")

    def test_dealer_sees_the_certificates_of_own_machines(self):
        self.asset_a.warranty_ids.action_issue()
        card_a, card_b = self.asset_a.warranty_ids.name, self.asset_b.warranty_ids.name
        self.authenticate("t_portal_a", "t_portal_a")
        page = self.url_open(f"/my/assets/{self.asset_a.id}").text
        self.assertIn(card_a, page)
        self.assertIn("issued on", page)
        pdf = self.url_open(f"/my/assets/{self.asset_a.id}?report_type=pdf")
        self.assertEqual(pdf.headers["Content-Type"], "application/pdf")
        other = self.url_open(f"/my/assets/{self.asset_b.id}?report_type=pdf")
        self.assertTrue(other.url.endswith("/my"), other.url)
        self.assertNotIn(card_b, other.text)

    def _cards(self, dealer):
        return self.env["aftersales.registration"].search([("dealer_id", "=", dealer.id)])

    def test_dealer_registers_a_sale(self):
        self.authenticate("t_portal_a", "t_portal_a")
        page = self.url_open("/my/registrations/new")
        self.assertIn("P-A", page.text)
        self.assertNotIn("P-B", page.text)
        response = self._post(meter="12,5", end_user_city="Soria", promise="Third year free")
        card = self._cards(self.dealer_a)
        self.assertTrue(
            response.url.endswith(f"/my/registrations/{card.id}?registered=1"), response.url
        )
        self.assertRecordValues(
            card,
            [
                {
                    "state": "registered",
                    "asset_id": self.asset_a.id,
                    "channel": "portal",
                    "late": False,
                    "meter": 12.5,
                    "promise": "Third year free",
                    "date_registered": self.today,
                }
            ],
        )
        self.assertRecordValues(
            self.asset_a.partner_id, [{"name": "Portal Farmer", "city": "Soria"}]
        )

    def test_refusals_change_nothing(self):
        self.authenticate("t_portal_a", "t_portal_a")
        unknown = self._post("NEVER").text
        foreign = self._post("P-B").text
        for page, serial in ((unknown, "NEVER"), (foreign, "P-B")):
            self.assertIn(
                f"no machine with the serial “{serial}” among those delivered to you", page
            )
        for expected, values in (
            ("is in the future", {"date_sale": str(self.today + timedelta(days=1))}),
            ("before the delivery", {"date_sale": str(self.today - timedelta(days=200))}),
            ("enter the day of the sale", {"date_sale": "yesterday"}),
            ("enter the day of the sale", {"date_sale": ""}),
            ("enter a number", {"meter": "many"}),
            ("enter a number", {"meter": "-1"}),
            ("phone or e-mail", {"end_user_phone": " "}),
            ("name", {"end_user_name": ""}),
            (
                "is not in the country",
                {"end_user_state_id": str(self.env.ref("base.state_us_5").id)},
            ),
        ):
            with self.subTest(values=values):
                self.assertIn(expected, self._post(**values).text)
        self.assertFalse(self._cards(self.dealer_a) | self._cards(self.dealer_b))
        self.assertEqual(self.asset_a.partner_id, self.dealer_a)

    def test_posted_fields_of_the_company_are_ignored(self):
        self.authenticate("t_portal_a", "t_portal_a")
        self._post(
            date_sale=str(self.today - timedelta(days=50)),
            late_known=str(self.today - timedelta(days=50)),
            dealer_id=str(self.dealer_b.id),
            date_registered=str(self.today - timedelta(days=49)),
            override_reason="x",
            state="cancelled",
        )
        self.assertRecordValues(
            self._cards(self.dealer_a),
            [
                {
                    "date_registered": self.today,
                    "late": True,
                    "counts_for_claims": False,
                    "state": "registered",
                }
            ],
        )

    def test_twice_is_refused(self):
        self.authenticate("t_portal_a", "t_portal_a")
        self._post()
        self.assertIn("is registered already: card", self._post().text)
        self.assertEqual(len(self._cards(self.dealer_a)), 1)

    def test_race_is_refused_with_a_message(self):
        self.authenticate("t_portal_a", "t_portal_a")
        with patch.object(
            self.env.registry["aftersales.registration"],
            "_register_for_portal",
            side_effect=IntegrityError,
        ):
            self.assertIn("registered a moment ago", self._post().text)

    @mute_logger("odoo.http")
    def test_without_csrf_token(self):
        self.authenticate("t_portal_a", "t_portal_a")
        self.assertEqual(self._post(csrf_token="").status_code, 400)
        self.assertFalse(self._cards(self.dealer_a))

    def test_dealer_b_sees_nothing_of_dealer_a(self):
        card = self.make_card(self.asset_a, end_user_name="Secret Farmer")
        self.authenticate("t_portal_b", "t_portal_b")
        for url in (
            f"/my/registrations/{card.id}",
            f"/my/registrations/{card.id}?report_type=pdf",
            f"/my/registrations/{card.id}?access_token={card._portal_ensure_token()}",
            "/my/registrations",
            "/my/registrations?search=Secret",
            "/my/registrations/new",
            "/my/dealer",
        ):
            with self.subTest(url=url):
                page = self.url_open(url)
                self.assertEqual(page.status_code, 200)
                self.assertNotIn("Secret Farmer", page.text)
                self.assertNotIn("P-A", page.text)
                self.assertNotIn(self.agreement_a.name, page.text)

    def test_dealer_sees_its_own(self):
        card = self.make_card(self.asset_a, end_user_name="Own Farmer")
        self.authenticate("t_portal_a", "t_portal_a")
        for url in (
            f"/my/registrations/{card.id}",
            "/my/registrations",
            "/my/registrations?search=own&sortby=serial&filterby=registered",
            "/my/registrations?sortby=nonsense&filterby=nonsense",
        ):
            self.assertIn("Own Farmer", self.url_open(url).text)
        self.assertNotIn("Own Farmer", self.url_open("/my/registrations?filterby=late").text)
        home = self.url_open("/my/dealer").text
        self.assertIn(self.agreement_a.name, home)
        self.assertIn("Test Gold", home)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["dealer_count", "dealer_to_register_count"]}
        )
        self.assertEqual(counters, {"dealer_count": 1, "dealer_to_register_count": 0})

    def test_who_is_no_dealer_is_sent_away(self):
        for login in ("t_portal_customer", "t_dealer_user"):
            self.authenticate(login, login)
            for url in (
                "/my/dealer",
                "/my/registrations",
                "/my/registrations/new",
                "/my/registrations/1",
            ):
                self.assertTrue(self.url_open(url).url.rstrip("/").endswith("/my"), (login, url))

    def test_printed_card(self):
        card = self.make_card(self.asset_a)
        self.authenticate("t_portal_a", "t_portal_a")
        html = self.url_open(f"/my/registrations/{card.id}?report_type=html").text
        for expected in (card.name, "P-A", "Test End User", "Test Dealer A"):
            self.assertIn(expected, html)
        with patch.object(
            self.env.registry["ir.actions.report"],
            "_run_wkhtmltopdf",
            return_value=b"%PDF-1.4 test",
        ):
            pdf = self.url_open(f"/my/registrations/{card.id}?report_type=pdf&download=true")
        self.assertEqual((pdf.status_code, pdf.headers["Content-Type"]), (200, "application/pdf"))
        self.assertIn(card.name, pdf.headers["Content-Disposition"])

    def _json2(self, user, model, method, **body):
        key = (
            self.env(user=user)["res.users.apikeys"]
            .sudo()
            ._generate("rpc", "test", self.env.cr.now() + timedelta(hours=1))
        )
        return self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(body),
            headers={"Authorization": f"bearer {key}", "Content-Type": "application/json"},
            method="POST",
        )

    @mute_logger("odoo.http")
    def test_api_shows_a_portal_dealer_its_own_only(self):
        own, other = self.make_card(self.asset_a), self.make_card(self.asset_b)
        for model, mine, foreign in (
            ("aftersales.registration", own, other),
            ("aftersales.dealer.agreement", self.agreement_a, self.agreement_b),
            ("aftersales.asset", self.asset_a, self.asset_b),
        ):
            with self.subTest(model=model):
                found = self._json2(
                    self.portal_a, model, "search_read", domain=[], fields=["display_name"]
                )
                if found.status_code == 200:
                    ids = [row["id"] for row in found.json()]
                    self.assertIn(mine.id, ids)
                    self.assertNotIn(foreign.id, ids)
                read = self._json2(
                    self.portal_a, model, "read", ids=foreign.ids, fields=["display_name"]
                )
                self.assertEqual(read.status_code, 403)
        cancel = self._json2(
            self.portal_a, "aftersales.registration", "action_cancel", ids=own.ids, reason="x"
        )
        self.assertEqual(cancel.status_code, 403)
        self.assertEqual(own.state, "registered")

    def test_api_of_company_staff(self):
        made = self._json2(
            self.dealer_user,
            "aftersales.registration",
            "create",
            vals_list=[
                {
                    "serial": "P-A",
                    "date_sale": str(self.today),
                    "end_user_name": "Api",
                    "end_user_email": "api@example.com",
                }
            ],
        )
        self.assertEqual(made.status_code, 200, made.text)
        self.assertEqual(
            self._json2(
                self.dealer_user, "aftersales.registration", "action_register", ids=made.json()
            ).status_code,
            200,
        )
        self.assertEqual(self._cards(self.dealer_a).state, "registered")

    def test_tour(self):
        self.sell_to_dealer("TOUR-1")
        self.start_tour("/my/dealer", "aftersales_dealer_registration", login="t_portal_a")
        self.assertEqual(self._cards(self.dealer_a).end_user_name, "Tour Farmer")
