import logging
import random

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.aftersales_advance_aging import BUCKETS as AGES
from ..tools import recourse
from .common_advance import AdvanceCommon

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install")
class TestAdvanceRecourse(AdvanceCommon):
    """F05: deposit, then deduction, then debit note; sums to the cent; reversible."""

    def pay_invoice(self, invoice, amount):
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"amount": amount, "journal_id": self.bank.id})
        )
        wizard.action_create_payments()

    def test_order_deposit_notice_debit_note(self):
        self.deposit(100.0)
        claim = self.make_claim(60.0)
        advance = self.make_advance(300.0, "paid")
        wizard = self.recover(advance)
        self.assertEqual(
            (wizard.amount_deposit, wizard.amount_deduction, wizard.amount_debit),
            (100.0, 60.0, 140.0),
        )
        self.assertEqual((advance.amount_recovered, advance.amount_open), (100.0, 200.0))
        self.assertEqual((advance.amount_unclaimed, advance.recovery_state), (0.0, "partial"))
        self.assert_deposit_ties()
        self.assert_recourse_ties(advance)
        notice = self.make_notice(claim, "settled")
        self.assertEqual(notice.amount_total, 0.0)
        self.assertEqual(advance.amount_recovered, 160.0)
        self.assert_recourse_ties(advance)
        debit = advance.sudo().recourse_ids.move_id
        self.assertEqual((debit.amount_residual, debit.partner_id), (140.0, self.dealer_a))
        self.pay_invoice(debit, 40.0)
        self.assertEqual((advance.amount_recovered, advance.amount_open), (200.0, 100.0))
        self.pay_invoice(debit, 100.0)
        self.assertEqual((advance.amount_open, advance.recovery_state), (0.0, "done"))
        self.assert_recourse_ties(advance)
        self.assertFalse(
            self.env["aftersales.advance.aging"].search([("advance_id", "=", advance.id)])
        )

    def test_another_order_needs_a_reason(self):
        self.deposit(100.0)
        advance = self.make_advance(80.0, "paid")
        with self.assertRefused("Give a reason"):
            self.recover(advance, amount_deposit=0.0, amount_debit=80.0)
        with self.assertRefused("room for"):
            self.recover(self.make_advance(500.0, "paid"), amount_deposit=100.01, amount_debit=0.0)
        with self.assertRefused("more than the"):
            self.recover(advance, amount_deposit=80.0, amount_debit=0.01)
        with self.assertRefused("above zero"):
            self.recover(advance, amount_deposit=0.0)
        with self.assertRefused("above zero"):
            self.recover(advance, amount_deposit=-5.0, amount_debit=5.0)
        self.recover(advance, amount_deposit=0.0, amount_debit=80.0, reason="Deposit is pledged")
        self.assertEqual(advance.recourse_ids.kind, "debit")
        self.assertEqual(self.assert_deposit_ties(), 100.0)

    def test_steps_are_taken_back(self):
        self.deposit(50.0)
        claim = self.make_claim(30.0)
        advance = self.make_advance(100.0, "paid")
        self.recover(advance)
        by_kind = advance.recourse_ids.grouped("kind")
        with self.assertRaises(AccessError):
            by_kind["deposit"].with_user(self.dealer_manager).action_reverse(reason="No")
        by_kind["deposit"].action_reverse(reason="Pledged")
        self.assertEqual((advance.amount_recovered, advance.amount_unclaimed), (0.0, 50.0))
        self.assertEqual(self.assert_deposit_ties(), 50.0)
        by_kind["debit"].action_reverse(reason="Agreed otherwise")
        self.assertEqual(by_kind["debit"].sudo().move_id.payment_state, "reversed")
        self.assert_recourse_ties(advance)
        self.make_notice(claim)
        with self.assertRefused("in a fee notice"):
            by_kind["deduction"].action_reverse(reason="No")
        with self.assertRefused("cannot become"):
            by_kind["deposit"].action_reverse(reason="Twice")
        self.recover(advance)
        self.assertEqual(advance.amount_unclaimed, 0.0)
        self.assert_recourse_ties(advance)

    def test_cancelled_charge_is_claimed_again(self):
        self.make_claim(30.0)
        advance = self.make_advance(20.0, "paid")
        self.recover(advance)
        self.assertEqual(advance.amount_unclaimed, 0.0)
        advance.sudo().recourse_ids.charge_id.with_user(self.dealer_manager).action_cancel()
        self.assertEqual((advance.amount_unclaimed, advance.amount_open), (20.0, 20.0))

    def test_whole_reversal(self):
        self.deposit(50.0)
        advance = self.make_advance(80.0, "paid")
        self.recover(advance)
        entries = advance.sudo().move_ids
        for undo in (entries[0].button_draft, entries[0]._reverse_moves):
            with self.assertRefused("Take the step back there"):
                undo()
        advance.action_reverse(reason="Consumer was paid twice")
        self.assertEqual((advance.state, advance.amount_open), ("reversed", 0.0))
        self.assertEqual(set(advance.recourse_ids.mapped("state")), {"reversed"})
        self.assertEqual(self.assert_deposit_ties(), 50.0)
        self.assert_recourse_ties(advance)
        with self.assertRefused("cannot become"):
            advance.action_reverse(reason="Twice")
        with self.assertRefused("nothing to take back"):
            self.recover(advance)

    def test_aging(self):
        advance = self.make_advance(80.0, "paid")
        ends = {key: end for end, key in recourse.BUCKETS}
        self.assertEqual([key for key, __ in AGES], [*ends, "over"])
        aging = self.env["aftersales.advance.aging"].with_user(self.accountant)
        for days in (0, 30, 31, 90, 91, 180, 181):
            advance.sudo()._write_past_guard(
                {"date_paid": self.today.fromordinal(self.today.toordinal() - days)}
            )
            row = aging.search([("advance_id", "=", advance.id)])
            row.invalidate_recordset()
            self.assertAlmostEqual(row.days, days, delta=1)
            self.assertEqual(row.bucket, recourse.age_bucket(row.days))
        groups = aging.formatted_read_group([], ["bucket"], ["amount_open:sum"])
        self.assertIn(80.0, [group["amount_open:sum"] for group in groups])

    def test_random_histories_tie(self):
        """Paid, taken back, countered, settled, reversed: recovered + open = paid (invariant)."""
        rng = random.Random(5)
        self.deposit(200.0)
        advances = self.env["aftersales.advance"]
        for __ in range(18):
            step = rng.choice(("new", "recover", "back", "claim", "notice", "deposit", "reverse"))
            some = rng.choice(list(advances)) if advances else advances
            amount = round(rng.uniform(1, 150), 2)
            try:
                with self.env.cr.savepoint():
                    if step == "new":
                        advances |= self.make_advance(amount, "paid")
                    else:
                        self._take_step(rng, step, some, amount)
            except UserError as refused:
                # Nothing changed: the figures below say so.
                _logger.debug("Refused: %s", refused)
            self.env.invalidate_all()
            if advances:
                self.assert_recourse_ties(advances)
            self.assert_deposit_ties()

    def _take_step(self, rng, step, some, amount):
        """Do ``step`` of a random history, with ``some`` advance where it needs one."""
        steps = list(some.recourse_ids)
        acts = {
            "recover": lambda: some and self.recover(some),
            "back": lambda: steps and rng.choice(steps).action_reverse(reason="Random"),
            "claim": lambda: self.make_claim(amount),
            "notice": self._settle_claims,
            "deposit": lambda: self.deposit(amount),
            "reverse": lambda: amount < 60 and some and some.action_reverse(reason="Random"),
        }
        acts[step]()

    def _settle_claims(self):
        claims = self.env["aftersales.claim"].search(
            [("dealer_id", "=", self.dealer_a.id), ("state", "=", "approved")]
        )
        if claims:
            self.make_notice(claims, "settled")
