from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestPartCollect(ClaimCommon):
    """Our delivery truck takes a dealer's old parts back (D09)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part.standard_price = 60.0
        cls.worker = cls.dealer_user
        cls.worker.group_ids += cls.env.ref("stock.group_stock_user")

    def make_awaited(self, count=1):
        claims = self.env["aftersales.claim"].union(
            *(
                self.make_submitted(lines=[self.line_labour(), self.line_part()])
                for __ in range(count)
            )
        )
        return claims.line_ids.sudo().return_line_ids.with_user(self.worker)

    def make_delivery(self, partner=None):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        delivery = self.env["stock.picking"].create(
            {
                "picking_type_id": warehouse.out_type_id.id,
                "partner_id": (partner or self.dealer_a).id,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.part.id,
                            "product_uom_qty": 1.0,
                            "location_id": warehouse.lot_stock_id.id,
                            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                        }
                    )
                ],
            }
        )
        delivery.action_confirm()
        return delivery.with_user(self.worker)

    def test_list_of_what_waits_at_the_dealer(self):
        parts = self.make_awaited(2)
        delivery = self.make_delivery()
        self.assertEqual(delivery.aftersales_collect_count, 2)
        action = delivery.action_collect_old_parts()
        shipment = parts.return_id
        self.assertEqual(action["report_name"], "aftersales_dealer.report_part_return")
        self.assertEqual(action["context"]["active_ids"], shipment.ids)
        self.assertRecordValues(shipment, [{"state": "draft", "delivery_id": delivery.id}])
        self.assertIn(self.dealer_a, shipment.message_ids.notified_partner_ids)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_dealer.report_part_return", shipment.ids
        )[0]
        self.assertIn(delivery.name, html.decode())
        # The second click adds what has come since, and makes nothing twice.
        more = self.make_awaited()
        delivery.action_collect_old_parts()
        self.assertEqual(more.return_id, shipment)
        self.assertEqual(len(shipment.line_ids), 3)

    def test_what_is_not_handed_over_is_awaited_again(self):
        here, left = self.make_awaited(2)
        self.make_delivery().action_collect_old_parts()
        shipment = here.return_id
        opened = shipment.scan_code(shipment.name)
        self.assertEqual(opened["shipment"]["id"], shipment.id)
        shipment.scan_code(here.label, shipment.id)
        self.assertEqual(shipment.state, "shipped")
        shipment.scan_finish()
        self.assertEqual(
            (here.state, left.state, left.return_id.id), ("received", "awaiting", False)
        )
        self.assertEqual(left.claim_line_id.return_state, "awaiting")
        self.assertFalse(shipment.discrepancy_ids)
        self.assertEqual(shipment.sudo().picking_id.state, "done")

    def test_what_the_dealer_handed_over_may_be_missing(self):
        here, lost = self.make_awaited(2)
        self.make_delivery().action_collect_old_parts()
        shipment = here.return_id
        shipment.action_ship()
        shipment.scan_code(here.label, shipment.id)
        shipment.scan_finish()
        self.assertEqual((here.state, lost.state), ("received", "missing"))

    def test_own_ways_of_the_dealer_stay(self):
        posted, loose = self.make_awaited(2)
        parcel = posted.claim_id._create_part_returns()
        parcel.carrier = "Parcel service"
        delivery = self.make_delivery()
        delivery.action_collect_old_parts()
        self.assertFalse(parcel.delivery_id)
        self.assertEqual(loose.return_id.delivery_id, delivery)
        # Another truck finds nothing left.
        with self.assertRefused("No old part waits"):
            self.make_delivery().action_collect_old_parts()

    def test_refusals(self):
        self.make_awaited()
        for partner in (self.dealer_b, self.customer):
            delivery = self.make_delivery(partner)
            self.assertEqual(delivery.aftersales_collect_count, 0)
            with self.assertRefused("No old part waits"):
                delivery.action_collect_old_parts()
        delivery = self.make_delivery()
        delivery.sudo().action_cancel()
        with self.assertRefused("No old part waits"):
            delivery.action_collect_old_parts()
        stranger = self.make_delivery().with_user(self.env.ref("base.public_user"))
        with self.assertRefused("not allowed", AccessError):
            stranger.action_collect_old_parts()
