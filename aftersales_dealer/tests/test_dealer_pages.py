from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestDealerPages(HttpCase, ClaimCommon):
    """The dealer's overview, machines and search (D14, X04)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.open_asset = cls.sell_to_dealer("OPEN-1")
        cls.foreign_asset = cls.sell_to_dealer("FOREIGN-1", dealer=cls.dealer_b)
        cls.claim = cls.make_submitted(lines=[cls.line_labour(), cls.line_part()])

    def setUp(self):
        super().setUp()
        self.authenticate("t_portal_a", "t_portal_a")

    def get_todos(self):
        """Return the names of what is to do on the overview."""
        page = self.url_open("/my/dealer").text
        return [part.split('"')[0] for part in page.split('data-todo="')[1:]]

    def test_overview_tells_what_is_to_do(self):
        todos = self.get_todos()
        self.assertIn("register", todos)
        self.assertIn("old_parts", todos)
        self.assertNotIn("claim_returned", todos)
        self.claim.sudo()._write_past_guard({"state": "returned", "decision_reason": "Photo"})
        self.assertIn("claim_returned", self.get_todos())
        self.authenticate("t_portal_b", "t_portal_b")
        self.assertEqual(self.get_todos(), ["register"])

    def test_machine_shows_cover_and_what_may_be_done(self):
        page = self.url_open(f"/my/dealer/assets/{self.asset.id}").text
        for text in (self.asset.serial, "What covers it today", self.claim.name,
                     f"/my/claims/new?serial={self.asset.serial}",
                     f"/my/tickets/new?asset_id={self.asset.id}"):  # fmt: skip
            self.assertIn(text, page)
        page = self.url_open(f"/my/dealer/assets/{self.open_asset.id}").text
        self.assertIn("/my/registrations/new?serial=OPEN-1", page)
        self.assertNotIn("o_dealer_asset_claim", page)
        form = self.url_open(f"/my/tickets/new?asset_id={self.asset.id}")
        self.assertIn(self.asset.serial, form.text)

    @mute_logger("odoo.http")
    def test_forged_texts_are_bad_requests(self):
        for name in ("search", "page"):
            self.assertEqual(self.url_open(f"/my/claims?{name}=a%00b").status_code, 400)
        token = Request.csrf_token(self)
        data = {"csrf_token": token, "line_name": ["Trip", "a\x00b"]}
        self.assertEqual(self.url_open("/my/claims/save", data=data).status_code, 400)
        # Longer than Python reads.
        data = {"csrf_token": token, "part": "9" * 5000}
        page = self.url_open("/my/old-parts/pack", data=data)
        self.assertTrue(page.url.endswith("/my/old-parts"), page.url)
        self.assertEqual(page.status_code, 200)

    def test_prints_are_counted(self):
        """A print takes a processor for seconds; pages are not counted."""
        url = f"/my/claims/{self.claim.id}"
        limit = "odoo.addons.aftersales_dealer.controllers.portal_dealer.MAX_PRINTS"
        reports = self.env.registry["ir.actions.report"]
        with (
            patch(limit, 1),
            patch.object(reports, "_render_qweb_pdf", lambda *args, **kwargs: (b"%PDF", "pdf")),
        ):
            self.assertEqual(self.url_open(f"{url}?report_type=pdf").content, b"%PDF")
            for path in (f"{url}?report_type=pdf", "/my/old-parts?report_type=pdf"):
                refused = self.url_open(path)
                self.assertEqual(refused.status_code, 429, path)
                self.assertIn("Please wait an hour", refused.text)
            self.assertEqual(self.url_open(url).status_code, 200)
            self.authenticate("t_portal_b", "t_portal_b")
            self.assertEqual(self.url_open("/my/statement/pdf").content, b"%PDF")

    def test_list_of_machines(self):
        page = self.url_open("/my/dealer/assets").text
        self.assertIn("OPEN-1", page)
        self.assertNotIn("FOREIGN-1", page)
        page = self.url_open("/my/dealer/assets?filterby=open&sortby=serial&groupby=product").text
        self.assertIn("OPEN-1", page)
        self.assertNotIn(f"/my/dealer/assets/{self.asset.id}", page)
        for asked in ("filterby=x&sortby=y&groupby=z", "search=%25", "page=x"):
            self.assertEqual(self.url_open(f"/my/dealer/assets?{asked}").status_code, 200)

    def test_search_finds_ones_own(self):
        page = self.url_open("/my/dealer/search?search=OPEN-1")
        self.assertTrue(page.url.endswith(f"/my/dealer/assets/{self.open_asset.id}"))
        page = self.url_open(f"/my/dealer/search?search={self.claim.name}").text
        self.assertIn(f"/my/claims/{self.claim.id}", page)
        self.assertIn("Nothing of yours", self.url_open("/my/dealer/search?search=FOREIGN").text)
        self.assertNotIn("Nothing of yours", self.url_open("/my/dealer/search?search=OPEN").text)

    def test_long_lists_have_pages(self):
        cards = self.env["aftersales.registration"].sudo()
        serials = [f"MANY-{n:02}" for n in range(22)]
        assets = self.sell_to_dealer(*serials)
        cards.create(
            [
                {
                    "asset_id": asset.id,
                    "date_sale": fields.Date.today() - timedelta(days=1),
                    "end_user_name": "Many",
                    "end_user_phone": "1",
                }
                for asset in assets
            ]
        )
        first = self.url_open("/my/registrations?search=MANY").text
        self.assertIn("/my/registrations/page/2?search=MANY", first)
        self.assertEqual(first.count("MANY-"), 20)
        second = self.url_open("/my/registrations/page/2?search=MANY").text
        self.assertEqual(second.count("MANY-"), 2)
