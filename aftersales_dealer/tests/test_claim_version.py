from odoo.tests import tagged

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimVersion(ClaimCommon):
    def test_correction_is_a_new_version(self):
        """Sending again keeps the earlier figures and shows what changed (D15)."""
        claim = self.make_submitted()
        self.as_appraiser(claim).action_return(reason="Three hours are too many")
        self.assertEqual(claim.state, "returned")
        labour, travel = claim.line_ids
        labour.quantity = 1.5
        travel.unlink()
        claim.write({"line_ids": [self.line_travel(km=10.0, name="Second trip")]})
        claim.action_submit()
        first, second = claim.version_ids.sorted("number")
        self.assertRecordValues(
            first | second,
            [
                {"number": 1, "kind": "submission", "outcome": "returned", "amount_claimed": 95.0},
                {"number": 2, "kind": "correction", "outcome": "open", "amount_claimed": 65.0},
            ],
        )
        self.assertEqual(first.outcome_reason, "Three hours are too many")
        self.assertEqual(sorted(second.line_ids.mapped("change")), ["changed", "new", "removed"])
        self.assertEqual(claim.version, 2)
        self.assertEqual(set(claim.check_ids.mapped("version")), {2})
        kept = claim.with_context(active_test=False).check_ids
        self.assertEqual(
            set(kept.mapped("version")), {1, 2}, "checks of the first version are kept"
        )

    def test_removed_lines_are_shown(self):
        claim = self.make_submitted()
        self.as_appraiser(claim).action_return(reason="No travel")
        travel_name = claim.line_ids[1].name
        snapshot = claim.version_ids.line_ids
        removed = claim.line_ids[1]
        # A line that still has its snapshot goes, the snapshot stays.
        removed.unlink()
        self.assertEqual(len(snapshot.exists()), 2)
        claim.action_submit()
        first, second = claim.version_ids.sorted("number")
        self.assertEqual(second.line_ids.mapped("change"), ["same", "removed"])
        self.assertIn(travel_name, first.line_ids.mapped("name"))
        self.assertEqual(second.line_ids[1].name, travel_name)

    def test_appeal_after_refusal(self):
        claim = self.make_submitted()
        self.as_appraiser(claim).action_refuse(reason="Misuse")
        self.assertEqual(claim.amount_approved, 0.0)
        claim.action_appeal(reason="The photos show a casting fault")
        self.assertRecordValues(
            claim,
            [
                {
                    "state": "submitted",
                    "version": 2,
                    "decision_reason": "The photos show a casting fault",
                }
            ],
        )
        self.assertEqual(claim.version_ids.sorted("number").mapped("outcome"), ["refused", "open"])
        self.assertEqual(claim.version_ids.sorted("number")[1].kind, "appeal")
        self.as_appraiser(claim).action_approve()
        self.assertEqual(claim.amount_approved, 95.0)

    def test_appeal_after_partial_approval(self):
        claim = self.make_submitted()
        self.as_appraiser(claim).line_ids[0].write({"amount_approved": 40.0, "reason": "One hour"})
        self.as_appraiser(claim).action_approve()
        claim.action_appeal(reason="It took two")
        first = claim.version_ids.sorted("number")[0]
        self.assertRecordValues(first, [{"outcome": "approved", "amount_approved": 55.0}])
        self.assertEqual(first.line_ids[0].reason, "One hour")
        self.assertEqual(claim.state, "submitted")

    def test_no_appeal_of_full_approval_or_in_notice(self):
        claim = self.make_submitted()
        self.as_appraiser(claim).action_approve()
        with self.assertRefused("can be appealed"):
            claim.action_appeal(reason="More")
        partial = self.make_submitted()
        self.as_appraiser(partial).line_ids[0].write(
            {"amount_approved": 40.0, "reason": "One hour"}
        )
        self.as_appraiser(partial).action_approve()
        partial._set_state("noticed")
        with self.assertRefused("can be appealed"):
            partial.action_appeal(reason="More")
