import doctest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import paid_work

QUANTITIES = st.integers(0, 100).map(lambda number: number / 4)


@tagged("post_install", "-at_install")
class TestPaidWorkTools(BaseCase):
    """T11: what was used is invoiced once, and never more than was accepted."""

    def test_examples(self):
        self.assertFalse(doctest.testmod(paid_work).failed)

    # A busy machine draws slowly; that is no property of the arithmetic.
    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(st.tuples(st.sampled_from("ab"), QUANTITIES), max_size=6),
        st.dictionaries(st.sampled_from("abc"), QUANTITIES),
    )
    def test_nothing_is_lost_or_invented(self, offers, used):
        lines = [(index, key, quantity) for index, (key, quantity) in enumerate(offers)]
        delivered, beyond = paid_work.allocate(lines, used)
        for index, _key, quantity in lines:
            self.assertTrue(0 <= delivered[index] <= quantity)
        for key, quantity in used.items():
            taken = sum(delivered[index] for index, own, _qty in lines if own == key)
            self.assertAlmostEqual(taken + beyond.get(key, 0.0), quantity)
