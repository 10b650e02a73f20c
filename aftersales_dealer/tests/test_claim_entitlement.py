from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimEntitlement(ClaimCommon):
    """W07, D08: a claim is covered as the resolver says, and keeps what it said."""

    def make_wear_claim(self, **values):
        """A claim for a machine whose wear parts are out of their three months."""
        old = self.sell_to_dealer("CLAIM-E", days_ago=200)
        self.make_card(old, days_ago=190, date_registered=self.day(185), user=self.dealer_manager)
        wear = Command.create({"kind": "part", "product_id": self.wear_part.id, "price_unit": 20.0})
        vals = {"asset_id": old.id, "lines": [self.line_labour(), wear], **values}
        return self.make_claim(**vals)

    def test_claim_keeps_what_was_decided(self):
        claim = self.make_submitted()
        self.assertRecordValues(
            claim,
            [
                {
                    "service_category": "warranty",
                    "entitlement_kind": "warranty",
                    "entitlement_source_name": self.asset.warranty_ids.name,
                }
            ],
        )
        self.asset.warranty_ids._void("Sold abroad")
        self.assertEqual(claim.service_category, "warranty")
        claim.action_run_checks()
        self.assertEqual(claim.service_category, "paid")
        self.assertEqual(self.check(claim, "covered").result, "cut")
        self.assertTrue(any("Paid service" in (m.body or "") for m in claim.message_ids))
        with self.assertRefused("worked out|not typed in"):
            claim.with_user(self.dealer_manager).service_category = "warranty"

    def test_labour_is_covered_as_the_part_that_caused_it(self):
        claim = self.make_wear_claim()
        claim.action_submit()
        self.assertEqual(claim.line_ids.mapped("amount_appraised"), [80.0, 0.0])
        claim = self.make_wear_claim_again(claim, causal_part_id=self.wear_part.id)
        self.assertEqual(claim.line_ids.mapped("amount_appraised"), [0.0, 0.0])
        self.assertEqual(claim.service_category, "paid")
        self.assertEqual(self.check(claim, "covered").explanation.count("ended on"), 2)

    def make_wear_claim_again(self, claim, **values):
        claim.action_withdraw()
        again = claim.copy({"signed_by": "Test End User", "signature": claim.signature, **values})
        again.action_submit()
        return again

    def test_what_the_technician_found_counts(self):
        ticket = self.make_ticket(self.asset, date_failure=self.day(10))
        ticket.write({"exclusion": "misuse", "part_id": self.part.id})
        claim = self.make_submitted(ticket_id=ticket.id)
        self.assertEqual((claim.service_category, claim.causal_part_id), ("paid", self.part))
        self.assertIn("Misuse", self.check(claim, "covered").explanation)

    def test_goodwill_covers_the_claim_of_its_ticket(self):
        ticket = self.make_ticket(self.asset, date_failure=self.day(10), exclusion="misuse")
        self.env["aftersales.goodwill.budget"].create({"amount": 1000.0})
        goodwill = self.env["aftersales.goodwill"].create(
            {
                "ticket_id": ticket.id,
                "asset_id": self.asset.id,
                "reason_id": self.env.ref("aftersales_service.aftersales_goodwill_reason_other").id,
                "description": "Agreed with the dealer",
                "amount": 200.0,
                "covers_travel": True,
            }
        )
        goodwill.with_user(self.agent_user).action_request()
        goodwill.with_user(self.manager_user).action_approve()
        claim = self.make_submitted(ticket_id=ticket.id)
        self.assertRecordValues(
            claim, [{"service_category": "warranty", "entitlement_kind": "goodwill"}]
        )
        check = self.check(claim, "covered")
        self.assertEqual(check.result, "ok")
        self.assertIn(f"goodwill {goodwill.name}", check.explanation)
        other = self.make_submitted(date_failure=self.day(9), date_repair=self.day(7))
        self.assertEqual(other.entitlement_kind, "warranty", "the goodwill is for its ticket")

    def test_queries_of_the_decision_do_not_grow_with_claims(self):
        claims = self.env["aftersales.claim"]
        for days in range(3, 13):
            claims |= self.make_claim(
                lines=[self.line_labour(), self.line_part()],
                date_failure=self.day(days + 1),
                date_repair=self.day(days),
                meter=days,
            )

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            some.fetch(["asset_id", "ticket_id"])
            before = self.cr.sql_log_count
            some.line_ids._get_cover_answers()
            return self.cr.sql_log_count - before

        count(claims[:1])
        self.assertLessEqual(count(claims), count(claims[:2]))

    def test_portal_dealer_reads_why(self):
        claim = self.make_submitted()
        own = claim.with_user(self.portal_a)
        self.assertIn(self.asset.warranty_ids.name, own.entitlement_reasons)
        self.assertEqual(own.entitlement_date_end, self.asset.warranty_date_end)
        self.assertLessEqual(own.entitlement_date, fields.Datetime.now())
