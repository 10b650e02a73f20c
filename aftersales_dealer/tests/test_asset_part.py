from odoo.tests import tagged

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimedParts(ClaimCommon):
    """Parts of an approved claim sit in the machine from then on, recorded once (W13)."""

    def approve(self, claim):
        claim.action_submit()
        claim.line_ids.filtered("return_required").sudo()._write_past_guard(
            {"return_state": "waived"}
        )
        self.as_appraiser(claim).action_approve()

    def get_parts(self):
        return self.env["aftersales.asset.part"].search([("asset_id", "=", self.asset.id)])

    def test_approved_part_sits_in_the_machine(self):
        claim = self.make_claim(
            lines=[self.line_labour(), self.line_part(return_required=False)], meter=80.0
        )
        self.assertFalse(self.get_parts())
        self.approve(claim)
        self.assertRecordValues(
            self.get_parts(),
            [
                {
                    "product_id": self.part.id,
                    "date_fitted": claim.date_repair,
                    "meter_fitted": 80.0,
                    "reference": claim.name,
                    "state": "fitted",
                }
            ],
        )

    def test_recorded_once_and_not_beside_a_visit(self):
        claim = self.make_claim(lines=[self.line_labour(), self.line_part(return_required=False)])
        self.approve(claim)
        claim._record_asset_parts()
        self.assertEqual(len(self.get_parts()), 1)

    def test_refused_claims_record_nothing(self):
        claim = self.make_submitted(
            lines=[self.line_labour(), self.line_part(return_required=False)]
        )
        self.as_appraiser(claim).action_refuse(reason="Not ours")
        self.assertFalse(self.get_parts())
