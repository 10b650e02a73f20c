from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import AftersalesDealerCommon


@tagged("post_install", "-at_install")
class TestPastAssets(AftersalesDealerCommon):
    """W01, W03, D02: machines delivered before the contact became a dealer."""

    def test_dealer_staff_assigns_them(self):
        self.dealer_a.is_dealer = False
        asset = self.sell("PAST-1", partner=self.dealer_a)
        self.assertFalse(asset.dealer_id)
        self.dealer_a.is_dealer = True
        dealer = self.dealer_a.with_user(self.dealer_user)
        self.assertEqual(dealer.dealer_unassigned_count, 1)
        with self.assertRaises(AccessError):
            self.dealer_a.with_user(self.agent_user).action_assign_dealer_assets()
        dealer.action_assign_dealer_assets()
        self.assertRecordValues(
            asset, [{"dealer_id": self.dealer_a.id, "registration_state": "open"}]
        )
        dealer.invalidate_recordset()
        self.assertEqual(dealer.dealer_unassigned_count, 0)

    def test_past_deliveries_know_their_dealer(self):
        asset = self.sell("PAST-2", partner=self.dealer_a)
        vals = asset.stock_move_id._prepare_aftersales_asset_vals()
        self.assertEqual(vals["dealer_id"], self.dealer_a.id)
