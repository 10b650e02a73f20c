from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.coverage import (
    ASPECTS,
    GOODWILL,
    INTERNAL,
    KINDS,
    PAID,
    Cover,
    Question,
    decide,
    review,
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
        symptom_ids=draw(st.sampled_from([frozenset(), frozenset(), frozenset({5})])),
        parts=draw(st.booleans()),
        labour=draw(st.booleans()),
        travel=draw(st.booleans()),
    )


QUESTIONS = st.builds(
    Question,
    date=DATES,
    part_category_id=st.sampled_from([None, 1, 2, 3]),
    meter=st.sampled_from([None, 50.0, 200.0]),
    exclusion=st.sampled_from([None, None, "misuse"]),
    symptom_id=st.sampled_from([None, 5]),
)


def paid_aspects(question, some):
    """What the customer need not pay."""
    return set(decide(question, some).by)


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
        if answer.cover.is_special:
            self.assertTrue(answer.cover.is_about(Question(day, category, meter)))
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
    @given(st.lists(covers(), max_size=6, unique_by=lambda c: c.key), QUESTIONS, st.randoms())
    def test_order_of_covers_does_not_matter(self, some, question, random):
        first, shuffled = decide(question, some), list(some)
        random.shuffle(shuffled)
        self.assertEqual(first, decide(question, shuffled))

    @settings(max_examples=300, deadline=None)
    @given(st.lists(covers(), max_size=6), covers(), QUESTIONS)
    def test_another_cover_never_costs_the_customer_more(self, some, more, question):
        """Unless it is the nearer term that replaces the wider ones of its own promise."""
        replaces = more.is_special and any(
            cover.promise == more.promise
            and (not cover.is_special or more.category_ids < cover.category_ids)
            for cover in some
        )
        if not replaces:
            self.assertLessEqual(
                paid_aspects(question, some), paid_aspects(question, [*some, more])
            )

    @settings(max_examples=200, deadline=None)
    @given(st.lists(covers(), max_size=6), covers(), QUESTIONS)
    def test_a_special_cover_that_is_not_about_the_matter_changes_nothing(
        self, some, more, question
    ):
        if more.is_special and not more.is_about(question):
            before, after = decide(question, some), decide(question, [*some, more])
            self.assertEqual((before.category, before.by), (after.category, after.by))

    @settings(max_examples=200, deadline=None)
    @given(covers(), QUESTIONS, st.integers(-5, 2005))
    def test_a_cover_holds_from_its_first_to_its_last_day(self, cover, question, offset):
        """Both days included, the same on each, and on no other."""
        if not cover.date_start:
            return
        day = cover.date_start + timedelta(days=offset)
        first = paid_aspects(replace(question, date=cover.date_start), [cover])
        inside = cover.date_start <= day <= cover.date_end
        self.assertEqual(
            paid_aspects(replace(question, date=day), [cover]), first if inside else set()
        )

    @settings(max_examples=200, deadline=None)
    @given(st.lists(covers(), max_size=6), QUESTIONS, st.floats(0, 300), st.floats(0, 300))
    def test_more_hours_never_cost_the_customer_less(self, some, question, one, other):
        low, high = sorted((one, other))
        self.assertLessEqual(
            paid_aspects(replace(question, meter=high), some),
            paid_aspects(replace(question, meter=low), some),
        )

    @settings(max_examples=200, deadline=None)
    @given(st.lists(covers(), max_size=6), QUESTIONS)
    def test_an_exclusion_leaves_exactly_the_goodwill(self, some, question):
        goodwill = [cover for cover in some if cover.kind == "goodwill"]
        self.assertEqual(
            paid_aspects(replace(question, exclusion="misuse"), some),
            paid_aspects(replace(question, exclusion=None), goodwill),
        )

    @settings(max_examples=100, deadline=None)
    @given(st.lists(covers(), max_size=6), QUESTIONS)
    def test_our_own_machine_is_internal_whatever_covers_it(self, some, question):
        answer = decide(replace(question, internal=True), some)
        self.assertEqual((answer.category, answer.by), (INTERNAL, {}))

    @settings(max_examples=200, deadline=None)
    @given(st.lists(covers(), max_size=6), QUESTIONS)
    def test_review_tells_the_same_as_the_decision(self, some, question):
        plain = replace(question, exclusion=None)
        holds = [cover for cover, refusal in review(plain, some) if not refusal]
        answer = decide(plain, some)
        self.assertEqual(answer.cover, holds[0] if holds else None)

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

    def test_the_nearer_part_category_replaces_the_one_above_it(self):
        start = date(2026, 1, 1)
        engine = Cover(
            (1, 1), "warranty", "engine", start, date(2029, 1, 1), category_ids=frozenset({7, 8})
        )
        filters = Cover(
            (1, 2), "warranty", "filters", start, date(2026, 4, 1), category_ids=frozenset({8})
        )
        both = [engine, filters]
        self.assertEqual(decide(Question(date(2026, 6, 1), 8), both).category, PAID)
        self.assertEqual(decide(Question(date(2026, 6, 1), 7), both).cover, engine)

    def test_a_component_in_words_is_told_and_covers_nothing_else(self):
        start = date(2026, 1, 1)
        whole = Cover((1, 1), "warranty", "whole", start, date(2028, 1, 1))
        frame = Cover((1, 2), "warranty", "frame", start, date(2031, 1, 1), in_words=True)
        answer = decide(Question(date(2029, 1, 1)), [whole, frame])
        self.assertEqual(answer.category, PAID)
        self.assertEqual([code for code, _a in answer.reasons], ["expired", "component_only"])
        self.assertEqual(decide(Question(date(2027, 1, 1)), [whole, frame]).cover, whole)

    def test_a_recall_is_done_whatever_the_fault(self):
        recall = Cover((1, 1), "campaign", "recall", date(2026, 1, 1), None, campaign_id=3)
        asked = Question(date(2026, 6, 1), exclusion="misuse", campaign_id=3)
        self.assertEqual(decide(asked, [recall]).cover, recall)
        other = replace(asked, campaign_id=None, symptom_id=5)
        self.assertEqual(
            decide(other, [replace(recall, symptom_ids=frozenset({5}))]).category, PAID
        )

    def test_what_covers_nothing_does_not_decide(self):
        notice = Cover(
            (1, 1), "campaign", "n", date(2026, 1, 1), None, parts=False, labour=False, travel=False
        )
        contract = Cover((2, 2), "contract", "c", date(2026, 1, 1), None)
        answer = decide(Question(date(2026, 6, 1)), [notice, contract])
        self.assertEqual(answer.cover, contract)
        self.assertEqual(decide(Question(date(2026, 6, 1)), [notice]).category, PAID)

    def test_exclusion_says_what_it_costs(self):
        whole = Cover((1, 1), "warranty", "whole", date(2026, 1, 1), date(2028, 1, 1))
        answer = decide(Question(date(2026, 6, 1), exclusion="misuse"), [whole])
        self.assertEqual([code for code, _arguments in answer.reasons], ["excluded", "would_cover"])
