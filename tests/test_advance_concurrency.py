"""F05: a consumer is paid once, with real database connections that commit."""

import threading
from unittest.mock import patch

import psycopg2.errors

from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_dealer.models.account_move_advance import ADVANCING

from .concurrency import ConcurrencyCase


@tagged("post_install", "-at_install")
class TestAdvanceConcurrency(ConcurrencyCase):
    """Two accountants pay the same advance compensation at the same second."""

    def _make_data(self, env):
        self.old_account_id = env.company.aftersales_recourse_account_id.id
        account = env["account.account"].create(
            {
                "name": "Concurrent recourse",
                "code": "CCREC",
                "account_type": "asset_current",
                "company_ids": env.company.ids,
            }
        )
        env.company.aftersales_recourse_account_id = account
        partners = env["res.partner"].create(
            [
                {"name": "Concurrent Dealer", "is_company": True, "is_dealer": True},
                {"name": "Concurrent Consumer"},
            ]
        )
        advance = env["aftersales.advance"].create(
            {
                "dealer_id": partners[0].id,
                "partner_id": partners[1].id,
                "description": "Concurrent",
                "amount_claimed": 100.0,
            }
        )
        advance._write_past_guard({"state": "approved"})
        self.account_id, self.partner_ids = account.id, partners.ids
        self.advance_id = advance.id
        self.journal_id = (
            env["account.journal"]
            .search([("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1)
            .id
        )

    def _remove_data(self):
        with self._connect() as env:
            advance = env["aftersales.advance"].browse(self.advance_id)
            payments = env["account.payment"].search([("partner_id", "in", self.partner_ids)])
            moves = (advance.move_ids | payments.move_id).with_context(
                aftersales_advancing=ADVANCING
            )
            moves.line_ids.remove_move_reconcile()
            advance._write_past_guard({"state": "draft", "payment_id": False})
            payments.action_draft()
            payments.unlink()
            entries = moves.exists()
            entries.button_draft()
            entries.aftersales_advance_id = False
            entries.with_context(force_delete=True).unlink()
            advance.unlink()
            env.company.aftersales_recourse_account_id = self.old_account_id
            env["account.account"].browse(self.account_id).unlink()
            env["res.partner"].browse(self.partner_ids).unlink()

    def _pay(self, env):
        journal = env["account.journal"].browse(self.journal_id)
        env["aftersales.advance"].browse(self.advance_id).action_pay(journal=journal)

    def test_two_accountants_pay_once(self):
        barrier, outcomes = threading.Barrier(2, timeout=60), []

        def pay():
            try:
                with self._connect() as env:
                    state = env["aftersales.advance"].browse(self.advance_id).state
                    assert state == "approved"
                    barrier.wait()
                    self._pay(env)
                outcomes.append("paid")
            except UserError:
                outcomes.append("refused")
            except psycopg2.errors.OperationalError:
                outcomes.append("to retry")

        threads = [threading.Thread(target=pay) for __ in range(2)]
        # The test runner holds the registry's lock while it waits for the threads, which need it.
        with mute_logger("odoo.sql_db"), patch.object(Registry, "_lock", DummyRLock()):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        self.assertEqual(sorted(outcomes), ["paid", "to retry"])
        # What Odoo does with the request that lost: it runs again and sees what was paid.
        with self.assertRaisesRegex(UserError, "cannot become"), self._connect() as env:
            self._pay(env)
        with self._connect() as env:
            advance = env["aftersales.advance"].browse(self.advance_id)
            self.assertEqual((advance.state, advance.amount_paid), ("paid", 100.0))
            self.assertEqual(len(advance.move_ids), 1)
            paid = env["account.payment"].search([("partner_id", "in", self.partner_ids)])
            self.assertEqual(paid.mapped("amount"), [100.0])
