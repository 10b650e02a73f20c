from odoo.tests import tagged

from odoo.addons.aftersales_service.tests.common_exchange import ExchangeCommon

from .common import AftersalesDealerCommon


@tagged("post_install", "-at_install")
class TestReplacementThroughDealer(ExchangeCommon, AftersalesDealerCommon):
    """W16, D02: what replaces a registered machine counts as registered."""

    def test_registration_is_handed_on(self):
        self.policy.start_event = "registration"
        asset = self.sell_to_dealer("DX-1")
        card = self.make_card(asset, days_ago=40)
        end = asset.warranty_date_end
        exchange = self.approve(self.propose(asset))
        self.assertEqual(exchange.move_ids.picking_id.partner_id, asset.partner_id)
        replacement = self.deliver_replacement(exchange, "DX-1-NEW")
        self.assertRecordValues(
            replacement,
            [
                {
                    "dealer_id": self.dealer_a.id,
                    "partner_id": asset.partner_id.id,
                    "registration_id": card.id,
                    "registration_state": asset.registration_state,
                    "warranty_date_end": end,
                    "warranty_state": "active",
                }
            ],
        )
        self.assertTrue(replacement.date_sale_end_user)

    def test_unregistered_stays_to_be_registered(self):
        asset = self.sell_to_dealer("DX-2")
        replacement = self.deliver_replacement(self.approve(self.propose(asset)), "DX-2-NEW")
        self.assertEqual(replacement.dealer_id, self.dealer_a)
        self.assertEqual(replacement.registration_state, "open")
        self.assertFalse(replacement.date_sale_end_user)
