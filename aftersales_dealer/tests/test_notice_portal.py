from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestNoticePortal(NoticeCommon, HttpCase):
    browser_size = "390x844"  # tours run on a telephone

    def post(self, url, **data):
        page = self.url_open("/my/notices")
        token = page.text.split('csrf_token: "')[1].split('"')[0]
        return self.url_open(url, data=dict(data, csrf_token=token))

    def test_dealer_sees_and_confirms(self):
        notice = self.make_notice(self.make_claim(100.0, (50.0, 20.0)), "issued")
        self.authenticate("t_portal_a", "t_portal_a")
        self.assertIn(notice.name, self.url_open("/my/notices").text)
        self.assertIn("Fee notices", self.url_open("/my/dealer").text)
        page = self.url_open(f"/my/notices/{notice.id}").text
        self.assertIn("Confirm the notice", page)
        self.assertIn("Cut", page)
        self.post(f"/my/notices/{notice.id}/confirm")
        self.assertRecordValues(
            notice,
            [
                {
                    "state": "confirmed",
                    "confirm_method": "portal",
                    "confirmed_by_id": self.portal_a.id,
                }
            ],
        )
        page = self.post(f"/my/notices/{notice.id}/confirm").text
        self.assertIn("cannot become", page)

    def test_dealer_disputes_a_line(self):
        notice = self.make_notice(self.make_claim(100.0, 60.0), "issued")
        self.authenticate("t_portal_a", "t_portal_a")
        page = self.post(f"/my/notices/{notice.id}/dispute").text
        self.assertIn("Say why", page)
        self.assertEqual(notice.state, "issued")
        line = notice.line_ids[0]
        self.post(
            f"/my/notices/{notice.id}/dispute", **{f"line_{line.id}": "Hours are <b>missing</b>"}
        )
        self.assertRecordValues(
            line, [{"disputed": True, "dispute_reason": "Hours are <b>missing</b>"}]
        )
        self.assertIn("Hours are &lt;b&gt;missing", self.url_open(f"/my/notices/{notice.id}").text)

    def test_other_dealer_gets_nothing(self):
        notice = self.make_notice(self.make_claim(100.0), "issued")
        token = notice._portal_ensure_token()
        for login in ("t_portal_b", "t_portal_customer", None):
            self.authenticate(login, login)
            for url in (
                f"/my/notices/{notice.id}",
                f"/my/notices/{notice.id}?report_type=pdf&download=true",
                f"/my/notices/{notice.id}?report_type=html",
                f"/my/notices/{notice.id}?access_token={token}",
                f"/my/notices/{notice.id}?report_type=html&access_token={token}",
                "/my/notices",
                "/my/statement",
                f"/report/html/aftersales_dealer.report_aftersales_notice/{notice.id}",
            ):
                # The refused /report is told in the log.
                with self.subTest(login=login, url=url), mute_logger("odoo.http"):
                    self.assertNotIn(notice.name, self.url_open(url).text)
        self.authenticate("t_portal_b", "t_portal_b")
        for step in ("confirm", "dispute"):
            self.post(f"/my/notices/{notice.id}/{step}", reason="Mine")
        self.assertEqual(notice.state, "issued")

    def test_pdf_of_the_own_notice(self):
        notice = self.make_notice(self.make_claim(100.0), "issued")
        self.authenticate("t_portal_a", "t_portal_a")
        page = self.url_open(f"/my/notices/{notice.id}?report_type=html").text
        for text in (
            notice.name,
            "Fee Verification Notice",
            "Test Dealer A",
            "Verified amount in words",
        ):
            self.assertIn(text, page)

    def test_statement_of_the_own_account(self):
        invoice = self.make_invoice(300.0)
        foreign = self.make_invoice(700.0, dealer=self.dealer_b)
        notice = self.make_notice(self.make_claim(100.0), "settled")
        self.authenticate("t_portal_a", "t_portal_a")
        page = self.url_open("/my/statement").text
        self.assertIn(invoice.name, page)
        self.assertIn(notice.name, page)
        self.assertNotIn(foreign.name, page)
        for period in ("date_from=x&date_to=y", "date_from=2030-01-01&date_to=2020-01-01"):
            self.assertEqual(self.url_open(f"/my/statement?{period}").status_code, 200)
        self.assertEqual(self.url_open("/my/statement/pdf").status_code, 200)

    def test_tour_dealer_disputes_then_confirms(self):
        notice = self.make_notice(self.make_claim(100.0, 60.0), "issued")
        self.start_tour("/my", "aftersales_dealer_notice_confirm", login="t_portal_a")
        self.assertEqual(notice.state, "confirmed")
