import io

import openpyxl

from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .common_claim import ClaimCommon

HEADER = (
    "reference;serial;date_failure;date_repair;meter;kind;item;quantity;price_unit;serial_fitted"
)


class SheetCommon(ClaimCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part.default_code = "SHEET-PART"
        cls.job = cls.env["aftersales.labour.operation"].create(
            {"code": "SHEET-OP", "name": "Test Sheet Operation", "hours": 2.0}
        )

    def row(self, reference="R-1", serial="CLAIM-1", kind="labour", item="SHEET-OP", **cells):
        values = {
            "reference": reference,
            "serial": serial,
            "date_failure": self.day(10),
            "date_repair": self.day(8),
            "meter": "",
            "kind": kind,
            "item": item,
            "quantity": "1.5",
            "price_unit": "",
            "serial_fitted": "",
            **cells,
        }
        return ";".join(str(values[name]) for name in HEADER.split(";"))

    def read_sheet(self, *rows, dealer=None):
        content = "\n".join([HEADER, *rows]).encode()
        sheets = self.env["aftersales.claim.sheet"].sudo()
        return sheets._read_file(dealer or self.dealer_a, "claims.csv", content)


@tagged("post_install", "-at_install")
class TestClaimSheet(SheetCommon):
    def test_rows_become_drafts(self):
        """Rows of one reference are one claim; the agreement's price counts where none is given."""
        sheet = self.read_sheet(
            self.row(meter="120"),
            self.row(
                serial="",
                date_failure="",
                date_repair="",
                kind="part",
                item="SHEET-PART",
                quantity="2",
                price_unit="7,5",
            ),
            self.row("R-2", kind="travel", item="", quantity="30"),
        )
        self.assertEqual((sheet.good_count, sheet.error_count), (2, 0))
        claims = sheet._make_drafts()
        self.assertRecordValues(
            claims,
            [
                {
                    "dealer_reference": "R-1",
                    "state": "draft",
                    "meter": 120.0,
                    "amount_claimed": 1.5 * 40 + 15.0,
                    "asset_id": self.asset.id,
                },
                {
                    "dealer_reference": "R-2",
                    "state": "draft",
                    "meter": 0.0,
                    "amount_claimed": 15.0,
                    "asset_id": self.asset.id,
                },
            ],
        )
        self.assertEqual(claims[0].line_ids.operation_id, self.job)

    def test_sent_twice_makes_nothing_twice(self):
        rows = [self.row(), self.row("R-2")]
        self.read_sheet(rows[0])._make_drafts()
        again = self.read_sheet(*rows)
        self.assertEqual((again.known_count, again.good_count), (1, 1))
        self.assertEqual(again._make_drafts().mapped("dealer_reference"), ["R-2"])
        with self.assertRefused("no new claim"):
            self.read_sheet(*rows)._make_drafts()

    def test_each_error_is_told(self):
        """What is wrong stands at its row; the other claims are good all the same."""
        cases = [
            ("among yours", self.row("E-1", serial="CLAIM-B1")),
            ("is no date", self.row("E-2", date_repair="soon")),
            ("is no number", self.row("E-3", quantity="-2")),
            ("is no number", self.row("E-4", price_unit="abc")),
            ("kind is one of", self.row("E-5", kind="magic")),
            ("no part", self.row("E-6", kind="part", item="Nothing")),
            ("no operation", self.row("E-7", item="Nothing")),
            ("above zero", self.row("E-8", quantity="0")),
            ("is missing", self.row("", quantity="1")),
            ("is not known", self.row("E-9", kind="part", item="SHEET-PART", serial_fitted="X9")),
        ]
        sheet = self.read_sheet(*[row for __, row in cases], self.row("GOOD"))
        for (text, __), result in zip(cases, sheet.results, strict=False):
            with self.subTest(text):
                self.assertIn(text, result["error"])
        self.assertEqual((sheet.good_count, sheet.error_count), (1, len(cases)))

    def test_error_file_is_corrected_and_sent_again(self):
        sheet = self.read_sheet(self.row("R-1", quantity="x"), self.row("R-2"))
        sheet._make_drafts()
        book = openpyxl.load_workbook(io.BytesIO(sheet._get_error_file()))
        page = book.active
        self.assertEqual(page.max_row, 2)
        self.assertIn("no number", page.cell(2, page.max_column).value)
        page.cell(2, 11).value = "2"
        stream = io.BytesIO()
        book.save(stream)
        sheets = self.env["aftersales.claim.sheet"].sudo()
        again = sheets._read_file(self.dealer_a, "again.xlsx", stream.getvalue())
        self.assertEqual((again.good_count, again.error_count), (1, 0))
        again._make_drafts()

    def test_one_bad_row_keeps_its_claim_back(self):
        sheet = self.read_sheet(self.row(), self.row(kind="part", item="Nothing"))
        self.assertEqual(sheet.good_count, 0)
        self.assertIn("Another row", sheet.results[0]["error"])

    def test_bad_files(self):
        sheets = self.env["aftersales.claim.sheet"].sudo()
        for text, content in (
            ("no rows", b"reference;serial\n"),
            ("no spreadsheet", b"\xd0\xcf\x11\xe0" + b"x" * 50),
            ("columns are missing", b"reference;serial\nR;S\n"),
        ):
            with self.subTest(text), self.assertRefused(text):
                sheets._read_file(self.dealer_a, "x.csv", content)

    def test_import_of_the_back_office(self):
        """Odoo's own import takes claims with their lines (J06)."""
        columns = [
            "dealer_reference",
            "dealer_id",
            "asset_id/.id",
            "date_failure",
            "date_repair",
            "line_ids/kind",
            "line_ids/name",
            "line_ids/quantity",
            "line_ids/price_unit",
        ]
        rows = [
            [
                "B-1",
                "Test Dealer A",
                str(self.asset.id),
                str(self.day(9)),
                str(self.day(8)),
                "freight",
                "Express",
                "1",
                "12",
            ],
            ["", "", "", "", "", "travel", "Travel", "20", "0.5"],
        ]
        result = self.env["aftersales.claim"].with_user(self.dealer_user).load(columns, rows)
        self.assertFalse(result["messages"])
        claim = self.env["aftersales.claim"].browse(result["ids"])
        self.assertEqual(claim.amount_claimed, 22.0)


@tagged("post_install", "-at_install")
class TestClaimSheetPortal(SheetCommon, HttpCase):
    def send(self, *rows):
        content = "\n".join([HEADER, *rows]).encode()
        return self.url_open(
            "/my/claims/import",
            data={"csrf_token": Request.csrf_token(self)},
            files={"sheet": ("claims.csv", content, "text/csv")},
        )

    def test_pages(self):
        """Template, preview, drafts, rows to correct; another dealer finds nothing (D14)."""
        self.authenticate("t_portal_a", "t_portal_a")
        template = self.url_open("/my/claims/import/template")
        self.assertIn("spreadsheetml", template.headers["Content-Type"])
        page = self.send(self.row(), self.row("R-2", serial="CLAIM-B1"))
        self.assertIn("Make 1 drafts", " ".join(page.text.split()))
        self.assertIn("among yours", page.text)
        sheet = self.env["aftersales.claim.sheet"].search([], limit=1, order="id desc")
        url = f"/my/claims/import/{sheet.id}"
        self.assertIn("spreadsheetml", self.url_open(f"{url}/errors").headers["Content-Type"])
        done = self.url_open(f"{url}/make", data={"csrf_token": Request.csrf_token(self)})
        self.assertIn("New drafts", done.text)
        self.assertEqual(sheet.claim_ids.dealer_reference, "R-1")
        self.authenticate("t_portal_b", "t_portal_b")
        self.assertNotIn("R-1", self.url_open(url).text)
