"""F04: concurrent settlement, with real database connections that commit."""

import threading
from unittest.mock import patch

import psycopg2
import psycopg2.errors

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_dealer.models.account_move import SETTLING

from .concurrency import ConcurrencyCase


@tagged("post_install", "-at_install")
class TestNoticeConcurrency(ConcurrencyCase):
    """Real database connections that commit: a notice is settled once, whoever is faster (F04)."""

    def _make_data(self, env):
        dealer = env["res.partner"].create(
            {"name": "Concurrent Dealer", "is_company": True, "is_dealer": True}
        )
        self.dealer_id = dealer.id
        today = fields.Date.context_today(dealer)
        claim = env["aftersales.claim"].create(
            {"dealer_id": dealer.id, "date_repair": today, "date_failure": today}
        )
        line = env["aftersales.claim.line"].create(
            {"claim_id": claim.id, "kind": "other", "name": "Work", "price_unit": 100.0}
        )
        line._write_past_guard({"amount_approved": 100.0})
        claim._write_past_guard({"state": "approved"})
        invoice = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": dealer.id,
                "invoice_date": today,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Machine", "price_unit": 500.0, "tax_ids": [Command.clear()]}
                    )
                ],
            }
        )
        invoice.action_post()
        self.invoice_id, self.claim_id = invoice.id, claim.id

    def _make_confirmed(self):
        with self._connect() as env:
            dealer = env["res.partner"].browse(self.dealer_id)
            notices, __ = env["aftersales.notice"]._prepare_for_claims(
                False, fields.Date.context_today(dealer), dealer, env.company
            )
            notices._write_past_guard({"state": "confirmed"})
            return notices.id

    def _remove_data(self):
        with self._connect() as env:
            moves = env["account.move"].search([("partner_id", "=", self.dealer_id)])
            moves.line_ids.remove_move_reconcile()
            moves = moves.with_context(aftersales_settling=SETTLING)
            moves.button_draft()
            moves.aftersales_notice_id = False
            moves.with_context(force_delete=True).unlink()
            notices = env["aftersales.notice"].search([("dealer_id", "=", self.dealer_id)])
            env["aftersales.notice.run"].search(
                [("line_ids.dealer_id", "=", self.dealer_id)]
            ).unlink()
            claims = env["aftersales.claim"].search([("dealer_id", "=", self.dealer_id)])
            notices._write_past_guard({"state": "draft", "name": "/"})
            notices.unlink()
            claims._write_past_guard({"state": "draft"})
            claims.unlink()
            env["res.partner"].browse(self.dealer_id).unlink()

    def _assert_settled_once(self, notice_id):
        with self._connect() as env:
            notice = env["aftersales.notice"].browse(notice_id)
            self.assertEqual(notice.state, "settled")
            self.assertEqual(len(notice.move_ids), 1)
            self.assertEqual(env["account.move"].browse(self.invoice_id).amount_residual, 400.0)

    def test_two_connections_settle_once(self):
        notice_id = self._make_confirmed()
        barrier, outcomes = threading.Barrier(2, timeout=30), []

        def settle():
            try:
                with self._connect() as env:
                    notice = env["aftersales.notice"].browse(notice_id)
                    self.assertEqual(notice.state, "confirmed")
                    barrier.wait()
                    notice.action_settle()
                outcomes.append("settled")
            except UserError:
                outcomes.append("refused")
            except psycopg2.errors.OperationalError:
                outcomes.append("to retry")

        threads = [threading.Thread(target=settle) for __ in range(2)]
        # The test runner holds the registry's lock while it waits for the threads, which need it.
        with mute_logger("odoo.sql_db"), patch.object(Registry, "_lock", DummyRLock()):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertEqual(len(outcomes), 2)
        self.assertEqual(outcomes.count("settled"), 1, outcomes)
        self._assert_settled_once(notice_id)

    def test_retry_after_the_other_committed_is_refused(self):
        notice_id = self._make_confirmed()
        conflict = self.assertRaises(psycopg2.errors.SerializationFailure)
        with mute_logger("odoo.sql_db"), conflict, self._connect() as late:
            notice = late["aftersales.notice"].browse(notice_id)
            self.assertEqual(notice.state, "confirmed")
            with self._connect() as fast:
                fast["aftersales.notice"].browse(notice_id).action_settle()
            # This is what makes Odoo run the request again, which then sees the new status:
            notice.action_settle()
        with self.assertRaisesRegex(UserError, "cannot become"), self._connect() as retry:
            retry["aftersales.notice"].browse(notice_id).action_settle()
        self._assert_settled_once(notice_id)

    def test_database_refuses_a_second_settlement_entry(self):
        notice_id = self._make_confirmed()
        with self._connect() as env:
            env["aftersales.notice"].browse(notice_id).action_settle()
        vals = {
            "aftersales_notice_id": notice_id,
            "aftersales_notice_role": "settlement",
            "move_type": "entry",
        }
        refused = self.assertRaises(psycopg2.errors.UniqueViolation)
        with mute_logger("odoo.sql_db"), refused, self._connect() as env:
            env["account.move"].create(vals)
        self._assert_settled_once(notice_id)

    def test_two_connections_prepare_one_notice(self):
        with self._connect() as first, self._connect() as second:
            dealer = first["res.partner"].browse(self.dealer_id)
            today = fields.Date.context_today(dealer)
            # Both have their snapshot of the claims before either makes a notice.
            second["aftersales.claim"].search_count([])
            made, __ = first["aftersales.notice"]._prepare_for_claims(
                False, today, dealer, first.company
            )
            other_dealer = second["res.partner"].browse(self.dealer_id)
            none, __ = second["aftersales.notice"]._prepare_for_claims(
                False, today, other_dealer, second.company
            )
            self.assertEqual((len(made), len(none)), (1, 0))

    def test_killed_between_steps_settles_once(self):
        """The database ends the process after one step and another; then it is done once."""
        notice_id = self._make_confirmed()
        for model, name in (
            ("account.move", "_post"),
            ("account.move.line", "_reconcile_plan"),
            ("aftersales.notice", "_set_state_in_bulk"),
            ("aftersales.claim", "_follow_notices"),
        ):
            with self.subTest(f"{model}.{name}"):
                self._settle_until_killed(notice_id, model, name)
                with self._connect() as env:
                    notice = env["aftersales.notice"].browse(notice_id)
                    self.assertEqual((notice.state, len(notice.move_ids)), ("confirmed", 0))
                    self.assertEqual(notice.claim_ids.state, "noticed")
                    invoice = env["account.move"].browse(self.invoice_id)
                    self.assertEqual(invoice.amount_residual, 500.0)
        with self._connect() as env:
            env["aftersales.notice"].browse(notice_id).action_settle()
        self._assert_settled_once(notice_id)

    def _settle_until_killed(self, notice_id, model, name):
        """Settle with a connection that the database ends right after a step."""
        original = getattr(self.registry[model], name)

        def killed(records, *args, **kwargs):
            original(records, *args, **kwargs)
            records.env.flush_all()
            records.env.cr.execute("SELECT pg_terminate_backend(pg_backend_pid())")

        dead = self.assertRaises((psycopg2.OperationalError, psycopg2.InterfaceError))
        stopped = patch.object(self.registry[model], name, killed)
        with mute_logger("odoo.sql_db"), dead, stopped, self._connect() as env:
            env["aftersales.notice"].browse(notice_id).action_settle()

    def test_two_jobs_share_a_run(self):
        """Two workers at the same run: each line is done by one of them, nothing twice (F09)."""
        notice_id = self._make_confirmed()
        with self._connect() as env:
            notice = env["aftersales.notice"].browse(notice_id)
            run_id = env["aftersales.notice.run"]._start("settle", notice).id
        with self._connect() as first, self._connect() as second:
            lines = first["aftersales.notice.run"].browse(run_id)._get_next_lines()
            self.assertEqual(len(lines), 1)
            # The other one finds it taken, and does not wait.
            self.assertFalse(second["aftersales.notice.run"].browse(run_id)._get_next_lines())
            first["aftersales.notice.run"].browse(run_id)._work_off()
        self._assert_settled_once(notice_id)
        with self._connect() as env:
            run = env["aftersales.notice.run"].browse(run_id)
            self.assertEqual((run.state, run.done_count), ("done", 1))
