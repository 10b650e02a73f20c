from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_visit import VisitCommon


@tagged("post_install", "-at_install")
class TestVisitParts(VisitCommon):
    """V08: parts used leave the van or the warehouse, once; old parts come back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.van = cls.env["stock.location"].create(
            {"name": "Van 1", "usage": "internal", "location_id": cls.stock_location.id}
        )
        cls.env["stock.quant"]._update_available_quantity(cls.part, cls.van, 3.0)
        cls.env["stock.quant"]._update_available_quantity(cls.part, cls.stock_location, 10.0)

    def available(self, location, product=None):
        return self.env["stock.quant"]._get_available_quantity(
            product or self.part, location, strict=True
        )

    def line(self, **values):
        return Command.create({"product_id": self.part.id} | values)

    def test_used_parts_leave_the_van(self):
        self.technician.aftersales_location_id = self.van
        visit = self.make_arrived(line_ids=[self.line(quantity=2)])
        visit.action_done()
        self.assertEqual(self.available(self.van), 1.0)
        self.assertEqual(self.available(self.stock_location), 10.0)
        picking = visit.sudo().picking_ids
        self.assertRecordValues(
            picking, [{"state": "done", "origin": visit.name, "partner_id": self.customer.id}]
        )
        self.assertEqual(picking.location_dest_id.usage, "customer")
        self.assertEqual(visit.picking_count, 1)
        self.assertEqual(self.asset.fitted_line_ids.product_id, self.part)

    def test_parts_and_signature_saved_in_one_go(self):
        visit = self.make_arrived()
        visit.signature = False
        visit.write(
            {
                "signature": b"R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7",
                "signed_by": "Farmer",
                "line_ids": [self.line()],
            }
        )
        self.assertEqual(visit.line_ids.product_id, self.part)
        with self.assertRaises(UserError):
            visit.write({"line_ids": [self.line()]})

    def test_without_a_van_they_leave_the_warehouse(self):
        visit = self.make_arrived(line_ids=[self.line(quantity=2)])
        visit.action_done()
        self.assertEqual(self.available(self.stock_location), 8.0)

    def test_parts_move_once(self):
        visit = self.make_arrived(line_ids=[self.line()])
        visit.action_done()
        with self.assertRaisesRegex(UserError, "cannot become"):
            visit.action_done()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            visit._move_parts()
        self.assertEqual(self.available(self.stock_location), 9.0)

    def test_more_than_there_is_goes_negative_as_in_repairs(self):
        self.technician.aftersales_location_id = self.van
        visit = self.make_arrived(line_ids=[self.line(quantity=5)])
        visit.action_done()
        quants = self.env["stock.quant"].search(
            [("product_id", "=", self.part.id), ("location_id", "=", self.van.id)]
        )
        self.assertEqual(sum(quants.mapped("quantity")), -2.0)

    def test_serial_parts_need_their_serial(self):
        tracked = self.env["product.product"].create(
            {"name": "Control unit", "is_storable": True, "tracking": "serial"}
        )
        lot = self.make_serials("CU-1", product=tracked)
        visit = self.make_visit(line_ids=[Command.create({"product_id": tracked.id})])
        visit.action_schedule()
        visit = visit.with_user(self.technician_user)
        visit.action_depart()
        visit.action_arrive()
        visit.write({"work_done": "<p>x</p>", "fixed": "yes", "refusal_reason": "Away"})
        with self.assertRaisesRegex(UserError, "serial or lot"):
            visit.action_done()
        with self.assertRaisesRegex(ValidationError, "quantity 1"), self.cr.savepoint():
            visit.line_ids.quantity = 2
        with self.assertRaisesRegex(ValidationError, "no serial of"), self.cr.savepoint():
            visit.line_ids.lot_id = self.asset.lot_id
        visit.line_ids.write({"lot_id": lot.id})
        visit.action_done()
        self.assertEqual(lot.quant_ids.filtered("quantity").location_id.usage, "customer")

    def test_old_parts_come_back_but_not_into_usable_stock(self):
        visit = self.make_arrived(line_ids=[self.line(kind="removed"), self.line()])
        visit.action_done()
        self.assertEqual(self.available(self.stock_location), 9.0)
        back = visit.sudo().picking_ids.filtered(lambda p: p.location_id.usage == "customer")
        self.assertEqual(back.state, "done")
        self.assertNotEqual(back.location_dest_id.usage, "customer")

    def test_services_and_bad_quantities_are_refused(self):
        service = self.env["product.product"].create({"name": "Advice", "type": "service"})
        with self.assertRaisesRegex(ValidationError, "no material"):
            self.make_visit(line_ids=[Command.create({"product_id": service.id})])
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.make_visit(line_ids=[self.line(quantity=-1)])
