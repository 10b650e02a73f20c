from odoo.fields import Command
from odoo.tests import tagged

from .campaign_common import CampaignCommon


@tagged("post_install", "-at_install")
class TestCampaignStop(CampaignCommon):
    """W15: what leaves decides, however the transfer names it; what stays behind stops nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign.action_open()

    def make_move(self, source, quantity=1.0):
        return self.env["stock.move"].create(
            {
                "product_id": self.machine.id,
                "product_uom_qty": quantity,
                "location_id": source.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )

    def test_affected_serial_that_is_not_picked_stays(self):
        good = self.make_serials("RC-3")
        move = self.make_move(self.stock_location, 2.0)
        move._action_confirm()
        move._action_assign()
        lines = move.move_line_ids
        self.assertEqual(lines.lot_id, good | self.lot_stock)
        lines.filtered(lambda line: line.lot_id == good).picked = True
        move._action_done()
        self.assertEqual(move.state, "done")
        self.assertEqual(move.move_line_ids.lot_id, good)

    def test_typed_serial_of_a_dropship_is_stopped(self):
        move = self.make_move(self.env.ref("stock.stock_location_suppliers"))
        move.picking_type_id = self.warehouse.in_type_id  # may name new serials
        self.stock_location.quant_ids.filtered(lambda q: q.lot_id == self.lot_stock).unlink()
        move._action_confirm()
        move.move_line_ids = [
            Command.clear(),
            Command.create({"product_id": self.machine.id, "lot_name": "RC-2", "quantity": 1.0}),
        ]
        move.picked = True
        with self.assertRefused("RC-2: .*Brake hose"):
            move._action_done()
