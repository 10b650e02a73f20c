"""W02 with Odoo's manufacturing and dropshipping. They are no dependencies: `./dev test` runs this
file a second time on a database that has them.
"""

from odoo.fields import Command
from odoo.tests import tagged

from .delivery_common import DeliveryCommon


class OptionalCommon(DeliveryCommon):
    """Skips the tests of a module that is not installed."""

    needs = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.needs not in cls.env["ir.module.module"]._installed():
            cls.skipTest(cls, f"{cls.needs} is not installed")


@tagged("post_install", "-at_install")
class TestKit(OptionalCommon):
    """Kits: their components become assets."""

    needs = "sale_mrp"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kit_policy = cls.policy.copy({"name": "Kit policy"})
        cls.kit, cls.motor = cls.env["product.product"].create(
            [
                {"name": "Set", "type": "consu", "warranty_policy_id": cls.kit_policy.id},
                {"name": "Motor", "is_storable": True, "tracking": "serial"},
            ]
        )
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": product.id, "product_qty": quantity})
                    for product, quantity in ((cls.motor, 1), (cls.machine, 1), (cls.part, 4))
                ],
            }
        )

    def deliver_kit(self):
        self.make_serials("M-1", product=self.motor)
        self.make_serials("T-1")
        self.stock(self.part, 4)
        order = self.order(self.kit, 1)
        return order, self.deliver(order.picking_ids)

    def test_components_become_assets_with_the_kits_policy_when_they_have_none(self):
        order, picking = self.deliver_kit()
        motor, tractor = (self.assets_of(product) for product in (self.motor, self.machine))
        self.assertRecordValues(
            motor | tractor,
            [
                {"serial": "M-1", "warranty_policy_id": self.kit_policy.id},
                {"serial": "T-1", "warranty_policy_id": self.policy.id},
            ],
        )
        self.assertEqual((motor | tractor).sale_line_id, order.order_line)
        self.assertFalse(self.assets_of(self.part))
        self.assertEqual(picking.aftersales_asset_count, 2)

    def test_returned_kit_ends_its_components(self):
        __, picking = self.deliver_kit()
        self.return_goods(picking)
        assets = self.assets_of(self.motor) | self.assets_of(self.machine)
        self.assertEqual(set(assets.mapped("state")), {"returned"})


@tagged("post_install", "-at_install")
class TestDropship(OptionalCommon):
    """Dropshipping: from the supplier to the customer."""

    needs = "stock_dropshipping"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.env["res.partner"].create({"name": "Test Maker"})
        cls.machine.write(
            {
                "seller_ids": [Command.create({"partner_id": cls.vendor.id, "price": 500})],
                "route_ids": [
                    Command.link(cls.env.ref("stock_dropshipping.route_drop_shipping").id)
                ],
            }
        )

    def receive(self, purchase, serial):
        purchase.button_confirm()
        picking = purchase.picking_ids
        picking.move_ids.move_line_ids.unlink()
        picking.move_ids.move_line_ids = [
            Command.create({"product_id": self.machine.id, "lot_name": serial, "quantity": 1})
        ]
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def test_dropshipped_serial_is_the_customers_asset(self):
        order = self.order(self.machine, 1)
        picking = self.receive(order._get_purchase_orders(), "DS-1")
        asset = self.assets_of(self.machine)
        self.assertRecordValues(
            asset,
            [
                {
                    "serial": "DS-1",
                    "partner_id": self.customer.id,
                    "site_id": self.customer.id,
                    "sale_line_id": order.order_line.id,
                    "warranty_state": "active",
                    "company_id": self.company.id,
                }
            ],
        )
        self.return_goods(picking)
        self.assertEqual(asset.state, "returned")

    def test_purchase_for_a_customer_without_a_sale(self):
        dropship = self.env["stock.picking.type"].search(
            [("code", "=", "dropship"), ("company_id", "=", self.company.id)], limit=1
        )
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "picking_type_id": dropship.id,
                "dest_address_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.machine.id, "product_qty": 1})],
            }
        )
        self.receive(purchase, "DS-2")
        self.assertRecordValues(
            self.assets_of(self.machine),
            [{"serial": "DS-2", "partner_id": self.customer.id, "sale_line_id": False}],
        )
