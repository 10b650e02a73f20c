from odoo.tests import tagged

from odoo.addons.aftersales_dealer.tests.common_claim import ClaimCommon

from .common import ReportsMixin


@tagged("post_install", "-at_install")
class TestSlaClaimFigures(ReportsMixin, ClaimCommon):
    """S08: promises about claims are counted with the others, and lead to their claim."""

    def test_promises_of_claims(self):
        claim = self.make_submitted()
        clocks = claim.sudo().clock_ids
        self.assertTrue(clocks)
        domain = [("claim_id", "=", claim.id)]
        found = self.by_group("sla", domain, "about", "__count", "claim_id:count_distinct")
        self.assertEqual(found, {"claim": (len(clocks), 1)})
        row = self.report("sla").search(domain, limit=1)
        self.assertEqual(row.display_name, claim.display_name)
        action = row.sudo().action_open_document()
        self.assertEqual((action["res_model"], action["res_id"]), (claim._name, claim.id))
