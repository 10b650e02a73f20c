from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimFigures(ClaimCommon):
    def figures(self, claim, line):
        """Return (step, amount, user) of the log of one line."""
        rows = claim.figure_ids.filtered(lambda row: row.claim_line_id == line)
        return [(row.step, row.amount, row.user_id) for row in rows]

    def test_every_figure_has_its_author(self):
        """Claimed → proposed → appraised by hand → approved → settled, each with who (D15)."""
        claim = self.make_submitted()
        line = claim.line_ids[0]
        self.as_appraiser(line).write({"amount_appraised": 60.0, "appraisal_reason": "Overlap"})
        self.as_appraiser(claim).action_approve()
        self.assertEqual(
            self.figures(claim, line),
            [
                ("claimed", 80.0, self.dealer_user),
                ("proposed", 80.0, self.dealer_user),
                ("appraised", 60.0, self.appraiser),
                ("appraised", 60.0, self.appraiser),
                ("approved", 60.0, self.appraiser),
            ],
        )
        by_hand = claim.figure_ids.filtered(lambda row: row.amount_before == 80.0)[0]
        self.assertEqual(by_hand.reason, "Overlap")

    def test_figures_are_never_changed(self):
        claim = self.make_submitted()
        row = claim.figure_ids[0]
        with self.assertRefused("not changed"):
            row.sudo().write({"amount": 1.0})
        with self.assertRefused("not deleted"):
            row.sudo().unlink()
        with self.assertRaises(AccessError):
            row.with_user(self.dealer_manager).unlink()

    def test_log_costs_the_same_for_many_claims(self):
        claims = self.env["aftersales.claim"]
        for __ in range(6):
            claims += self.make_claim()
        claims = claims.browse(claims.ids)
        claims.line_ids.mapped("amount_claimed")
        before = self.env.cr.sql_log_count
        claims[:1]._log_figures("claimed")
        one = self.env.cr.sql_log_count - before
        claims._log_figures("claimed")
        self.assertLessEqual(self.env.cr.sql_log_count - before - one, one)


@tagged("post_install", "-at_install")
class TestVersionDifferences(ClaimCommon):
    def test_differences_are_readable(self):
        """Added, removed and changed from → to, of lines and of the claim itself (D15)."""
        claim = self.make_submitted(meter=100.0)
        self.as_appraiser(claim).action_return(reason="Correct it")
        labour, travel = claim.line_ids
        labour.write({"quantity": 1.5})
        travel.unlink()
        claim.write({"meter": 120.0, "line_ids": [self.line_part(price_unit=50.0)]})
        claim.action_submit()
        first, second = claim.version_ids.sorted("number")
        self.assertFalse(first.differences)
        text = second.differences
        self.assertIn("Meter Reading: 100 → 120", text)
        self.assertIn("Quantity 2.00 → 1.50", text)
        self.assertRegex(text, r"Removed: .*15\.00")
        self.assertRegex(text, r"Added: .*50\.00")
        self.assertNotIn("Failed on", text)

    def test_version_is_immutable(self):
        """Not even in superuser mode: what was decided on stands (D15, J04)."""
        claim = self.make_submitted()
        self.as_appraiser(claim).action_approve()
        version = claim.version_ids.sudo()
        with self.assertRefused("no longer changes"):
            version.reason = "Something else"
        with self.assertRefused("no longer changes"):
            version.line_ids[0].amount_approved = 1.0
        with self.assertRefused("cannot be deleted"):
            version.unlink()
