"""W18: two managers who grant at the same moment do not spend the budget twice."""

import threading
from unittest.mock import patch

import psycopg2.errors

from odoo import fields
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import tagged
from odoo.tools import mute_logger

from .concurrency import ConcurrencyCase

# No other test of this year's budgets commits: this team has a budget of its own.
TEAM = "Concurrent goodwill"


@tagged("post_install", "-at_install")
class TestGoodwillConcurrency(ConcurrencyCase):
    """Real database connections that commit."""

    def _make_data(self, env):
        team = env["aftersales.team"].create({"name": TEAM, "assignment": "manual"})
        product = env["product.product"].create({"name": TEAM})
        asset = env["aftersales.asset"].create({"product_id": product.id, "state": "in_service"})
        ticket = env["aftersales.ticket"].create(
            {"subject": TEAM, "asset_id": asset.id, "team_id": team.id}
        )
        budget = env["aftersales.goodwill.budget"].create({"team_id": team.id, "amount": 100.0})
        vals = {
            "ticket_id": ticket.id,
            "asset_id": asset.id,
            "reason_id": env["aftersales.goodwill.reason"].search([], limit=1).id,
            "description": "Both want it",
            "amount": 60.0,
        }
        goodwill = env["aftersales.goodwill"].create([dict(vals), dict(vals)])
        goodwill._write_past_guard({"state": "requested", "date_requested": fields.Datetime.now()})
        self.ids = {record._name: record.ids for record in (goodwill, budget, ticket, asset)}
        self.ids |= {product._name: product.ids, team._name: team.ids}

    def _remove_data(self):
        with self._connect() as env:
            goodwill = env["aftersales.goodwill"].browse(self.ids["aftersales.goodwill"])
            goodwill._write_past_guard({"state": "draft", "date_requested": False})
            env["aftersales.asset"].browse(self.ids["aftersales.asset"])._write_past_guard(
                {"state": "draft"}
            )
            goodwill.unlink()
            self._delete_tickets(env, self.ids["aftersales.ticket"])
            for model, ids in self.ids.items():
                if model not in ("aftersales.goodwill", "aftersales.ticket"):
                    env[model].browse(ids).unlink()

    def _assert_granted_once(self):
        with self._connect() as env:
            goodwill = env["aftersales.goodwill"].browse(self.ids["aftersales.goodwill"])
            self.assertEqual(sorted(goodwill.mapped("state")), ["approved", "requested"])
            budget = env["aftersales.goodwill.budget"].browse(
                self.ids["aftersales.goodwill.budget"]
            )
            self.assertEqual((budget.amount_committed, budget.amount_remaining), (60.0, 40.0))

    def test_two_connections_do_not_overspend(self):
        barrier, outcomes = threading.Barrier(2, timeout=30), []

        def approve(goodwill_id):
            try:
                with self._connect() as env:
                    goodwill = env["aftersales.goodwill"].browse(goodwill_id)
                    self.assertEqual(goodwill.state, "requested")
                    barrier.wait()
                    goodwill.action_approve()
                outcomes.append("granted")
            except UserError:
                outcomes.append("refused")
            except psycopg2.errors.OperationalError:
                outcomes.append("to retry")

        threads = [
            threading.Thread(target=approve, args=[goodwill_id])
            for goodwill_id in self.ids["aftersales.goodwill"]
        ]
        # The test runner holds the registry's lock while it waits for the threads, which need it.
        with mute_logger("odoo.sql_db"), patch.object(Registry, "_lock", DummyRLock()):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertEqual(len(outcomes), 2)
        self.assertEqual(outcomes.count("granted"), 1, outcomes)
        self._assert_granted_once()

    def test_what_is_tried_again_is_told_what_is_left(self):
        first, second = self.ids["aftersales.goodwill"]
        conflict = self.assertRaises(psycopg2.errors.SerializationFailure)
        with mute_logger("odoo.sql_db"), conflict, self._connect() as late:
            self.assertEqual(late["aftersales.goodwill"].browse(second).state, "requested")
            with self._connect() as fast:
                fast["aftersales.goodwill"].browse(first).action_approve()
            late["aftersales.goodwill"].browse(second).action_approve()
        with self.assertRaisesRegex(UserError, "40.00 left"), self._connect() as retry:
            retry["aftersales.goodwill"].browse(second).action_approve()
        self._assert_granted_once()
