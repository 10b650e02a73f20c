from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common_claim import ClaimCommon
from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestClaimLeaks(HttpCase, ClaimCommon):
    """What is not shown on a page is not got through a side door either (D14, J01, J02)."""

    REPORTS = (
        ("report_registration", "card"),
        ("report_claim", "claim"),
        ("report_part_return", "part_return"),
        ("report_part_return_labels", "part_return"),
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.claim = cls.make_submitted(lines=[cls.line_labour(), cls.line_part()])
        cls.part_return = cls.claim._create_part_returns()
        cls.card.end_user_id.sudo().name = "Secret End User"
        cls.card.sudo()._write_past_guard({"end_user_name": "Secret End User"})
        new_test_user(cls.env, "t_plain_user", groups="base.group_user")

    @mute_logger("odoo.http")
    def test_printouts_of_others_by_their_address(self):
        for login in ("t_portal_b", "t_portal_customer", "t_plain_user", "t_foreign_manager"):
            self.authenticate(login, login)
            for report, record in self.REPORTS:
                record = getattr(self, record)
                url = f"/report/html/aftersales_dealer.{report}/{record.id}"
                with self.subTest(login=login, report=report):
                    answer = self.url_open(url)
                    self.assertNotEqual(answer.status_code, 200)
                    for secret in ("Secret End User", "CLAIM-1", record.name):
                        self.assertNotIn(secret, answer.text)

    def test_printouts_of_ones_own(self):
        self.authenticate("t_portal_a", "t_portal_a")
        # The claim is printed from its page, which shows serials; see ``test_claim_portal``.
        for report, record in (self.REPORTS[0], *self.REPORTS[2:]):
            record = getattr(self, record)
            with self.subTest(report=report):
                answer = self.url_open(f"/report/html/aftersales_dealer.{report}/{record.id}")
                self.assertEqual(answer.status_code, 200)
                # Labels stick on parts: they name the part, not its shipment.
                own = record.line_ids[:1].label if report.endswith("labels") else record.name
                self.assertIn(own, answer.text)

    def test_internal_notes_are_not_for_the_portal(self):
        self.card.sudo().note = "Between us"
        self.asset.sudo().note = "Between us"
        for record in (self.card, self.asset):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(self.portal_a).read(["note"])
            self.assertNotIn("note", record.with_user(self.portal_a).fields_get())

    def test_attachments_of_others_do_not_become_photos(self):
        secret = self.env["ir.attachment"].create(
            {
                "name": "salaries.png",
                "raw": b"secret",
                "res_model": "res.partner",
                "res_id": self.dealer_b.id,
            }
        )
        self.claim.sudo().photo_ids = secret
        self.authenticate("t_portal_a", "t_portal_a")
        answer = self.url_open(f"/my/claims/{self.claim.id}/photo/{secret.id}")
        self.assertEqual(answer.status_code, 404)

    def save_line(self, **line):
        """Save a new claim of dealer A with one line on the portal; return the answer's text."""
        self.authenticate("t_portal_a", "t_portal_a")
        page = self.url_open("/my/claims/new")
        data = {
            "csrf_token": page.text.split('csrf_token: "')[1].split('"')[0],
            "serial": "CLAIM-1",
            "date_failure": str(self.day(10)),
            "date_repair": str(self.day(8)),
            "line_id": "",
            "line_kind": "other",
            "line_product_id": "",
            "line_name": "Bolt",
            "line_quantity": "1",
            "line_price_unit": "5",
            "line_serial_new": "",
            "line_serial_old": "",
        }
        return self.url_open("/my/claims/save", data=dict(data, **line)).text

    def test_tiny_quantity_is_told_on_the_form(self):
        answer = self.save_line(line_quantity="0.0001")
        self.assertIn("the quantity must be above zero", answer)

    def test_serials_of_other_companies_are_unknown(self):
        self.part.write({"tracking": "serial", "is_asset": False})
        lots = self.env["stock.lot"].create(
            [
                {"name": "OURS-1", "product_id": self.part.id, "company_id": self.company.id},
                {"name": "THEIRS-1", "product_id": self.part.id, "company_id": self.company_2.id},
            ]
        )
        part = {"line_kind": "part", "line_product_id": str(self.part.id), "line_name": "Pump"}
        for lot, known in zip(lots, (True, False), strict=True):
            answer = self.save_line(line_serial_new=lot.name, **part)
            with self.subTest(lot.name):
                self.assertEqual("is not known" not in answer, known)


@tagged("post_install", "-at_install")
class TestNoticeLeaks(HttpCase, NoticeCommon):
    @mute_logger("odoo.http")
    def test_printouts_and_pages_of_others(self):
        notice = self.make_notice(self.make_claim(100.0), "issued")
        for login in ("t_portal_b", "t_portal_customer", "t_foreign_manager"):
            self.authenticate(login, login)
            with self.subTest(login):
                url = f"/report/html/aftersales_dealer.report_aftersales_notice/{notice.id}"
                answer = self.url_open(url)
                self.assertNotEqual(answer.status_code, 200)
                self.assertNotIn(notice.name, answer.text)
                self.assertNotIn(notice.name, self.url_open(f"/my/notices/{notice.id}").text)

    def test_link_does_not_put_words_on_the_page(self):
        notice = self.make_notice(self.make_claim(100.0), "issued")
        self.authenticate("t_portal_a", "t_portal_a")
        page = self.url_open(f"/my/notices/{notice.id}?error=Call+this+number&message=Pay+here")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("Call this number", page.text)
        self.assertNotIn("Pay here", page.text)

    def test_dealer_does_not_read_where_its_costs_are_booked(self):
        notice = self.make_notice(self.make_claim(100.0), "verified")
        notice.line_ids.sudo().account_id = self.expense
        notice.with_user(self.clerk).action_issue()
        lines = notice.line_ids.with_user(self.portal_a)
        self.assertTrue(lines.read(["amount"]))
        for name in ("account_id", "analytic_distribution"):
            with self.subTest(name), self.assertRaises(AccessError):
                lines.read([name])
