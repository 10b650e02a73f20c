"""F05: two withdrawals of a deposit at once, with real database connections that commit."""

import threading
from unittest.mock import patch

import psycopg2.errors

from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_dealer.models.aftersales_deposit_move_entry import DEPOSITING

from .concurrency import ConcurrencyCase


@tagged("post_install", "-at_install")
class TestDepositConcurrency(ConcurrencyCase):
    """A deposit of 100 pays 60 once, whoever is faster."""

    def _make_data(self, env):
        self.old_account_id = env.company.aftersales_deposit_account_id.id
        account = env["account.account"].create(
            {
                "name": "Concurrent deposits",
                "code": "CCDEP",
                "account_type": "liability_current",
                "company_ids": env.company.ids,
            }
        )
        other = account.copy({"code": "CCOTH", "name": "Concurrent other"})
        env.company.aftersales_deposit_account_id = account
        dealer = env["res.partner"].create(
            {"name": "Concurrent Depositor", "is_company": True, "is_dealer": True}
        )
        self.account_ids, self.dealer_id = (account + other).ids, dealer.id
        vals = {
            "dealer_id": dealer.id,
            "reason": "Concurrent",
            "purpose": "other",
            "counterpart_account_id": other.id,
        }
        deposits = env["aftersales.deposit.move"]
        first = deposits.create(dict(vals, amount=100.0))
        first.action_post()
        self.draft_ids = deposits.create(
            [dict(vals, amount=60.0, direction="out") for __ in range(2)]
        ).ids

    def _remove_data(self):
        with self._connect() as env:
            deposits = env["aftersales.deposit.move"].search([("dealer_id", "=", self.dealer_id)])
            moves = deposits.move_id.with_context(aftersales_depositing=DEPOSITING)
            deposits._write_past_guard({"state": "draft", "line_id": False, "move_id": False})
            deposits.unlink()
            moves.button_draft()
            moves.with_context(force_delete=True).unlink()
            env.company.aftersales_deposit_account_id = self.old_account_id
            env["account.account"].browse(self.account_ids).unlink()
            env["res.partner"].browse(self.dealer_id).unlink()

    def _balance(self, env):
        dealer = env["res.partner"].browse(self.dealer_id)
        return dealer._get_deposit_balances(env.company)[dealer]

    def test_two_withdrawals_at_once(self):
        barrier, outcomes = threading.Barrier(2, timeout=60), []

        def withdraw(deposit_id):
            try:
                with self._connect() as env:
                    deposit = env["aftersales.deposit.move"].browse(deposit_id)
                    assert self._balance(env) == 100.0
                    barrier.wait()
                    deposit.action_post()
                outcomes.append("booked")
            except UserError:
                outcomes.append("refused")
            except psycopg2.errors.OperationalError:
                outcomes.append("to retry")

        threads = [threading.Thread(target=withdraw, args=(one,)) for one in self.draft_ids]
        # The test runner holds the registry's lock while it waits for the threads, which need it.
        with mute_logger("odoo.sql_db"), patch.object(Registry, "_lock", DummyRLock()):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        self.assertEqual(sorted(outcomes), ["booked", "to retry"])
        with self._connect() as env:
            self.assertEqual(self._balance(env), 40.0)
            left = (
                env["aftersales.deposit.move"]
                .browse(self.draft_ids)
                .filtered(lambda deposit: deposit.state == "draft")
            )
            self.assertEqual(len(left), 1)
        # What Odoo does with the request that lost: it runs again and sees what is left.
        with self.assertRaisesRegex(UserError, "short by"), self._connect() as env:
            env["aftersales.deposit.move"].browse(left.ids).action_post()
