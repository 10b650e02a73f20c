from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.aftersales_dealer.tests.common_notice import NoticeCommon

from .common import ReportsMixin


@tagged("post_install", "-at_install")
class TestClaimFigures(ReportsMixin, NoticeCommon):
    def amounts(self, claims, *names):
        domain = [("claim_id", "in", claims.ids)]
        return self.figures("claim", domain, *(f"{name}:sum" for name in names))

    def test_amounts_equal_the_claims(self):
        claims = self.make_claim((100, 80), 50) | self.make_claim(30, dealer=self.dealer_b)
        refused = self.make_claim((70, 0), state="refused")
        waiting = self.make_claim((40, 40), state="submitted")
        everything = claims | refused | waiting
        claimed, approved, cut, to_notice = self.amounts(
            everything, "amount_claimed", "amount_approved", "amount_cut", "amount_to_notice"
        )
        self.assertEqual(claimed, sum(everything.mapped("amount_claimed")))
        self.assertEqual(approved, sum(everything.mapped("amount_approved")))
        self.assertEqual((approved, to_notice), (160, 160))
        # 20 less than claimed and 70 refused; what is not decided is not cut.
        self.assertEqual(cut, 90)
        by_dealer = self.by_group(
            "claim", [("claim_id", "in", everything.ids)], "dealer_id", "amount_claimed:sum"
        )
        self.assertEqual(by_dealer[self.dealer_b.with_user(self.reader)], (30,))

    def test_claims_are_counted_once(self):
        claims = self.make_claim(10, 20, 30) | self.make_claim(40)
        domain = [("claim_id", "in", claims.ids)]
        self.assertEqual(
            self.figures("claim", domain, "__count", "claim_id:count_distinct"), (4, 2)
        )

    def test_foreign_currency_at_the_rate_of_the_day_of_the_claim(self):
        currency = self.make_currency("CHF", 0.01, 2.0)
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": self.today - timedelta(days=5),
                "rate": 4.0,
                "company_id": self.company.id,
            }
        )
        before = self.make_claim(100, currency=currency)
        after = self.make_claim(100, currency=currency)
        own = self.make_claim(100)
        self.set_columns(before, date_submitted=self.today - timedelta(days=6))
        self.set_columns(after, date_submitted=self.today - timedelta(days=5))
        self.assertEqual(self.amounts(before, "amount_claimed"), (50.0,))
        self.assertEqual(self.amounts(after, "amount_claimed"), (25.0,))
        self.assertEqual(
            self.amounts(before | after | own, "amount_claimed", "amount_approved"), (175.0, 175.0)
        )
        for claim in before | after:
            expected = currency._convert(
                100, self.company.currency_id, self.company, claim.date_submitted.date()
            )
            self.assertEqual(self.amounts(claim, "amount_claimed"), (expected,))

    def test_before_the_first_rate_the_first_one_counts(self):
        currency = self.make_currency("CHF", 0.01, 2.0)
        claim = self.make_claim(100, currency=currency)
        self.set_columns(claim, date_submitted="1999-05-05")
        self.assertEqual(self.amounts(claim, "amount_claimed"), (50.0,))

    def test_the_own_rate_of_a_company_goes_before_a_shared_one(self):
        currency = self.make_currency("CHF", 0.01, 2.0)
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": self.today, "rate": 8.0, "company_id": False}
        )
        claim = self.make_claim(100, currency=currency)
        self.assertEqual(self.amounts(claim, "amount_claimed"), (50.0,))
        expected = currency._convert(100, self.company.currency_id, self.company, self.today)
        self.assertEqual(expected, 50.0)

    def test_each_row_is_rounded_as_odoo_rounds_it(self):
        currency = self.make_currency("CHF", 0.01, 3.0)
        claim = self.make_claim(10, 10, 10, currency=currency)
        # 10 / 3 = 3.33 three times: the total is the sum of the rounded rows.
        self.assertAlmostEqual(self.amounts(claim, "amount_claimed")[0], 9.99)

    def test_months_in_service(self):
        assets = self.sell_to_dealer("MONTHS-1", days_ago=400)
        assets.date_delivery = "2025-01-31"
        claim = self.make_claim(
            10, asset_id=assets.id, date_failure="2025-05-30", date_repair="2025-06-02"
        )
        row = self.report("claim").search([("claim_id", "=", claim.id)])
        self.assertEqual((row.months_in_service, row.service_period), (3, "m06"))
        assets.date_sale_end_user = "2025-05-01"
        row.invalidate_recordset()
        self.assertEqual((row.months_in_service, row.service_period), (0, "m03"))

    def test_cause_and_who_answers_for_it(self):
        cause = self.env["aftersales.cause"].create({"name": "Cast", "responsible": "supplier"})
        claim = self.make_claim(10)
        claim._write_past_guard({"cause_id": cause.id})
        groups = self.by_group("claim", [("claim_id", "=", claim.id)], "responsible", "__count")
        self.assertEqual(groups, {"supplier": (1,)})

    def test_a_company_sees_its_own_claims(self):
        claim = self.make_claim(10)
        foreign = self.reader.copy({"login": "t_reader_2"})
        foreign.sudo().write(
            {"company_ids": [Command.set(self.company_2.ids)], "company_id": self.company_2.id}
        )
        self.env.flush_all()
        report = self.env["aftersales.report.claim"]
        domain = [("claim_id", "=", claim.id)]
        self.assertEqual(report.with_user(self.reader).search_count(domain), 1)
        self.assertEqual(report.with_user(foreign).search_count(domain), 0)
