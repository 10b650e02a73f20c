from datetime import date

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .parts_common import AftersalesPartsCommon


@tagged("post_install", "-at_install")
class TestSupplierWarranty(AftersalesPartsCommon):
    """What suppliers promise us for assets and parts (W19)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls.env["res.partner"].create({"name": "Test Maker", "is_company": True})
        cls.warranties = cls.env["aftersales.supplier.warranty"]
        cls.today = fields.Date.context_today(cls.env.user)

    @classmethod
    def promise(cls, product, months=18):
        cls.env["product.supplierinfo"].create(
            {
                "partner_id": cls.supplier.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "warranty_months": months,
                "warranty_terms": "Parts only, sent back within 30 days",
            }
        )

    @classmethod
    def receive(cls, product, *serials):
        """Receive new serials from the supplier, the real way, and return them."""
        picking = cls.env["stock.picking"].create(
            {
                "picking_type_id": cls.warehouse.in_type_id.id,
                "partner_id": cls.supplier.id,
                "location_id": cls.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": cls.stock_location.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": len(serials),
                            "location_id": cls.env.ref("stock.stock_location_suppliers").id,
                            "location_dest_id": cls.stock_location.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        lots = cls.env["stock.lot"].create(
            [{"name": name, "product_id": product.id} for name in serials]
        )
        for line, lot in zip(picking.move_ids.move_line_ids, lots, strict=True):
            line.write({"lot_id": lot.id, "quantity": 1.0})
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        assert picking.state == "done"
        return lots

    def sell_received(self, *serials):
        lots = self.receive(self.machine, *serials)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": self.machine.id, "product_uom_qty": len(lots)})
                ],
            }
        )
        order.action_confirm()
        self.deliver(order.picking_ids)
        return self.env["aftersales.asset"].search([("lot_id", "in", lots.ids)], order="id")

    def test_delivery_records_the_suppliers_promise(self):
        self.promise(self.machine)
        asset = self.sell_received("SW-1")
        self.assertRecordValues(
            asset.supplier_warranty_ids,
            [
                {
                    "partner_id": self.supplier.id,
                    "product_id": self.machine.id,
                    "serial": "SW-1",
                    "date_start": self.today,
                    "date_end": fields.Date.add(self.today, months=18),
                    "is_running": True,
                }
            ],
        )
        self.assertFalse(asset.get_entitlement(date="2099-01-01")[asset.id]["parts"])

    def test_found_later_and_once(self):
        asset = self.sell_received("SW-2")
        self.assertFalse(asset.supplier_warranty_ids)
        self.promise(self.machine)
        for _time in range(2):
            asset.with_user(self.agent_user).action_find_supplier_warranties()
        self.assertEqual(len(asset.supplier_warranty_ids), 1)
        with self.assertRaises(AccessError):
            asset.with_user(self.technician_user).action_find_supplier_warranties()

    def test_own_production_has_none(self):
        self.promise(self.machine)
        self.assertFalse(self.sell("SW-3").supplier_warranty_ids)

    def test_parts_inside_have_theirs(self):
        self.promise(self.serial_part, months=6)
        lot = self.receive(self.serial_part, "GB-77")
        asset = self.sell("SW-4")
        part = self.env["aftersales.asset.part"].create(
            {"asset_id": asset.id, "product_id": self.serial_part.id, "lot_id": lot.id}
        )
        warranty = part.supplier_warranty_ids
        self.assertEqual(warranty.asset_id, asset)
        cover = asset._get_supplier_cover(self.today, part=self.serial_part)
        self.assertEqual(cover, {asset.id: warranty})
        self.assertFalse(asset._get_supplier_cover(self.today)[asset.id])
        late = fields.Date.add(self.today, months=7)
        self.assertFalse(asset._get_supplier_cover(late, part=self.serial_part)[asset.id])

    def test_by_hand_by_managers(self):
        asset = self.sell("SW-5")
        vals = {
            "asset_id": asset.id,
            "partner_id": self.supplier.id,
            "date_start": date(2026, 1, 1),
            "date_end": date(2026, 12, 31),
        }
        with self.assertRaises(AccessError):
            self.warranties.with_user(self.agent_user).create(vals)
        self.warranties.with_user(self.manager_user).create(vals)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.warranties.create(vals | {"date_end": date(2025, 1, 1)})

    def test_running_is_searched(self):
        self.promise(self.machine)
        asset = self.sell_received("SW-6")
        found = self.warranties.search([("is_running", "=", True)])
        self.assertIn(asset.supplier_warranty_ids, found)
        ended = self.warranties.search([("is_running", "=", False)])
        self.assertNotIn(asset.supplier_warranty_ids, ended)

    def test_many_in_constant_queries(self):
        self.promise(self.machine)
        assets = self.sell_received(*(f"SWQ-{n}" for n in range(12)))
        assets.supplier_warranty_ids.unlink()

        def count(things):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.warranties._make_from_receipts(things)
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        count(assets[:1])
        few, many = count(assets[1:3]), count(assets[3:])
        self.assertLessEqual(many, few + 1)
