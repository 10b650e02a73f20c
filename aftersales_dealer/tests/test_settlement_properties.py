from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.aftersales_dealer.tools.settlement import allocate, to_units

from .common_notice import NoticeCommon

UNITS = st.integers(min_value=1, max_value=10**7)


class _Undo(Exception):
    pass


@tagged("post_install", "-at_install")
class TestSettlementProperties(NoticeCommon):
    """F04 for whatever amounts: lines = notice = entry, and what is deducted is what was owed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currencies = [
            cls.company.currency_id,
            cls.make_currency("JPY", 1.0, 151.3),
            cls.make_currency("KWD", 0.001, 0.307),
            cls.make_currency("CHF", 0.05, 0.913),
        ]

    @settings(
        max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(
        st.integers(min_value=0, max_value=3),
        st.lists(UNITS, min_size=1, max_size=4),
        st.lists(UNITS, max_size=3),
        st.sampled_from(["credit_note", "journal_entry", "vendor_bill"]),
    )
    def test_any_amounts(self, index, lines, invoices, method):
        try:
            with self.env.cr.savepoint():
                self.settle_and_reverse(self.currencies[index], lines, invoices, method)
                raise _Undo
        except _Undo:
            self.env.invalidate_all()

    def settle_and_reverse(self, currency, lines, invoices, method):
        rounding = currency.rounding
        moves = self.env["account.move"]
        for age, units in enumerate(invoices):
            moves |= self.make_invoice(
                currency.round(units * rounding), days_due=age - 50, currency=currency
            )
        claim = self.make_claim(*(currency.round(u * rounding) for u in lines), currency=currency)
        notice = self.make_notice(claim, "confirmed")
        notice.settlement_method = method
        notice.with_user(self.accountant).action_settle()
        self.assert_ties(notice)
        self.assertEqual(to_units(notice.amount_total, rounding), sum(lines))
        deducted, rest = allocate(sum(lines), list(enumerate(invoices)))
        deducted = dict(deducted)
        for key, move in enumerate(moves):
            left = to_units(move.amount_residual, rounding)
            self.assertEqual(left, invoices[key] - deducted.get(key, 0))
        credits = notice.sudo().move_ids.line_ids.filtered(
            lambda line: line.account_type in ("asset_receivable", "liability_payable")
        )
        self.assertEqual(to_units(-sum(credits.mapped("amount_residual_currency")), rounding), rest)
        notice.with_user(self.accountant).action_reverse(reason="Property")
        self.assertEqual([to_units(m.amount_residual, rounding) for m in moves], invoices)
