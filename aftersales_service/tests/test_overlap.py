from doctest import DocTestSuite

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools import overlap

INTERVALS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20)), max_size=20)


@tagged("post_install", "-at_install")
class TestOverlap(BaseCase):
    """V02: the sweep finds exactly the pairs that share time."""

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(INTERVALS)
    def test_same_as_comparing_all_pairs(self, data):
        intervals = [(start, start + length, key) for key, (start, length) in enumerate(data)]
        expected = {
            frozenset((one[2], two[2]))
            for one in intervals
            for two in intervals
            if one[2] < two[2] and max(one[0], two[0]) < min(one[1], two[1])
        }
        self.assertEqual(
            {frozenset(pair) for pair in overlap.overlapping_pairs(intervals)}, expected
        )

    def test_examples(self):
        result = self.defaultTestResult()
        DocTestSuite(overlap).run(result)
        self.assertTrue(result.wasSuccessful(), result.failures)
