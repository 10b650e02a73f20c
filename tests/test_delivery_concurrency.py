"""W02: two workers validate the same delivery at once, with real connections that commit."""

from contextlib import contextmanager

import psycopg2.errors

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestDeliveryConcurrency(BaseCase):
    """The unique index lets one of two make the asset."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())

    @contextmanager
    def _connect(self):
        """A connection of its own; nothing is committed unless asked for."""
        with self.registry.cursor() as cr:
            try:
                yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            finally:
                cr.rollback()

    def test_the_second_is_refused_by_the_index(self):
        with self._connect() as env:
            vals = self._make_delivery(env)
            env.cr.commit()
        self.addCleanup(self._remove, vals)
        with self._connect() as first, self._connect() as second:
            for env in (first, second):
                env.cr.execute("SET LOCAL lock_timeout = '5s'")
                # Both look before either has made anything.
                self.assertFalse(
                    env["aftersales.asset"]._get_known_delivery_keys([vals["stock_move_id"]])
                )
            made = first["aftersales.asset"]._make_delivered([dict(vals)])
            made.flush_recordset()
            first.cr.commit()
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.UniqueViolation),
            ):
                second["aftersales.asset"]._make_delivered([dict(vals)])
        with self._connect() as env:
            found = env["aftersales.asset"].search([("lot_id", "=", vals["lot_id"])])
            self.assertEqual(len(found), 1)

    def _make_delivery(self, env):
        """Return the values of an asset of a delivery that is not validated yet."""
        product = env["product.product"].create(
            {"name": "Concurrent Machine", "is_storable": True, "tracking": "serial"}
        )
        lot = env["stock.lot"].create({"name": "CONCURRENT-1", "product_id": product.id})
        partner = env["res.partner"].create({"name": "Concurrent Farm"})
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        order.action_confirm()
        move = order.picking_ids.move_ids
        return dict(move._prepare_aftersales_asset_vals(), lot_id=lot.id, quantity=1.0)

    def _remove(self, vals):
        with self._connect() as env:
            assets = env["aftersales.asset"].search([("lot_id", "=", vals["lot_id"])])
            assets._write_past_guard({"state": "scrapped"})
            env.cr.execute("DELETE FROM aftersales_asset WHERE id IN %s", [assets._ids or (0,)])
            order = env["sale.order.line"].browse(vals["sale_line_id"]).order_id
            order._action_cancel()
            env.cr.commit()
