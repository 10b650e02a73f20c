from odoo.fields import Command
from odoo.tests import tagged

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestPartRepair(ClaimCommon):
    """Old parts that the company's own workshop takes out come back, too (D09)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part.standard_price = 60.0
        cls.company.aftersales_technician_parts = "covered"

    def make_repair(self, kind="remove", part=None, lots=(), **values):
        """Return a finished repair of the claimed machine that took ``part`` out."""
        part = part or self.part
        repair = self.env["repair.order"].create(
            {
                "product_id": self.asset.product_id.id,
                "lot_id": self.asset.lot_id.id,
                "partner_id": self.customer.id,
                "user_id": self.technician_user.id,
                "under_warranty": True,
                "move_ids": [
                    Command.create(
                        {
                            "repair_line_type": kind,
                            "product_id": part.id,
                            "product_uom_qty": len(lots) or 1.0,
                        }
                    )
                ],
                **values,
            }
        )
        repair.action_validate()
        repair.action_repair_start()
        move = repair.move_ids
        if lots:
            move.move_line_ids.unlink()
            move.move_line_ids = [
                Command.create(
                    {
                        "product_id": part.id,
                        "lot_id": lot.id,
                        "quantity": 1.0,
                        "location_id": move.location_id.id,
                        "location_dest_id": move.location_dest_id.id,
                    }
                )
                for lot in lots
            ]
        else:
            move.quantity = 1.0
        move.picked = True
        repair.action_repair_end()
        return repair

    def get_parts(self, repair):
        return self.env["aftersales.part.return.line"].search(
            [("repair_move_id", "in", repair.move_ids.ids)]
        )

    def bring_back(self, part):
        """Let the technician pack and ship, the warehouse receive, the appraiser judge."""
        returns = self.env["aftersales.part.return"].with_user(self.technician_user)
        shipment = returns._pack_awaited(part.with_user(self.technician_user))
        shipment.action_ship()
        shipment = shipment.with_user(self.dealer_user)
        for label in part.mapped("label"):
            shipment.scan_code(label, shipment.id)
        shipment.scan_finish()
        part.with_user(self.appraiser).appraisal = "unusable"
        shipment.with_user(self.appraiser).action_appraise()
        return shipment

    def get_quants(self):
        """Return {(location, owner): quantity} of the part, but where goods come from nothing."""
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.part.id),
                ("location_id.usage", "in", ("internal", "transit", "inventory")),
            ]
        )
        return {(q.location_id, q.owner_id): q.quantity for q in quants if q.quantity}

    def test_old_part_of_a_repair_goes_the_same_way(self):
        before = (self.part.qty_available, self.part.total_value)
        part = self.get_parts(self.make_repair())
        self.assertRecordValues(
            part,
            [{"technician_id": self.technician.id, "state": "awaiting", "asset_id": self.asset.id}],
        )
        self.bring_back(part)
        self.assertRecordValues(
            part,
            [
                {
                    "state": "appraised",
                    "location_id": self.company.aftersales_unusable_location_id.id,
                }
            ],
        )
        self.part.invalidate_recordset()
        self.assertEqual((self.part.qty_available, self.part.total_value), before)

    def test_nothing_is_left_or_missing_where_the_part_lay(self):
        before = self.get_quants()
        part = self.get_parts(self.make_repair())
        self.bring_back(part)
        after = self.get_quants()
        changed = {key: after.get(key, 0.0) - before.get(key, 0.0) for key in {*after, *before}}
        changed = {key: value for key, value in changed.items() if value}
        unusable = self.company.aftersales_unusable_location_id
        self.assertEqual(changed, {(unusable, self.customer): 1.0})

    def test_each_serial_is_a_part_of_its_own(self):
        part = self.env["product.product"].create(
            {"name": "Old ECU", "is_storable": True, "tracking": "serial"}
        )
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": part.id} for name in ("ECU-1", "ECU-2")]
        )
        parts = self.get_parts(self.make_repair(part=part, lots=lots))
        self.assertEqual(parts.lot_id, lots)
        self.assertEqual(parts.mapped("quantity"), [1.0, 1.0])

    def test_what_is_not_wanted_back(self):
        paid = {"under_warranty": False, "product_id": self.part.id, "lot_id": False}
        self.assertFalse(self.get_parts(self.make_repair(**paid)))
        self.assertFalse(self.get_parts(self.make_repair(kind="recycle")))
        self.company.aftersales_technician_parts = "no"
        self.assertFalse(self.get_parts(self.make_repair()))

    def test_repair_without_a_known_technician(self):
        self.assertFalse(self.get_parts(self.make_repair(user_id=self.dealer_user.id)))
