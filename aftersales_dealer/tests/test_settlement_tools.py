from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_dealer.tools.settlement import allocate, running_balances, to_units

UNITS = st.integers(min_value=0, max_value=10**12)


@tagged("post_install", "-at_install")
class TestSettlementTools(BaseCase):
    @given(UNITS, st.lists(st.integers(min_value=-(10**6), max_value=10**9), max_size=30))
    def test_nothing_is_lost_and_oldest_first(self, amount, residuals):
        pairs = list(enumerate(residuals))
        deductions, rest = allocate(amount, pairs)
        self.assertEqual(sum(units for __, units in deductions) + rest, amount)
        self.assertGreaterEqual(rest, 0)
        for key, units in deductions:
            self.assertTrue(0 < units <= residuals[key])
        # All but the last one touched are used up, and none open was passed over.
        for key, units in deductions[:-1]:
            self.assertEqual(units, residuals[key])
        touched = {key for key, __ in deductions}
        if touched:
            before_last = [key for key, residual in pairs if residual > 0 and key <= max(touched)]
            self.assertEqual(sorted(touched), before_last)
        if rest:
            self.assertEqual(touched, {key for key, residual in pairs if residual > 0})

    def test_negative_amount_is_refused(self):
        with self.assertRaises(ValueError):
            allocate(-1, [])

    @given(
        st.integers(min_value=-(10**11), max_value=10**11),
        st.sampled_from([1.0, 0.01, 0.001, 0.05, 5.0]),
    )
    def test_units_survive_floats(self, units, rounding):
        self.assertEqual(to_units(units * rounding, rounding), units)

    @given(st.integers(), st.lists(st.integers()))
    def test_running_balance_ends_in_the_sum(self, opening, movements):
        balances = running_balances(opening, movements)
        self.assertEqual(len(balances), len(movements))
        if balances:
            self.assertEqual(balances[-1], opening + sum(movements))
