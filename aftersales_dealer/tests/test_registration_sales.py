import io
from datetime import timedelta

import openpyxl

from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import BaseCase, HttpCase, tagged

from ..tools import sale_sheet
from .common import AftersalesDealerCommon

URL = "/my/registrations/import"


@tagged("post_install", "-at_install")
class TestSaleSheet(BaseCase):
    """The reader of spreadsheets, without a database."""

    def test_a_workbook_is_read_as_it_was_written(self):
        content = sale_sheet.write_sheet(["Serial *", "Sold on *"], [["A-1", "2026-03-01"], []])
        self.assertEqual(
            sale_sheet.read_sheet(content), [["Serial *", "Sold on *"], ["A-1", "2026-03-01"]]
        )

    def test_texts_in_the_usual_encodings_and_separators(self):
        for text, encoding in (
            ("序列号,售出\nA-1,2026-03-01", "gb18030"),
            ("serial;año\nA-1;2026-03-01", "utf-8-sig"),
            ("serial\tsold\nA-1\t2026-03-01", "utf-16"),
        ):
            rows = sale_sheet.read_sheet(text.encode(encoding))
            self.assertEqual(rows[1], ["A-1", "2026-03-01"])

    def test_what_is_no_spreadsheet_is_refused(self):
        for content, reason in (
            (b"", "empty"),
            (b"only a header", "empty"),
            (b"PK\x03\x04 broken", "type"),
            (b"\xd0\xcf\x11\xe0 old", "type"),
            (b"MZ\x00\x01\x02", "type"),
            (b"a" * (sale_sheet.MAX_BYTES + 1), "size"),
            (b"a,b\n" * (sale_sheet.MAX_ROWS + 2), "rows"),
        ):
            with self.assertRaises(sale_sheet.SheetRefused) as caught:
                sale_sheet.read_sheet(content)
            self.assertEqual(caught.exception.reason, reason)

    def test_text_stays_text(self):
        content = sale_sheet.write_sheet(["x"], [["=1+1"]])
        cell = openpyxl.load_workbook(io.BytesIO(content)).active["A2"]
        self.assertEqual((cell.value, cell.data_type), ("=1+1", "s"))


