import base64

from lxml import html

from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_claim import SIGNATURE, ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimPortal(ClaimCommon, HttpCase):
    """D07, D09, D14: the dealer files claims and ships old parts; other dealers' are invisible."""

    browser_size = "390x844"  # tours run on a telephone

    def setUp(self):
        super().setUp()
        self.authenticate("t_portal_a", "t_portal_a")

    def _data(self, rows=None, **values):
        rows = (
            [{"kind": "labour", "name": "Labour", "quantity": "2", "price_unit": "40"}]
            if rows is None
            else rows
        )
        data = {
            "csrf_token": Request.csrf_token(self),
            "claim_id": "",
            "serial": "CLAIM-1",
            "date_failure": str(self.day(10)),
            "date_repair": str(self.day(8)),
            "meter": "120,5",
            "description": "Pump leaks",
            "signed_by": "Test End User",
            "signature": "data:image/png;base64," + SIGNATURE.decode(),
            "intent": "save",
            **values,
        }
        for name in (
            "id",
            "kind",
            "product_id",
            "name",
            "quantity",
            "price_unit",
            "serial_new",
            "serial_old",
        ):
            data[f"line_{name}"] = [str(row.get(name, "")) for row in rows]
        return data

    def _save(self, rows=None, files=None, **values):
        return self.url_open(
            "/my/claims/save", data=self._data(rows, **values), files=files, method="POST"
        )

    def _act(self, claim, action, **values):
        data = {"csrf_token": Request.csrf_token(self), **values}
        return self.url_open(f"/my/claims/{claim.id}/{action}", data=data, method="POST")

    def _claims(self, dealer=None):
        return self.env["aftersales.claim"].search(
            [("dealer_id", "=", (dealer or self.dealer_a).id)]
        )

    def test_save_and_submit(self):
        part = {
            "kind": "part",
            "product_id": self.part.id,
            "name": "x",
            "quantity": "1",
            "price_unit": "60",
        }
        response = self._save(
            [{"kind": "travel", "name": "Trip", "quantity": "10", "price_unit": "0.5"}, part]
        )
        claim = self._claims()
        self.assertIn(f"/my/claims/{claim.id}?message=saved", response.url)
        self.assertRecordValues(
            claim,
            [
                {
                    "state": "draft",
                    "asset_id": self.asset.id,
                    "meter": 120.5,
                    "amount_claimed": 65.0,
                    "signed_by": "Test End User",
                    "user_id": False,
                }
            ],
        )
        self.assertTrue(claim.signature)
        self.assertEqual(claim.line_ids[1].product_id, self.part)
        page = self._act(claim, "submit").text
        self.assertIn("The sale was registered in time", page)
        self.assertEqual(claim.state, "awaiting_parts")
        self.assertEqual(claim.submitted_by, self.portal_a)

    def test_submit_at_once(self):
        response = self._save(intent="submit")
        self.assertIn("message=submitted", response.url)
        self.assertEqual(self._claims().state, "submitted")

    def test_refusals_change_nothing(self):
        cases = [
            ("among yours", {"serial": "CLAIM-B1"}),
            ("among yours", {"serial": "NEVER"}),
            ("among yours", {"serial": ""}),
            ("year-month-day", {"date_failure": "yesterday"}),
            ("enter a number", {"meter": "many"}),
            ("signature", {"signature": "", "intent": "submit"}),
            ("signature could not be read", {"signature": "data:image/png;base64,AAAA"}),
            ("no lines", {"rows": [], "intent": "submit"}),
            (
                "quantity must be above zero",
                {"rows": [{"kind": "travel", "name": "T", "quantity": "0"}]},
            ),
            ("enter a number", {"rows": [{"kind": "travel", "name": "T", "quantity": "-3"}]}),
            (
                "enter a number",
                {"rows": [{"kind": "travel", "name": "T", "quantity": "1", "price_unit": "-3"}]},
            ),
            ("needs a part", {"rows": [{"kind": "travel", "name": " ", "quantity": "1"}]}),
            ("before the failure", {"date_repair": str(self.day(12)), "intent": "submit"}),
        ]
        for message, values in cases:
            with self.subTest(message, values=values):
                self.assertIn(message, self._save(**values).text)
        self.assertFalse(self._claims() | self._claims(self.dealer_b))

    def test_correction_keeps_its_lines(self):
        claim = self.make_submitted()
        self.as_appraiser(claim).action_return(reason="One hour is enough")
        first, second = claim.line_ids
        page = self.url_open(f"/my/claims/{claim.id}/edit").text
        self.assertIn("One hour is enough", page)
        rows = [
            {
                "id": first.id,
                "kind": "labour",
                "product_id": self.operation.id,
                "quantity": "1",
                "price_unit": "40",
            }
        ]
        self._save(rows, claim_id=str(claim.id), intent="submit")
        self.assertEqual(claim.line_ids, first)
        self.assertFalse(second.exists())
        self.assertRecordValues(
            claim, [{"state": "submitted", "version": 2, "amount_claimed": 40.0}]
        )

    def test_submitted_claim_is_not_edited(self):
        claim = self.make_submitted()
        self.assertTrue(
            self.url_open(f"/my/claims/{claim.id}/edit").url.endswith(f"/my/claims/{claim.id}")
        )
        response = self._save(claim_id=str(claim.id))
        self.assertIn("can no longer be changed", response.text)
        self.assertEqual(claim.amount_claimed, 95.0)

    def test_posted_decisions_are_ignored(self):
        self._save(
            state="approved", amount_approved="1000", dealer_id=str(self.dealer_b.id), user_id="2"
        )
        self.assertRecordValues(
            self._claims(),
            [{"state": "draft", "amount_approved": 0.0, "dealer_id": self.dealer_a.id}],
        )

    def test_foreign_claims_are_invisible(self):
        claim = self.make_submitted(
            dealer_id=self.dealer_b.id,
            asset_id=self.asset_b.id,
            lines=[self.line_part()],
            description="Secret",
        )
        part_return = claim._create_part_returns()
        self.assertNotIn(claim.name, self.url_open("/my/claims").text)
        for path in ("", "/edit", "?report_type=pdf", "/photo/1"):
            with self.subTest(path), mute_logger("odoo.http"):
                self.assertNotIn(claim.name, self.url_open(f"/my/claims/{claim.id}{path}").text)
        for path in ("", "?report_type=pdf"):
            self.assertNotIn(
                part_return.name, self.url_open(f"/my/part-returns/{part_return.id}{path}").text
            )
        for action in ("withdraw", "submit", "appeal", "ship"):
            self._act(claim, action, reason="x")
        self._save(claim_id=str(claim.id))
        self.assertRecordValues(claim, [{"state": "awaiting_parts", "description": "Secret"}])
        self.assertFalse(self._claims())
        self.assertEqual(part_return.state, "draft")

    def test_customer_and_company_have_no_dealer_pages(self):
        claim = self.make_submitted()
        self.authenticate("t_portal_customer", "t_portal_customer")
        for path in ("", "/new", f"/{claim.id}"):
            self.assertNotIn("o_claim", self.url_open(f"/my/claims{path}").text)
        self.assertEqual(self.make_jsonrpc_request("/my/claims/items", {"term": "Test Pump"}), [])

    def test_list_search_and_filters(self):
        draft, sent = self.make_claim(), self.make_submitted()
        page = self.url_open("/my/claims").text
        self.assertIn(draft.name, page)
        self.assertIn(sent.name, page)
        page = self.url_open("/my/claims?filterby=review").text
        self.assertNotIn(draft.name, page)
        self.assertIn(sent.name, page)
        page = self.url_open(f"/my/claims?search={draft.name}&filterby=wrong&sortby=wrong").text
        self.assertIn(draft.name, page)
        self.assertNotIn(sent.name, page)

    def test_page_speaks_words(self):
        """Checks and kinds are named in words; what is empty has no label."""
        claim = self.make_submitted(symptom_id=False)
        page = html.fromstring(self.url_open(f"/my/claims/{claim.id}").text)
        titles = set(page.xpath("//ul[contains(@class, 'o_claim_checks')]//i/@title"))
        self.assertIn("In order", titles)
        self.assertFalse(titles & {"ok", "flag", "cut", "block"})
        self.assertNotIn("Symptom", page.xpath("//dt/text()"))

    def test_page_says_nothing_from_its_address(self):
        claim = self.make_submitted()
        page = self.url_open(f"/my/claims/{claim.id}?error=Call+this+number&claim=1")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("Call this number", page.text)

    def test_withdraw_and_appeal(self):
        claim = self.make_submitted()
        self._act(claim, "withdraw")
        self.assertEqual(claim.state, "cancelled")
        self.assertIn("cannot become", self._act(claim, "withdraw").text)
        refused = self.make_submitted()
        self.as_appraiser(refused).action_refuse(reason="Misuse")
        self.assertIn("Misuse", self.url_open(f"/my/claims/{refused.id}").text)
        self.assertIn("Give a reason", self._act(refused, "appeal", reason=" ").text)
        self._act(refused, "appeal", reason="Look at the photos")
        self.assertRecordValues(refused, [{"state": "submitted", "version": 2}])

    def test_ship_old_parts(self):
        claim = self.make_submitted(lines=[self.line_part()])
        response = self._act(claim, "ship")
        part_return = claim.line_ids.return_line_ids.return_id
        self.assertTrue(response.url.endswith(f"/my/part-returns/{part_return.id}"), response.url)
        self.assertIn("is waiting to be shipped", self._act(claim, "ship").text)
        data = {"csrf_token": Request.csrf_token(self), "carrier": "Truck 7", "tracking_ref": "W-1"}
        self.url_open(f"/my/part-returns/{part_return.id}/ship", data=data, method="POST")
        self.assertRecordValues(
            part_return, [{"state": "shipped", "carrier": "Truck 7", "tracking_ref": "W-1"}]
        )
        self.assertTrue(part_return.picking_id)
        again = self.url_open(f"/my/part-returns/{part_return.id}/ship", data=data, method="POST")
        self.assertIn("cannot become", again.text)
        self.assertIn(part_return.name, self.url_open("/my/part-returns").text)

    def test_prints(self):
        """The dealer prints claim, packing list and labels without rights on products and
        serials (H03).
        """
        claim = self.make_submitted(lines=[self.line_part()])
        part_return = claim._create_part_returns()
        for path, text in (
            (f"/my/claims/{claim.id}?report_type=html", claim.name),
            (f"/my/part-returns/{part_return.id}?report_type=html", part_return.line_ids.label),
            (
                f"/my/part-returns/{part_return.id}?report_type=html&what=labels",
                part_return.line_ids.label,
            ),
        ):
            with self.subTest(path):
                response = self.url_open(path)
                self.assertEqual(response.status_code, 200)
                self.assertIn(text, response.text)
                self.assertIn(self.part.name, response.text)

    def test_photos(self):
        png = base64.b64decode(SIGNATURE)
        self._save(files=[("photos", ("plate.png", png, "image/png"))])
        claim = self._claims()
        self.assertEqual(claim.photo_ids.mapped("name"), ["plate.png"])
        photo = self.url_open(f"/my/claims/{claim.id}/photo/{claim.photo_ids.id}")
        self.assertEqual(photo.content, png)
        refused = self._save(
            files=[("photos", ("evil.html", b"<script>alert(1)</script>", "image/png"))]
        )
        self.assertIn("is not a photo", refused.text)

    def test_items(self):
        found = self.make_jsonrpc_request("/my/claims/items", {"term": "Test Pump", "kind": "part"})
        self.assertEqual([(row["id"], row["price"]) for row in found], [(self.part.id, 60.0)])
        found = self.make_jsonrpc_request(
            "/my/claims/items", {"term": "Replace Pump", "kind": "labour"}
        )
        self.assertEqual([(row["id"], row["hours"]) for row in found], [(self.operation.id, 2.0)])
        self.assertEqual(
            self.make_jsonrpc_request("/my/claims/items", {"term": "Test Tractor", "kind": "part"}),
            [],
        )
        self.assertEqual(
            self.make_jsonrpc_request("/my/claims/items", {"term": "x", "kind": "freight"}), []
        )

    def test_tour(self):
        self.start_tour("/my/dealer", "aftersales_dealer_claim", login="t_portal_a")
        claim = self._claims()
        self.assertRecordValues(
            claim,
            [{"state": "awaiting_parts", "amount_claimed": 140.0, "signed_by": "Tour Farmer"}],
        )
        self.assertTrue(claim.signature)
        self.assertEqual(claim.line_ids[1].return_state, "in_transit")
