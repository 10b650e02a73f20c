import logging
import random

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_deposit import DepositCommon

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install")
class TestDepositLedger(DepositCommon):
    """Each line of the deposit account is a movement, whoever booked it (F05)."""

    def position(self, dealer=None):
        positions = self.env["aftersales.deposit.position"].with_user(self.accountant)
        positions.invalidate_model()
        return positions.search(
            [
                ("dealer_id", "=", (dealer or self.dealer_a).id),
                ("company_id", "=", self.company.id),
            ]
        )

    def test_entry_of_accounting_is_a_movement(self):
        entry = self.book(120.0)
        move = self.env["aftersales.deposit.move"].search([("move_id", "=", entry.id)])
        self.assertEqual((move.purpose, move.state, move.amount_signed), ("ledger", "posted", 120))
        self.assertEqual(self.assert_deposit_ties(), 120.0)
        entry.button_draft()
        self.assertEqual(move.state, "cancelled")
        self.assertEqual(self.assert_deposit_ties(), 0.0)
        entry.action_post()
        self.assertEqual(self.assert_deposit_ties(), 120.0)
        entry._reverse_moves(cancel=True)
        self.assertEqual(self.assert_deposit_ties(), 0.0)

    def test_entry_without_dealer_is_refused(self):
        with self.assertRefused("name the dealer"):
            self.book(120.0, partner=self.customer)
        with self.assertRefused("name the dealer"):
            self.book(120.0, partner=self.env["res.partner"])

    def test_entry_that_overdraws_is_refused(self):
        entry = self.book(100.0)
        with self.assertRefused("short by"):
            self.book(-100.01)
        self.deposit(30.0, "out")
        with self.assertRefused("short by"):
            entry.button_draft()

    def test_movements_without_entries_are_taken_over(self):
        """What an earlier version left: movements without entries, entries without movements."""
        self.company.aftersales_deposit_account_id = False
        self.book(500.0, account=self.deposit_account)
        self.book(70.0, account=self.deposit_account)
        old = self.deposit(500.0, post=False)
        other = self.deposit(40.0, post=False)
        self.company.aftersales_deposit_account_id = self.deposit_account
        position = self.position()
        self.assertEqual(
            (position.amount_ledger, position.difference, position.amount_to_book),
            (570.0, 570.0, 540.0),
        )
        with self.assertRaises(AccessError):
            position.with_user(self.dealer_manager).action_take_over()
        position.action_take_over()
        self.assertEqual((old.state, other.state), ("posted", "draft"))
        position = self.position()
        self.assertEqual((position.difference, position.amount_to_book), (0.0, 40.0))
        self.assertEqual(self.assert_deposit_ties(), 570.0)
        position.action_take_over()
        self.assertEqual(self.assert_deposit_ties(), 570.0)

    def test_movement_names_its_entry(self):
        self.company.aftersales_deposit_account_id = False
        entry = self.book(500.0, account=self.deposit_account)
        self.company.aftersales_deposit_account_id = self.deposit_account
        move = self.deposit(500.0, move_id=entry.id)
        self.assertEqual(move.line_id.move_id, entry)
        with self.assertRefused("has no line of"):
            self.deposit(500.0, move_id=entry.id)
        self.assertEqual(self.assert_deposit_ties(), 500.0)

    def test_account_with_deposits_stays(self):
        self.deposit(5.0)
        with self.assertRefused("holds the deposits of 1 dealers"):
            self.company.aftersales_deposit_account_id = False
        self.deposit(5.0, "out")
        self.company.aftersales_deposit_account_id = False

    def test_missing_deposit_is_asked_for(self):
        self.agreement_a._write_past_guard({"deposit_required": 1000.0})
        self.deposit(400.0)
        position = self.position()
        self.assertEqual((position.required, position.missing), (1000.0, 600.0))
        found = position.search([("missing", ">", 0)])
        self.assertEqual(found, position)
        with self.assertRaises(AccessError):
            position.with_user(self.dealer_user).action_ask_deposit()
        position.action_ask_deposit()
        mail = self.agreement_a.message_ids.filtered(lambda m: "missing" in (m.body or ""))
        self.assertEqual(len(mail), 1)
        self.assertIn("600.00", mail.body)
        self.assertIn(self.dealer_a, mail.partner_ids)
        self.assertEqual(self.agreement_a.date_deposit_asked, self.today)
        with self.assertRefused("was asked on"):
            self.position().action_ask_deposit()
        self.deposit(600.0)
        with self.assertRefused("nothing is missing"):
            self.position().action_ask_deposit()

    def test_positions_cost_the_same_for_many(self):
        self.deposit(1.0)
        self.deposit(1.0, dealer_id=self.dealer_b.id)
        positions = self.env["aftersales.deposit.position"].search(
            [("company_id", "=", self.company.id)]
        )
        positions.mapped("missing")
        counts = []
        for some in (positions[:1], positions[:2]):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.mapped("missing")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_random_histories_tie(self):
        """Whatever is booked, countered, refused or undone: statement = ledger (invariant)."""
        for seed in range(4):
            with self.subTest(seed=seed):
                self._run_history(random.Random(seed))

    def _run_history(self, rng):
        entries = self.env["account.move"]
        moves = self.env["aftersales.deposit.move"]
        for __ in range(14):
            amount = round(rng.uniform(0.01, 300.0), 2)
            dealer = rng.choice((self.dealer_a, self.dealer_b))
            step = rng.choice(("in", "in", "out", "bank", "entry", "counter", "undo", "offset"))
            try:
                with self.env.cr.savepoint():
                    if step in ("in", "out"):
                        moves |= self.deposit(amount, step, dealer_id=dealer.id)
                    elif step == "bank":
                        moves |= self.deposit(
                            amount, dealer_id=dealer.id, payment_journal_id=self.bank.id
                        )
                    elif step == "offset":
                        self.make_invoice(amount / 2, dealer=dealer)
                        moves |= self.deposit(amount, "out", dealer_id=dealer.id, purpose="offset")
                    elif step == "entry":
                        entries |= self.book(amount * rng.choice((1, 1, -1)), partner=dealer)
                    elif step == "counter" and moves:
                        rng.choice(list(moves)).action_reverse(reason="Random")
                    elif step == "undo" and entries:
                        rng.choice(list(entries)).button_draft()
            except UserError as refused:
                # Nothing changed: the figures below say so.
                _logger.debug("Refused: %s", refused)
            self.env.invalidate_all()
            for one in (self.dealer_a, self.dealer_b):
                self.assertGreaterEqual(self.assert_deposit_ties(one), 0.0)