@tagged("post_install", "-at_install")
class TestRegistrationSales(AftersalesDealerCommon, HttpCase):
    """D02: many sales at once, by API and as a spreadsheet on the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.assets = cls.sell_to_dealer("S-1", "S-2", "S-3", "S-4")
        cls.foreign = cls.sell_to_dealer("S-B", dealer=cls.dealer_b)

    def sale(self, serial, **values):
        vals = {
            "serial": serial,
            "date_sale": str(self.today - timedelta(days=2)),
            "end_user_name": f"Farm {serial}",
            "end_user_phone": f"+34 600 {serial}",
        }
        return dict(vals, **values)

    def cards(self):
        return self.env["aftersales.registration"]

    def test_good_ones_go_in_and_each_other_one_says_why(self):
        self.make_card(self.assets[3])
        future = str(self.today + timedelta(days=1))
        sales = [
            self.sale("S-1", country="ES", province="Madrid"),
            self.sale("S-2", end_user_name=" "),
            self.sale("S-3", date_sale=future),
            self.sale("S-4"),
            self.sale("NEVER"),
            self.sale("S-1"),
            self.sale("S-3", country="Atlantis"),
            self.sale("S-3", meter="many"),
            self.sale("S-3", end_user_email="nobody"),
            self.sale("S-3", date_sale=str(self.today - timedelta(days=300))),
            self.sale(""),
        ]
        result = self.cards().with_user(self.dealer_user).action_register_sales(sales)
        card = self.cards().browse(result[0]["id"])
        self.assertEqual(card.state, "registered")
        self.assertEqual(card.end_user_state_id.country_id.code, "ES")
        wanted = (
            "end user's name",
            "in the future",
            "registered already: card",
            "No machine with the serial NEVER",
            "in line 1, too",
            "not a country",
            "“Meter”",
            "not an e-mail address",
            "before the delivery",
            "serial is missing",
        )
        for line, text in zip(result[1:], wanted, strict=True):
            self.assertIn(text, line["error"])
        self.assertFalse(self.assets[2].registration_id)

    def test_what_is_no_sale_is_refused_in_words(self):
        cards = self.cards().with_user(self.dealer_user)
        for sales in (["S-1"], [None], "S-1", {"serial": "S-1"}, 5):
            with self.assertRefused("“sales” is a list"):
                cards.action_register_sales(sales)

    def test_only_who_registers_may(self):
        with self.assertRaises(AccessError):
            self.cards().with_user(self.portal_a).action_register_sales([self.sale("S-1")])

    def test_lateness_is_known_before(self):
        judged = self.cards()._judge_sales(
            [self.sale("S-1"), self.sale("S-2", date_sale=str(self.today - timedelta(days=25)))],
            self.dealer_a,
        )
        self.assertEqual([late for _vals, _error, late in judged], [0, 5])
        draft = self.make_card(self.assets[0], days_ago=25, register=False)
        self.assertIn("5 days late", draft.late_warning)
        draft = self.make_card(self.assets[1], days_ago=3, register=False)
        self.assertFalse(draft.late_warning)

    def test_judging_takes_no_more_queries_for_more(self):
        def count(sales):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.cards()._judge_sales(sales, self.dealer_a)
            return self.env.cr.sql_log_count - before

        few = count([self.sale("S-1")])
        many = count([self.sale(f"S-{n}") for n in (1, 2, 3)] + [self.sale("X")] * 40)
        self.assertLessEqual(many, few + 1)

    # -- on the portal ---------------------------------------------------------------------------

    def send(self, rows, name="sales.xlsx", content=None):
        header = ["Serial number *", "Sold on *", "End user *", "Phone", "Note of ours"]
        content = content or sale_sheet.write_sheet(header, rows)
        return self.url_open(
            URL,
            data={"csrf_token": Request.csrf_token(self)},
            files={"sheet": (name, content, "application/octet-stream")},
        )

    def test_from_the_template_to_the_rows_to_correct(self):
        self.authenticate("t_portal_a", "t_portal_a")
        template = sale_sheet.read_sheet(self.url_open(f"{URL}/template").content)
        self.assertEqual([row[0] for row in template[1:]], ["S-1", "S-2", "S-3", "S-4"])
        day = str(self.today - timedelta(days=2))
        late = self.today - timedelta(days=30)
        page = self.send(
            [
                ["S-1", day, "Farm One", "600 1", "x"],
                ["S-2", late, "Farm Two", "600 2", ""],
                ["S-3"],
                ["S-B", day, "Farm B", "600 3", ""],
                ["NEVER", day, "Farm N", "600 4", ""],
                ["S-4", "soon", "Farm Four", "600 5", "mine"],
            ]
        )
        self.assertIn("10 days late", page.text)
        self.assertIn("Register 2 sales", " ".join(page.text.split()))
        self.assertFalse(self.assets.registration_id, "nothing before it was confirmed")
        errors = sale_sheet.read_sheet(self.url_open(f"{page.url}/errors").content)
        self.assertEqual([row[0] for row in errors[1:]], ["S-B", "NEVER", "S-4"])
        self.assertEqual(errors[3][4], "mine")
        foreign, unknown = errors[1][-1], errors[2][-1]
        self.assertEqual(foreign.replace("S-B", "NEVER"), unknown)
        done = self.url_open(f"{page.url}/register", data={"csrf_token": Request.csrf_token(self)})
        self.assertIn("o_sheet_done", done.text)
        self.assertEqual(self.assets[:2].registration_id.mapped("channel"), ["portal"] * 2)
        again = self.url_open(f"{page.url}/register", data={"csrf_token": Request.csrf_token(self)})
        self.assertIn("registered already", again.text)
        self.assertEqual(len(self.cards().search([("dealer_id", "=", self.dealer_a.id)])), 2)
        # The corrected file has a column more and is taken all the same.
        errors[3][1] = day
        page = self.send(None, content=sale_sheet.write_sheet(errors[0], [errors[3]]))
        self.assertIn("Register 1 sales", " ".join(page.text.split()))

    def test_files_that_are_none_are_refused(self):
        self.authenticate("t_portal_a", "t_portal_a")
        for content, wanted in (
            (b"MZ\x00\x01", "cannot be read"),
            (b"serial number\nS-1", "no column “Sold on”, “End user”"),
            (b"serial number,sold on,end user\nS-1,,", "no sale in the file"),
        ):
            page = self.send(None, content=content)
            self.assertIn(wanted, page.text.replace("&#39;", "'"))

    def test_another_dealer_does_not_see_what_was_sent(self):
        self.authenticate("t_portal_a", "t_portal_a")
        url = self.send([["S-1", str(self.today), "Farm One", "600 1", "x"]]).url
        for login in ("t_portal_b", "t_portal_customer"):
            self.authenticate(login, login)
            self.assertNotIn("Farm One", self.url_open(url).text)
            self.assertNotIn("Farm One", self.url_open(f"{url}/errors").text)
            self.url_open(f"{url}/register", data={"csrf_token": Request.csrf_token(self)})
        self.assertFalse(self.assets.registration_id)

    def test_a_late_sale_is_warned_of_before_it_is_registered(self):
        self.authenticate("t_portal_a", "t_portal_a")
        day = str(self.today - timedelta(days=40))
        data = dict(self.sale("S-1", date_sale=day), csrf_token=Request.csrf_token(self))
        page = self.url_open("/my/registrations/new", data=data)
        self.assertIn("20 days late", page.text)
        self.assertFalse(self.assets[0].registration_id)
        self.url_open("/my/registrations/new", data=dict(data, late_known=day))
        self.assertTrue(self.assets[0].registration_id.late)
