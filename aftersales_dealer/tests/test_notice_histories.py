from collections import Counter, defaultdict

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.aftersales_dealer.tools.settlement import to_units

from .common_notice import NoticeCommon

PICK = st.integers(min_value=0, max_value=1000)
UNITS = st.integers(min_value=1, max_value=10**6)
STEPS = (
    "claim",
    "charge",
    "invoice",
    "prepare",
    "cut",
    "postpone",
    "verify",
    "issue",
    "confirm",
    "dispute",
    "answer",
    "settle",
    "settle",
    "reverse",
    "cancel",
    "pay_out",
)
# A history begins with something to settle and gets there, by one way or another.
TO_ISSUE = ("claim", "charge", "invoice", "claim", "prepare", "verify", "issue")
OPENINGS = (
    (*TO_ISSUE, "confirm", "settle", "pay_out", "reverse", "prepare"),
    (*TO_ISSUE, "dispute", "answer", "confirm", "settle", "prepare", "verify"),
    (*TO_ISSUE, "dispute", "confirm", "settle", "reverse", "prepare", "verify"),
)


class _Undo(Exception):
    pass


@tagged("post_install", "-at_install")
class TestNoticeHistories(NoticeCommon):
    """The invariants of the money after each step of any history, in two currencies (F04)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currencies = [cls.company.currency_id, cls.make_currency("KWD", 0.001, 0.307)]
        cls.dealers = cls.dealer_a | cls.dealer_b
        cls.accountant.group_ids += cls.env.ref("account.group_account_user")

    def test_any_history(self):
        self.taken = Counter()
        self._any_history()
        # The histories went somewhere: not every step was refused.
        for step in ("settle", "reverse", "dispute", "confirm"):
            self.assertGreater(self.taken[step], 0, self.taken)

    @settings(
        max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(
        st.sampled_from(OPENINGS),
        st.lists(st.tuples(PICK, UNITS), min_size=15, max_size=15),
        st.lists(st.tuples(st.sampled_from(STEPS), PICK, UNITS), min_size=3, max_size=8),
    )
    def _any_history(self, opening, values, steps):
        try:
            with self.env.cr.savepoint():
                self.before = self._get_ledger()
                self.invoiced, self.paid = defaultdict(int), defaultdict(int)
                beginning = [(step, *rest) for step, rest in zip(opening, values, strict=False)]
                for step, pick, units in [*beginning, *steps]:
                    self._take(step, pick, units)
                    self._check_invariants()
                raise _Undo
        except _Undo:
            self.env.invalidate_all()

    def _take(self, step, pick, units):
        """Take a step as the person whose job it is; what is refused changes nothing."""
        try:
            with self.env.cr.savepoint():
                getattr(self, f"_do_{step}")(pick, units)
                self.env.flush_all()
            self.taken[step] += 1
        except (UserError, ValidationError):
            self.env.invalidate_all(flush=False)

    def _party(self, pick):
        dealer, currency = self.dealers[pick % 2], self.currencies[pick // 2 % 2]
        return {"dealer": dealer, "currency": currency}

    def _amount(self, pick, units):
        currency = self._party(pick)["currency"]
        return currency.round(units * currency.rounding)

    def _notice(self, pick, *states):
        """Return one of the notices in one of ``states``, or none."""
        notices = self.env["aftersales.notice"].search(
            [("dealer_id", "in", self.dealers.ids), ("state", "in", states)], order="id"
        )
        if not notices:
            raise UserError("No such notice")  # pylint: disable=translation-required
        return notices[pick % len(notices)]

    def _do_claim(self, pick, units):
        claimed = self._amount(pick, units)
        lower = self._amount(pick, units - units // 3)
        self.make_claim((claimed, lower), self._amount(pick, units // 2 + 1), **self._party(pick))

    def _do_charge(self, pick, units):
        sign = -1 if pick % 3 else 1
        self.make_charge(sign * self._amount(pick, units), **self._party(pick))

    def _do_invoice(self, pick, units):
        party = self._party(pick)
        self.make_invoice(self._amount(pick, units), days_due=pick % 60 - 40, **party)
        self.invoiced[party["dealer"], party["currency"]] += units

    def _do_prepare(self, pick, units):
        self.env["aftersales.notice"].with_user(self.clerk)._prepare_for_claims(
            False, self.today, self.dealers
        )

    def _do_cut(self, pick, units):
        line = self._notice(pick, "draft", "verified").line_ids[:1].with_user(self.clerk)
        line.write({"amount": self._amount(pick, units // 5), "reason": "Receipt says less"})

    def _do_postpone(self, pick, units):
        self._notice(pick, "draft", "verified").line_ids[-1:].with_user(
            self.clerk
        ).action_postpone()

    def _do_verify(self, pick, units):
        self._notice(pick, "draft").with_user(self.clerk).action_verify()

    def _do_issue(self, pick, units):
        notice = self._notice(pick, "verified").with_user(self.clerk)
        notice.with_context(aftersales_mail_later=True).action_issue()

    def _do_confirm(self, pick, units):
        self._notice(pick, "issued").with_user(self.clerk).action_confirm(note="Letter")

    def _do_dispute(self, pick, units):
        notice = self._notice(pick, "issued").with_user(self.clerk)
        lines = notice.line_ids.filtered(lambda line: not line.postponed)[: pick % 2 + 1]
        notice.action_dispute(
            line_reasons=dict.fromkeys(lines.ids, "No"), settle_rest=bool(units % 2)
        )

    def _do_answer(self, pick, units):
        notice = self._notice(pick, "disputed").with_user(self.clerk)
        if units % 3 == 0:
            notice.action_uphold(reason="As agreed")
        elif units % 3 == 1:
            notice.action_correct()
        else:
            notice.with_context(mail_notify_force_send=False).action_postpone_disputed()

    def _do_settle(self, pick, units):
        notice = self._notice(pick, "confirmed")
        notice.settlement_method = ("credit_note", "vendor_bill", "journal_entry")[units % 3]
        items = notice._get_open_receivables()[:2]
        chosen = {
            item.id: notice.currency_id.round(
                min(abs(item.amount_residual_currency), units / 999.0)
            )
            for item in items
        }
        notice.with_user(self.accountant).action_settle(
            allocations=chosen if pick % 3 == 0 else None
        )

    def _do_reverse(self, pick, units):
        self._notice(pick, "settled").with_user(self.accountant).action_reverse(reason="Wrong")

    def _do_cancel(self, pick, units):
        notice = self._notice(pick, "draft", "verified", "issued", "disputed", "confirmed")
        notice.with_user(self.clerk).action_cancel(reason="Wrong period")

    def _do_pay_out(self, pick, units):
        notice = self._notice(pick, "settled").with_user(self.accountant)
        units = to_units(notice.amount_open, notice.currency_id.rounding)
        action = notice.action_pay_out()
        register = self.env[action["res_model"]].with_user(self.accountant)
        register.with_context(**action["context"]).create({}).action_create_payments()
        self.paid[notice.dealer_id, notice.currency_id] += units

    # -- what always holds ----------------------------------------------------------------------

    def _get_ledger(self):
        """Return {(dealer, currency): units} of the dealers' receivable and payable accounts."""
        rows = self.env["account.move.line"]._read_group(
            [
                ("partner_id", "in", self.dealers.ids),
                ("parent_state", "=", "posted"),
                ("account_type", "in", ("asset_receivable", "liability_payable")),
                ("currency_id", "in", [currency.id for currency in self.currencies]),
            ],
            ["partner_id", "currency_id"],
            ["amount_currency:sum"],
        )
        return {
            (dealer, currency): to_units(amount, currency.rounding)
            for dealer, currency, amount in rows
        }

    def _check_invariants(self):
        self.env.flush_all()
        notices = self.env["aftersales.notice"].search([("dealer_id", "in", self.dealers.ids)])
        settled = notices.filtered(lambda notice: notice.state == "settled")
        for notice in notices:
            self._check_notice(notice)
        self._check_once(notices)
        ledger = self._get_ledger()
        for key in {*ledger, *self.before, *self.invoiced}:
            dealer, currency = key
            own = settled.filtered(lambda n, k=key: (n.dealer_id, n.currency_id) == k)
            deducted = sum(to_units(n.amount_total, currency.rounding) for n in own)
            self.assertEqual(
                ledger.get(key, 0) - self.before.get(key, 0),
                self.invoiced[key] - deducted + self.paid[key],
            )

    def _check_notice(self, notice):
        """Lines = notice = entry, in both currencies; three different people."""
        rounding = notice.currency_id.rounding
        total = to_units(notice.amount_total, rounding)
        self.assertEqual(total, sum(to_units(line.amount, rounding) for line in notice.line_ids))
        entries = notice.sudo().move_ids
        self.assertTrue(notice.state in ("settled", "reversed") or not entries)
        if notice.state == "settled":
            self.assert_ties(notice)
            self._check_company_currency(notice, notice._get_live_entries())
            self.assertNotEqual(notice.settled_by_id, notice.verified_by_id)
            self.assertNotIn(notice.verified_by_id, notice.claim_ids.approved_by)
        if notice.state == "reversed":
            balances = defaultdict(float)
            for line in entries.line_ids:
                balances[line.account_id] += line.balance
            for balance in balances.values():
                self.assertTrue(notice.company_id.currency_id.is_zero(balance))

    def _check_company_currency(self, notice, entries):
        """What is booked in the company's currency is the notice at the rate of the day."""
        company = notice.company_id
        entry = entries.filtered(lambda move: move.aftersales_notice_role == "settlement")
        costs = entry.line_ids.filtered(
            lambda line: line.account_type not in ("asset_receivable", "liability_payable")
        )
        expected = sum(
            notice.currency_id._convert(
                line.amount_currency, company.currency_id, company, entry.date
            )
            for line in costs
        )
        self.assertTrue(company.currency_id.is_zero(sum(costs.mapped("balance")) - expected))

    def _check_once(self, notices):
        """A claim line and a charge are in one live notice at most, and know their own state."""
        live = notices.line_ids.filtered("live")
        self.assertEqual(len(live.claim_line_id), len(live.filtered("claim_line_id")))
        self.assertEqual(len(live.charge_id), len(live.filtered("charge_id")))
        for claim in notices.line_ids.claim_id:
            own = live.filtered(lambda line, c=claim: line.claim_id == c)
            expected = "approved"
            if len(own) == len(claim.line_ids):
                expected = "settled" if set(own.mapped("state")) == {"settled"} else "noticed"
            self.assertEqual(claim.state, expected)
            settled = own.filtered(lambda line: line.state == "settled")
            self.assertEqual(
                to_units(sum(settled.mapped("amount")), claim.currency_id.rounding),
                to_units(sum(claim.line_ids.mapped("amount_settled")), claim.currency_id.rounding),
            )
        for charge in notices.line_ids.charge_id:
            own = live.filtered(lambda line, c=charge: line.charge_id == c)
            expected = {"settled": "settled", False: "approved"}.get(own.state, "noticed")
            self.assertEqual(charge.state, expected)
