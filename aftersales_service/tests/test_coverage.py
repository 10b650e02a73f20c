from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.coverage import (
    ASPECTS,
    GOODWILL,
    KINDS,
    PAID,
    Cover,
    Question,
    decide,
    term_end,
)

DATES = st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 12, 31))


@st.composite
def covers(draw):
    start = draw(DATES)
    return Cover(
        key=(draw(st.integers(1, 5)), draw(st.integers(1, 9999))),
        kind=draw(st.sampled_from(list(KINDS))),
        label="x",
        date_start=draw(st.sampled_from([start, None])),
        date_end=start + timedelta(days=draw(st.integers(0, 2000))),
        meter_limit=draw(st.sampled_from([0.0, 100.0])),
        category_ids=draw(st.sampled_from([frozenset(), frozenset({1}), frozenset({1, 2})])),
        parts=draw(st.booleans()),
        labour=draw(st.booleans()),
        travel=draw(st.booleans()),
    )


@tagged("post_install", "-at_install")
class TestCoverage(BaseCase):
    """The decision table of W07 by its properties."""

    @settings(max_examples=200, deadline=None)
    @given(
        st.lists(covers(), max_size=6),
        DATES,
        st.sampled_from([None, 1, 2, 3]),
        st.sampled_from([None, 50.0, 200.0]),
    )
    def test_answer_rests_on_a_cover_that_really_applies(self, some, day, category, meter):
        answer = decide(Question(day, category, meter), some)
        self.assertTrue(answer.reasons)
        if answer.category == PAID:
            self.assertIsNone(answer.cover)
            return
        self.assertIn(answer.cover, some)
        self.assertLessEqual(answer.cover.date_start, day)
        self.assertGreaterEqual(answer.cover.date_end, day)
        if answer.cover.category_ids:
            self.assertIn(category, answer.cover.category_ids)
        if answer.cover.meter_limit and meter is not None:
            self.assertLessEqual(meter, answer.cover.meter_limit)

    @settings(max_examples=200, deadline=None)
    @given(st.lists(covers(), max_size=6), DATES)
    def test_only_goodwill_gets_past_an_exclusion(self, some, day):
        answer = decide(Question(day, exclusion="misuse"), some)
        self.assertIn(answer.category, (PAID, GOODWILL))
        self.assertEqual(answer.reasons[0][0], "excluded")

    @settings(max_examples=200, deadline=None)
    @given(st.lists(covers(), max_size=6), DATES, st.sampled_from([None, 1, 2]))
    def test_each_aspect_is_paid_by_a_cover_that_includes_it(self, some, day, category):
        answer = decide(Question(day, category), some)
        for aspect, cover in answer.by.items():
            self.assertTrue(getattr(cover, aspect))
            self.assertTrue(cover.date_start <= day <= cover.date_end)
        told = [code for code, _arguments in answer.reasons].count("not_included")
        self.assertEqual(told, len(ASPECTS) - len(answer.by) if answer.cover else 0)

    @settings(max_examples=200, deadline=None)
    @given(st.lists(covers(), max_size=6), DATES, st.sampled_from([None, 1, 2]))
    def test_the_first_kind_that_applies_decides(self, some, day, category):
        answer = decide(Question(day, category), some)
        if answer.cover:
            ranks = list(KINDS)
            for cover in answer.by.values():
                self.assertLessEqual(ranks.index(answer.cover.kind), ranks.index(cover.kind))

    @settings(max_examples=200, deadline=None)
    @given(st.lists(covers(), max_size=6), DATES, st.sampled_from([None, 1, 2]))
    def test_order_of_covers_does_not_matter(self, some, day, category):
        first = decide(Question(day, category), some)
        second = decide(Question(day, category), list(reversed(some)))
        self.assertEqual(first.category, second.category)

    @settings(max_examples=200, deadline=None)
    @given(DATES, st.integers(1, 60), st.integers(1, 60))
    def test_longer_terms_end_later(self, start, months, more):
        self.assertGreater(
            term_end(start, months + more, "month"), term_end(start, months, "month")
        )

    def test_month_ends_clamp(self):
        self.assertEqual(term_end(date(2027, 11, 30), 3, "month"), date(2028, 2, 29))
        self.assertEqual(term_end(date(2028, 2, 29), 1, "year"), date(2029, 2, 28))
        self.assertEqual(term_end(date(2026, 1, 15), 24, "month"), date(2028, 1, 15))

    def test_special_term_replaces_the_general_one(self):
        whole = Cover((1, 1), "warranty", "whole", date(2026, 1, 1), date(2028, 1, 1))
        wear = Cover(
            (1, 2),
            "warranty",
            "wear",
            date(2026, 1, 1),
            date(2026, 4, 1),
            category_ids=frozenset({7}),
        )
        self.assertEqual(decide(Question(date(2026, 6, 1), 7), [whole, wear]).category, PAID)
        self.assertEqual(decide(Question(date(2026, 6, 1), 8), [whole, wear]).cover, whole)
