"""W11: contracts are invoiced once, whoever is faster, with real connections that commit."""

import threading
from unittest.mock import patch

import psycopg2.errors

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import tagged
from odoo.tools import mute_logger

from .concurrency import ConcurrencyCase

NAME = "Concurrent contract"


@tagged("post_install", "-at_install")
class TestContractConcurrency(ConcurrencyCase):
    """Real database connections that commit."""

    def _make_data(self, env):
        partner = env["res.partner"].create({"name": NAME})
        machine, service = env["product.product"].create(
            [
                {"name": NAME},
                {"name": NAME, "type": "service", "aftersales_service_type": "contract"},
            ]
        )
        asset = env["aftersales.asset"].create(
            {"product_id": machine.id, "state": "in_service", "partner_id": partner.id}
        )
        contract = env["aftersales.contract"].create(
            {
                "partner_id": partner.id,
                "product_id": service.id,
                "date_start": fields.Date.today(),
                "period": "month",
                "line_ids": [Command.create({"asset_id": asset.id, "price": 1200.0})],
            }
        )
        contract.action_confirm()
        self.contract_id = contract.id
        self.ids = {record._name: record.ids for record in (asset, machine | service, partner)}

    def _remove_data(self):
        with self._connect() as env:
            contract = env["aftersales.contract"].browse(self.contract_id)
            moves = contract.period_ids.move_id
            contract.period_ids.unlink()
            moves.with_context(force_delete=True).unlink()
            contract._write_past_guard({"state": "draft"})
            contract.unlink()
            for model, ids in self.ids.items():
                records = env[model].browse(ids)
                if model == "aftersales.asset":
                    records._write_past_guard({"state": "draft"})
                records.unlink()

    def _assert_invoiced_once(self):
        with self._connect() as env:
            contract = env["aftersales.contract"].browse(self.contract_id)
            self.assertEqual(contract.period_ids.mapped("amount"), [100.0])
            self.assertEqual(contract.period_ids.move_id.mapped("amount_untaxed"), [100.0])

    def test_two_connections_invoice_once(self):
        barrier, outcomes = threading.Barrier(2, timeout=30), []

        def invoice():
            try:
                with self._connect() as env:
                    contract = env["aftersales.contract"].browse(self.contract_id)
                    self.assertEqual(contract.state, "running")
                    barrier.wait()
                    contract.action_invoice()
                outcomes.append("invoiced")
            except UserError:
                outcomes.append("refused")
            except psycopg2.errors.OperationalError:
                outcomes.append("to retry")

        threads = [threading.Thread(target=invoice) for __ in range(2)]
        # The test runner holds the registry's lock while it waits for the threads, which need it.
        with mute_logger("odoo.sql_db"), patch.object(Registry, "_lock", DummyRLock()):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertEqual(len(outcomes), 2)
        self.assertEqual(outcomes.count("invoiced"), 1, outcomes)
        self._assert_invoiced_once()

    def test_retry_after_the_other_committed_is_refused(self):
        conflict = self.assertRaises(psycopg2.errors.SerializationFailure)
        with mute_logger("odoo.sql_db"), conflict, self._connect() as late:
            contract = late["aftersales.contract"].browse(self.contract_id)
            self.assertFalse(contract.period_ids)
            with self._connect() as fast:
                fast["aftersales.contract"].browse(self.contract_id).action_invoice()
            # This is what makes Odoo run the request again, which then sees the invoice:
            contract.action_invoice()
        with self.assertRaisesRegex(UserError, "nothing is due"), self._connect() as retry:
            retry["aftersales.contract"].browse(self.contract_id).action_invoice()
        self._assert_invoiced_once()

    def test_the_job_leaves_what_another_process_invoices(self):
        with self._connect() as first, self._connect() as second:
            contract = first["aftersales.contract"].browse(self.contract_id)
            contract.lock_for_update()
            locked = second["aftersales.contract"].browse(self.contract_id)
            self.assertFalse(locked.try_lock_for_update())
            contract._make_invoices()
        self._assert_invoiced_once()

    def test_database_refuses_a_second_period(self):
        with self._connect() as env:
            env["aftersales.contract"].browse(self.contract_id).action_invoice()
        refused = self.assertRaises(psycopg2.errors.UniqueViolation)
        with mute_logger("odoo.sql_db"), refused, self._connect() as env:
            env["aftersales.contract"].browse(self.contract_id).period_ids.copy()
        self._assert_invoiced_once()
