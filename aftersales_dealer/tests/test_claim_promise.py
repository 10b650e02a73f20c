from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimPromise(ClaimCommon):
    """D04: what the dealer promised beyond the policy is its own cost."""

    def test_the_promise_comes_from_ticket_and_card(self):
        asset = self.sell_to_dealer("PROMISE-1")
        self.make_card(asset, promise="Third year free")
        ticket = self.make_ticket(asset)
        ticket.dealer_promise = "Free travel"
        claim = self.make_claim(asset_id=asset.id, ticket_id=ticket.id)
        self.assertEqual(claim.dealer_promise, "Free travel\nThird year free")

    def test_such_a_line_is_not_paid_by_the_company(self):
        claim = self.make_claim(lines=[self.line_labour(), self.line_travel(beyond_policy=True)])
        labour, travel = claim.line_ids
        self.assertEqual((travel.share_dealer, travel.share_company), (100, 0))
        claim.action_submit()
        self.assertEqual((travel.share_dealer, labour.share_company), (100, 100))
        self.as_appraiser(claim).action_approve()
        self.assertTrue(travel.amount_approved)
        self.assertEqual(travel.amount_payable, 0)
        self.assertEqual(labour.amount_payable, labour.amount_approved)

    def test_the_appraiser_decides_and_shares_do_not_contradict(self):
        claim = self.make_submitted()
        line = self.as_appraiser(claim).line_ids[1]
        line.beyond_policy = True
        self.assertEqual(line.share_company, 0)
        with self.assertRefused("is paid by the dealer", ValidationError):
            line.write({"share_dealer": 50, "share_company": 50})
        line.beyond_policy = False
        self.assertEqual(line.share_company, 100)
