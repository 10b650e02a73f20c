from contextlib import contextmanager
from unittest.mock import patch

from odoo.fields import Command

from .common import AftersalesCommon


class DeliveryCommon(AftersalesCommon):
    """Products of each kind of tracking, and the ways goods go out and come back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pump, cls.pump_lot = cls.env["product.product"].create(
            [
                {
                    "name": f"Pump {tracking}",
                    "is_storable": True,
                    "tracking": tracking,
                    "warranty_policy_id": cls.policy.id,
                }
                for tracking in ("none", "lot")
            ]
        )

    def stock(self, product, quantity, lot=None):
        self.env["stock.quant"]._update_available_quantity(
            product, self.stock_location, quantity, lot_id=lot
        )

    def make_lots(self, *names, quantity):
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": self.pump_lot.id} for name in names]
        )
        for lot in lots:
            self.stock(self.pump_lot, quantity, lot)
        return lots

    def order(self, product, quantity, uom=None, partner=None, **values):
        """Return a confirmed order of ``product``."""
        line = {"product_id": product.id, "product_uom_qty": quantity}
        if uom:
            line["product_uom_id"] = uom.id
        order = self.env["sale.order"].create(
            {
                "partner_id": (partner or self.customer).id,
                "order_line": [Command.create(line)],
                **values,
            }
        )
        order.action_confirm()
        return order

    def assets_of(self, product):
        return self.env["aftersales.asset"].search([("product_id", "=", product.id)], order="id")

    def return_goods(self, picking, quantity=None, user=None, exchange=False):
        """Return a delivery by the wizard, in full or a quantity; validate and return it."""
        env = self.env(user=user) if user else self.env
        wizard = env["stock.return.picking"].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
        )
        wizard = wizard.create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            line.quantity = line.move_id.quantity if quantity is None else quantity
        action = wizard.action_create_exchanges() if exchange else wizard.action_create_returns()
        return self.deliver(env["stock.picking"].browse(action["res_id"]))

    @contextmanager
    def unhooked(self):
        """Deliveries before the addon was installed: no asset is made."""
        moves = self.env.registry["stock.move"]
        with (
            patch.object(moves, "_make_aftersales_assets"),
            patch.object(moves, "_end_aftersales_assets"),
        ):
            yield

    def assert_same_rows(self, records, own):
        """The stored columns of ``records`` are the same, except numbers and ``own``."""
        own = {"id", "name", "create_date", "write_date", *own}
        self.env.cr.execute(f"SELECT * FROM {records._table} WHERE id IN %s", [records._ids])
        rows = self.env.cr.dictfetchall()
        self.assertEqual(len(rows), len(records))
        for row in rows[1:]:
            self.assertEqual(
                {name: value for name, value in row.items() if name not in own},
                {name: value for name, value in rows[0].items() if name not in own},
            )
