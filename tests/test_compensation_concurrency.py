"""X05: two people who decide or pay at the same moment do not pay a customer twice."""

import threading
from unittest.mock import patch

import psycopg2.errors

from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import tagged
from odoo.tools import mute_logger

from .concurrency import ConcurrencyCase

NAME = "Concurrent compensation"


@tagged("post_install", "-at_install")
class TestCompensationConcurrency(ConcurrencyCase):
    """Real database connections that commit."""

    def _make_data(self, env):
        if not env.company.chart_template:
            env["account.chart.template"].try_loading(
                "generic_coa", company=env.company, install_demo=False
            )
        partner = env["res.partner"].create({"name": NAME})
        compensation = env["aftersales.compensation"].create(
            {"partner_id": partner.id, "amount": 60.0, "reason": "other"}
        )
        compensation.action_propose()
        self.compensation_id, self.partner_id = compensation.id, partner.id

    def _remove_data(self):
        with self._connect() as env:
            compensation = env["aftersales.compensation"].browse(self.compensation_id)
            compensation.move_ids.unlink()
            compensation._write_past_guard({"state": "draft", "date_proposed": False})
            compensation.unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _count_moves(self):
        with self._connect() as env:
            return env["account.move"].search_count(
                [("aftersales_compensation_id", "=", self.compensation_id)]
            )

    def _run_twice(self, action):
        """Call ``action(compensation)`` in two connections at once; return the outcomes."""
        barrier, outcomes = threading.Barrier(2, timeout=30), []

        def act():
            try:
                with self._connect() as env:
                    compensation = env["aftersales.compensation"].browse(self.compensation_id)
                    compensation.mapped("state")
                    barrier.wait()
                    action(compensation)
                outcomes.append("done")
            except UserError:
                outcomes.append("refused")
            except psycopg2.errors.OperationalError:
                outcomes.append("to retry")

        threads = [threading.Thread(target=act) for _i in range(2)]
        # The test runner holds the registry's lock while it waits for the threads, which need it.
        with mute_logger("odoo.sql_db"), patch.object(Registry, "_lock", DummyRLock()):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertEqual(len(outcomes), 2)
        return outcomes

    def test_approved_twice_at_once_is_credited_once(self):
        outcomes = self._run_twice(lambda compensation: compensation.action_approve())
        self.assertEqual(outcomes.count("done"), 1, outcomes)
        self.assertEqual(self._count_moves(), 1)

    def test_two_accountants_draft_one_credit_note(self):
        with self._connect() as env:
            compensation = env["aftersales.compensation"].browse(self.compensation_id)
            compensation.action_approve()
            compensation.move_ids.unlink()
        self._run_twice(lambda compensation: compensation.action_create_credit_note())
        self.assertEqual(self._count_moves(), 1)
