from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .test_claim_authorisation import AuthorisationCommon


@tagged("post_install", "-at_install")
class TestAuthorisationPortal(AuthorisationCommon, HttpCase):
    def post(self, url, **data):
        """Post the form as the logged-in user."""
        return self.url_open(url, data={"csrf_token": Request.csrf_token(self), **data})

    def ask(self, **data):
        form = {
            "serial": "CLAIM-1",
            "description": "Gearbox seized",
            "line_kind": "part",
            "line_product_id": "",
            "line_name": "Gearbox",
            "line_amount": "1800",
        }
        return self.post("/my/authorisations/new", **{**form, **data})

    def test_asked_on_the_portal(self):
        """The dealer asks, sees what was granted, and names it on the claim (D14, D16)."""
        self.authenticate("t_portal_a", "t_portal_a")
        self.assertIn("Gearbox seized", self.ask().text)
        known = self.env["aftersales.claim.authorisation"].search(
            [("dealer_id", "=", self.dealer_a.id)], limit=1
        )
        self.assertRecordValues(
            known,
            [{"state": "requested", "amount_estimated": 1800.0, "asset_id": self.asset.id}],
        )
        self.as_appraiser(known).write({"valid_until": self.day(-30)})
        self.as_appraiser(known).action_grant()
        self.assertIn("Granted up to", self.url_open(known.access_url).text)
        self.assertIn(known.name, self.url_open("/my/authorisations").text)
        self.assertIn(known.name, self.url_open("/my/claims/new").text)

    def test_bad_requests_use_no_number(self):
        self.authenticate("t_portal_a", "t_portal_a")
        sequence = self.env.ref("aftersales_dealer.sequence_claim_authorisation")
        before = sequence.number_next_actual
        for text, data in (
            ("no machine with the serial", {"serial": "CLAIM-B1"}),
            ("enter a number", {"line_amount": "abc"}),
            ("enter a number", {"line_amount": "-5"}),
            ("Describe the fault", {"description": " "}),
            ("estimate what it will cost", {"line_amount": "0"}),
        ):
            with self.subTest(text):
                self.assertIn(text, self.ask(**data).text)
        sequence.invalidate_recordset()
        self.assertEqual(sequence.number_next_actual, before)

    def test_nothing_of_other_dealers(self):
        known = self.make_authorisation(grant=True)
        self.authenticate("t_portal_b", "t_portal_b")
        self.assertNotIn(known.name, self.url_open("/my/authorisations").text)
        self.assertNotIn(known.name, self.url_open(known.access_url).text)
        self.post(f"{known.access_url}/withdraw")
        self.assertEqual(known.state, "granted")

    def test_withdrawn_and_asked_again(self):
        known = self.make_authorisation()
        self.as_appraiser(known).action_refuse(reason="Too dear")
        self.authenticate("t_portal_a", "t_portal_a")
        self.assertIn("Too dear", self.url_open(known.access_url).text)
        self.post(f"{known.access_url}/again", description="Cheaper now")
        self.assertRecordValues(known, [{"state": "requested", "description": "Cheaper now"}])
        self.post(f"{known.access_url}/withdraw")
        self.assertEqual(known.state, "cancelled")


@tagged("post_install", "-at_install")
class TestClaimPortalNumber(AuthorisationCommon, HttpCase):
    def save(self, intent="submit", **data):
        form = {
            "csrf_token": Request.csrf_token(self),
            "intent": intent,
            "serial": "CLAIM-1",
            "date_failure": str(self.day(10)),
            "date_repair": str(self.day(8)),
            "line_id": "",
            "line_kind": "labour",
            "line_product_id": "",
            "line_name": "Work",
            "line_quantity": "1",
            "line_price_unit": "40",
            "line_serial_new": "",
            "line_serial_old": "",
        }
        return self.url_open("/my/claims/save", data={**form, **data})

    def test_refused_claims_use_no_number(self):
        """What is refused leaves no gap; the message names no inner name (D07)."""
        self.authenticate("t_portal_a", "t_portal_a")
        sequence = self.env.ref("aftersales_dealer.sequence_claim")
        before = sequence.number_next_actual
        for data in ({}, {"date_repair": str(self.day(20))}, {"line_quantity": "0"}):
            page = self.save(**data).text
            self.assertIn("o_claim_error", page)
            self.assertNotIn("~", page.split("o_claim_error")[1][:500])
        sequence.invalidate_recordset()
        self.assertEqual(sequence.number_next_actual, before)

    def test_operation_is_proposed_and_kept(self):
        job = self.env["aftersales.labour.operation"].create(
            {"code": "P-7", "name": "Test Portal Pump", "hours": 1.5}
        )
        self.authenticate("t_portal_a", "t_portal_a")
        items = self.make_jsonrpc_request(
            "/my/claims/items", {"term": "P-7", "kind": "labour", "serial": "CLAIM-1"}
        )
        self.assertEqual((items[0]["id"], items[0]["hours"]), (f"o{job.id}", 1.5))
        self.save(intent="save", line_product_id=items[0]["id"], line_quantity="1.5", trips="2")
        claim = self.env["aftersales.claim"].search([("dealer_id", "=", self.dealer_a.id)], limit=1)
        self.assertRecordValues(claim, [{"state": "draft", "trips": 2}])
        self.assertEqual(claim.line_ids.operation_id, job)
        self.assertTrue(claim.name.startswith("CLM"))
