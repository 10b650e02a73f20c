from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .common_advance import AdvanceCommon


@tagged("post_install", "-at_install")
class TestAdvancePortal(AdvanceCommon, HttpCase):
    """The dealer is heard on its portal (D14, F05)."""

    def answer(self, advance, **post):
        post["csrf_token"] = Request.csrf_token(self)
        return self.url_open(f"/my/advances/{advance.id}/answer", data=post)

    def test_owner_reads_and_answers(self):
        advance = self.make_advance(480.0, "hearing")
        self.authenticate("t_portal_a", "t_portal_a")
        self.assertIn(advance.name, self.url_open("/my/advances").text)
        page = self.url_open(f"/my/advances/{advance.id}").text
        self.assertIn("never came", page)
        self.assertIn("480.00", page)
        self.assertIn("say why", self.answer(advance, answer="objects", text=" ").text)
        self.assertIn("Choose an answer", self.answer(advance, answer="nonsense", text="x").text)
        self.assertFalse(advance.dealer_answer)
        page = self.answer(advance, answer="objects", text="It came in May").text
        self.assertIn("It came in May", page)
        self.assertEqual(advance.dealer_answer, "objects")
        self.assertTrue(advance.activity_ids)
        self.assertIn("does not wait", self.answer(advance, answer="accepts").text)

    def test_bad_file_is_refused_and_nothing_kept(self):
        advance = self.make_advance(480.0, "hearing")
        self.authenticate("t_portal_a", "t_portal_a")
        response = self.url_open(
            f"/my/advances/{advance.id}/answer",
            data={"csrf_token": Request.csrf_token(self), "answer": "objects", "text": "See"},
            files={"files": ("evil.html", b"<script>1</script>", "text/html")},
        )
        self.assertIn("cannot be taken", response.text)
        self.assertFalse(advance.dealer_answer)

    def test_other_dealers_and_drafts_are_not_found(self):
        draft = self.make_advance(480.0)
        asked = self.make_advance(480.0, "hearing")
        for login, advance in (
            ("t_portal_a", draft),
            ("t_portal_b", asked),
            ("t_portal_customer", asked),
        ):
            self.authenticate(login, login)
            for path in ("", "?report_type=pdf"):
                response = self.url_open(f"/my/advances/{advance.id}{path}")
                self.assertNotIn(advance.name, response.text)
            self.answer(advance, answer="accepts")
            self.assertFalse(advance.dealer_answer)
        with self.assertRaises(AccessError):
            asked.with_user(self.portal_b).action_answer(answer="accepts")
        with self.assertRefused("not typed in"):
            asked.with_user(self.portal_a).write({"dealer_answer": "accepts"})

    def test_letters_in_the_readers_language(self):
        advance = self.make_advance(480.0, "paid")
        reports = self.env["ir.actions.report"]
        for report, words in (
            ("dealer", ("Still open", "480.00", "Test Consumer")),
            ("consumer", ("passes to us", "480.00", "Test Dealer A")),
        ):
            html, __ = reports._render_qweb_html(
                f"aftersales_dealer.action_report_aftersales_advance_{report}", advance.ids
            )
            for word in words:
                self.assertIn(word, html.decode())
