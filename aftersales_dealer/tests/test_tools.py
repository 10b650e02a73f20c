import datetime
import doctest

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_dealer.tools import contact_key, part_return, record_id

DAYS = st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 1, 1))
WINDOWS = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 31)), min_size=1, max_size=3)


@tagged("post_install", "-at_install")
class TestTools(BaseCase):
    """Date arithmetic of old parts (D09) and comparable contact data (D02)."""

    def test_doctests(self):
        for module in (part_return, contact_key, record_id):
            self.assertFalse(doctest.testmod(module).failed, module.__name__)

    @given(DAYS, WINDOWS)
    def test_window_is_the_next_one(self, day, windows):
        due = part_return.next_window(day, windows)
        self.assertGreaterEqual(due, day)
        self.assertLessEqual((due - day).days, 366)
        same_year = [part_return.clamp_day(due.year, *window) for window in windows]
        self.assertIn(due, same_year)
        self.assertFalse([other for other in same_year if day <= other < due])

    @given(DAYS, st.integers(0, 400))
    def test_days(self, day, days):
        due = part_return.due_date(day, days=days)
        self.assertEqual(due, day + datetime.timedelta(days=days) if days else None)

    @given(st.text())
    def test_name_key_is_stable(self, name):
        key = contact_key.name_key(name)
        self.assertEqual(contact_key.name_key(f"  {key} "), contact_key.name_key(key))
