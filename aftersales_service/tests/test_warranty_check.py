import re

from odoo import fields
from odoo.tests import HttpCase, freeze_time, tagged

from .common import AftersalesCommon

CSRF = re.compile(r'csrf_token: "[^"]*"|value="[^"]*"')


@tagged("post_install", "-at_install")
class TestWarrantyCheck(HttpCase, AftersalesCommon):
    """W14: anybody may see status and end date, and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls.sell("Chk 77-A")
        cls.warranty = cls.asset.warranty_ids
        cls.customer.write({"city": "Secretville", "email": "farm@example.com"})
        cls.env["ir.config_parameter"].set_param("aftersales_service.check_limit", "1000")
        cls.company_2 = cls.env["res.company"].create({"name": "Second Maker"})

    def ask(self, code, in_path=False):
        """Return (status, page) of a visitor without cookies."""
        self.opener.cookies.clear()
        url = f"/warranty/check/{code}" if in_path else f"/warranty/check?code={code}"
        response = self.url_open(url, allow_redirects=True)
        status = re.search(r'data-status="(\w+)"', response.text)
        return status and status[1], response

    def test_exact_serial_whatever_case_and_blanks(self):
        for code in ("Chk 77-A", "chk77-a", "  CHK 77 - A "):
            status, response = self.ask(code)
            self.assertEqual(status, "active", code)
            self.assertIn(str(self.warranty.date_end.year), response.text)
        for code in ("Chk 77", "hk 77-A", "Chk 77-B", "Chk_77-A", "%25", "*", "'"):
            self.assertEqual(self.ask(code)[0], "unknown", code)
        # What no keyboard types is a bad request, or unknown like any other.
        self.assertEqual(self.ask("Chk%0077-A")[1].status_code, 400)
        self.assertEqual(self.ask("Chk%0077-A", in_path=True)[0], "unknown")

    def test_number_and_token(self):
        self.assertEqual(self.ask(self.warranty.name.lower())[0], "active")
        self.assertEqual(self.ask(self.warranty.name, in_path=True)[0], "active")
        token = self.warranty._get_check_token()
        self.assertTrue(self.warranty.check_url.endswith(f"/warranty/check/{token}"))
        self.assertEqual(self.ask(token, in_path=True)[0], "active")
        forged = f"{self.warranty.id}-{'0' * 20}"
        for code in (forged, f"{10**17}-{'0' * 20}", str(self.warranty.id)):
            self.assertEqual(self.ask(code, in_path=True)[0], "unknown")

    def test_nothing_personal(self):
        _status, response = self.ask("Chk 77-A")
        for secret in (
            self.customer.name,
            "Secretville",
            "farm@example.com",
            self.machine.name,
            self.warranty.name,
            self.policy.name,
        ):
            self.assertNotIn(secret, response.text)
        self.assertIn("noindex", response.headers["X-Robots-Tag"])
        self.assertNotIn("session_id", response.headers.get("Set-Cookie", ""))

    def test_unknown_void_and_foreign_are_one_answer(self):
        foreign = self.sell("Chk 88-A")
        void = self.sell("Chk 99-A")
        void.warranty_ids._void("Mistake")
        self.env.cr.execute(
            "UPDATE aftersales_asset SET company_id = %s WHERE id = %s",
            [self.company_2.id, foreign.id],
        )
        self.env.cr.execute(
            "UPDATE aftersales_warranty SET company_id = %s WHERE asset_id = %s",
            [self.company_2.id, foreign.id],
        )
        self.env.invalidate_all()
        pages = set()
        for code in ("Chk 00-A", "Chk 88-A", "Chk 99-A"):
            status, response = self.ask(code)
            self.assertEqual(status, "unknown")
            pages.add(CSRF.sub("", response.text).replace(code, ""))
        self.assertEqual(len(pages), 1)

    def test_same_queries_for_unknown_and_foreign(self):
        warranties = self.env["aftersales.warranty"]
        warranties._answer_check("warm up", self.company_2)
        for code in ("Chk 77-A", "no such serial"):
            self.env.invalidate_all()
            with self.assertQueryCount(2):
                answer = warranties._answer_check(code, self.company_2)
            self.assertEqual(answer, {"status": "unknown", "date_end": False})

    def test_status_by_dates(self):
        end = self.warranty.date_end
        with freeze_time(fields.Date.add(end, days=1)):
            answer = self.warranty._answer_check("Chk 77-A", self.company)
            self.assertEqual(answer, {"status": "ended", "date_end": end})
        with freeze_time(end):
            answer = self.warranty._answer_check("Chk 77-A", self.company)
            self.assertEqual(answer, {"status": "active", "date_end": end})
        self.policy.start_event = "acceptance"
        self.sell("Chk 66-A")
        answer = self.warranty._answer_check("Chk 66-A", self.company)
        self.assertEqual(answer, {"status": "draft", "date_end": False})

    def test_serial_of_two_products(self):
        other = self.env["product.product"].create(
            {
                "name": "Other",
                "is_storable": True,
                "tracking": "serial",
                "warranty_policy_id": self.policy.id,
            }
        )
        twin = self.sell("Chk 77-A", product=other)
        self.assertEqual(self.ask("Chk 77-A")[0], "active", "both answers are the same")
        twin.date_delivery = fields.Date.add(twin.date_delivery, days=-30)
        self.assertEqual(self.ask("Chk 77-A")[0], "ambiguous")
        self.assertEqual(self.ask(twin.warranty_ids.name)[0], "active")

    def test_throttled_per_address(self):
        self.env["ir.config_parameter"].set_param("aftersales_service.check_limit", "3")
        for _index in range(3):
            self.assertEqual(self.ask("Chk 77-A")[0], "active")
        status, response = self.ask("Chk 77-A")
        self.assertEqual((status, response.status_code), ("throttled", 429))
        for forged in ("10.1.1.1", "10.1.1.2, 10.1.1.3"):
            headers = {"X-Forwarded-For": forged, "X-Real-IP": forged, "Forwarded": f"for={forged}"}
            response = self.url_open("/warranty/check?code=Chk+77-A", headers=headers)
            self.assertEqual(response.status_code, 429, "a header makes nobody another visitor")
        self.assertTrue(response.headers["Retry-After"])
        self.assertEqual(self.ask("")[1].status_code, 200, "the empty form is free")

    def test_counter(self):
        throttle = self.env["aftersales.throttle"]
        for address in ("192.0.2.1", "2001:db8::1", "not an address", None):
            with self.subTest(address):
                self.assertTrue(throttle._allow("test", address, 2, 60))
                self.assertTrue(throttle._allow("test", address, 2, 60))
                self.assertFalse(throttle._allow("test", address, 2, 60))
        self.assertFalse(throttle._allow("test", "2001:db8::2", 2, 60), "same network")
        self.assertTrue(throttle._allow("test", "192.0.2.2", 2, 60))
        self.assertTrue(throttle._allow("other", "192.0.2.1", 2, 60))
        with freeze_time(fields.Datetime.add(fields.Datetime.now(), minutes=2)):
            self.assertTrue(throttle._allow("test", "192.0.2.1", 2, 60))
        self.assertNotIn("192.0.2.1", throttle.search([]).mapped("key"))
        with freeze_time(fields.Datetime.add(fields.Datetime.now(), days=2)):
            throttle._gc_requests()
        self.assertFalse(throttle.search([]))

    def test_in_the_visitor_s_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.opener.headers["Accept-Language"] = "es-ES,es;q=0.9"
        _status, response = self.ask("Chk 77-A")
        self.assertIn('lang="es-ES"', response.text)
