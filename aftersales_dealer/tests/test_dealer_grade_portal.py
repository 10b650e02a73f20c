from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import AftersalesDealerCommon

URL = "/my/dealer/grade"


@tagged("post_install", "-at_install")
class TestDealerGradePortal(AftersalesDealerCommon, HttpCase):
    """D11, D14: a dealer sees its own grade, its terms and its last score, and nobody else's."""

    def make_evaluation(self, dealer, score, state="approved"):
        reading = self.env["aftersales.dealer.evaluation.line"]
        codes = dict(reading._fields["code"].selection)
        return (
            self.env["aftersales.dealer.evaluation"]
            ._past_guard()
            .create(
                {
                    "dealer_id": dealer.id,
                    "company_id": self.env.company.id,
                    "period_start": self.today - timedelta(days=90),
                    "period_end": self.today - timedelta(days=1),
                    "score": score,
                    "is_scored": True,
                    "state": state,
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "code": code,
                                "good": 9,
                                "total": 10,
                                "value": 90.0,
                                "points": 81.5,
                                "weight": 10,
                                "counted": True,
                                "target": 100.0,
                            },
                        )
                        for code in codes
                    ],
                }
            )
        )

    def test_own_grade_and_score_only(self):
        self.make_evaluation(self.dealer_a, 71.3)
        self.make_evaluation(self.dealer_b, 44.9, state="draft")
        self.authenticate("t_portal_a", "t_portal_a")
        page = self.url_open(URL).text
        self.assertIn("Test Gold", page)
        self.assertIn(self.agreement_a.name, page)
        self.assertIn("71.3", page)
        self.assertEqual(page.count("81.5"), 16)  # points of eight parts, and in their words
        self.assertNotIn(self.agreement_b.name, page)
        self.assertIn(URL, self.url_open("/my/dealer").text)
        self.env.company.dealer_score_on_portal = False
        self.assertNotIn("71.3", self.url_open(URL).text)
        self.authenticate("t_portal_b", "t_portal_b")
        page = self.url_open(URL).text
        self.assertIn("There is no score to show yet", page)  # not approved
        for number in ("44.9", "71.3"):
            self.assertNotIn(number, page)

    def test_who_is_no_owner_sees_none(self):
        self.portal_a.partner_id.dealer_role = "clerk"
        self.authenticate("t_portal_a", "t_portal_a")
        self.assertEqual(self.url_open(URL).status_code, 403)
        self.authenticate("t_portal_customer", "t_portal_customer")
        self.assertTrue(self.url_open(URL).url.endswith("/my"))
