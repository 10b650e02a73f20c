import doctest
import random
from collections import Counter
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import assignment
from ..tools.assignment import Candidate, Job, assign, first_moment, rank

NOW = datetime(2026, 3, 2, 9)
MODES = ("balanced", "skill")

candidates = st.lists(
    st.builds(
        Candidate,
        key=st.integers(1, 200),
        load=st.integers(0, 9),
        capacity=st.integers(0, 6),
        skills=st.dictionaries(st.integers(1, 3), st.integers(0, 100), max_size=3),
        zones=st.frozensets(st.integers(1, 3), max_size=2),
        free_from=st.one_of(
            st.none(), st.integers(0, 200).map(lambda hours: NOW + timedelta(hours=hours))
        ),
        away=st.booleans(),
    ),
    unique_by=lambda candidate: candidate.key,
    max_size=8,
)
jobs = st.lists(
    st.builds(
        Job,
        key=st.integers(1, 200),
        needs=st.dictionaries(st.integers(1, 3), st.integers(1, 100), max_size=2),
        zone=st.one_of(st.none(), st.integers(1, 3)),
        emergency=st.booleans(),
        last=st.one_of(st.none(), st.tuples(st.integers(1, 200), st.just(date(2026, 1, 1)))),
    ),
    unique_by=lambda job: job.key,
    max_size=12,
)


@tagged("post_install", "-at_install")
class TestAssignmentTool(BaseCase):
    """T10, T14: deterministic, fair, and nobody who cannot."""

    def test_examples(self):
        self.assertFalse(doctest.testmod(assignment).failed)

    @settings(max_examples=150, deadline=None)
    @given(jobs, candidates, st.sampled_from(MODES), st.integers(0, 99))
    def test_the_same_question_has_the_same_answer(self, todo, people, mode, seed):
        shuffled, mixed = list(people), list(todo)
        random.Random(seed).shuffle(shuffled)
        random.Random(seed).shuffle(mixed)
        self.assertEqual(assign(todo, people, NOW, mode), assign(mixed, shuffled, NOW, mode))

    @settings(max_examples=150, deadline=None)
    @given(jobs, candidates, st.sampled_from(MODES))
    def test_who_cannot_is_never_chosen(self, todo, people, mode):
        for key, ratings in assign(todo, people, NOW, mode).items():
            job = next(j for j in todo if j.key == key)
            self.assertEqual(len(ratings), len(people), "everybody is explained")
            best = ratings[0] if ratings else None
            if best is None or best.refusal:
                for person in people:
                    lacks = any(person.skills.get(s, -1) < lvl for s, lvl in job.needs.items())
                    self.assertTrue(person.away or lacks)
                continue
            self.assertFalse(best.candidate.away)
            for skill, level in job.needs.items():
                self.assertGreaterEqual(best.candidate.skills[skill], level)
            if best.over_capacity:
                able = [rating for rating in ratings if not rating.refusal]
                self.assertTrue(all(rating.over_capacity for rating in able), "last resort")

    def test_a_thousand_tickets_are_balanced_over_fifty_technicians(self):
        people = [Candidate(key, free_from=NOW) for key in range(1, 51)]
        todo = [Job(key) for key in range(1, 1001)]
        chosen = Counter(r[0].candidate.key for r in assign(todo, people, NOW, "balanced").values())
        self.assertEqual(set(chosen.values()), {20})

    @settings(max_examples=100, deadline=None)
    @given(st.lists(st.integers(0, 20), min_size=1, max_size=10), st.integers(0, 80))
    def test_loads_never_drift_apart(self, loads, count):
        people = [Candidate(i, load=load, free_from=NOW) for i, load in enumerate(loads)]
        given_away = Counter(
            r[0].candidate.key
            for r in assign([Job(k) for k in range(count)], people, NOW, "balanced").values()
        )
        after = [load + given_away[i] for i, load in enumerate(loads)]
        raised = [after[i] for i in range(len(loads)) if given_away[i]]
        if raised:
            self.assertLessEqual(max(raised), min(after) + 1)

    @settings(max_examples=200, deadline=None)
    @given(st.lists(st.integers(0, 4), min_size=1, max_size=6), st.integers(0, 30))
    def test_two_at_once_who_see_the_same_load_stay_balanced(self, loads, key):
        people = [Candidate(i, load=load, free_from=NOW) for i, load in enumerate(loads)]
        chosen = [rank(Job(k), people, NOW, "balanced")[0].candidate.key for k in (key, key + 1)]
        for person in chosen:
            loads[person] += 1
        self.assertLessEqual(max(loads[person] for person in chosen), min(loads) + 1)

    def test_equals_take_turns_when_every_ticket_is_closed_at_once(self):
        people = [Candidate(key, free_from=NOW) for key in (3, 5, 8)]
        chosen = Counter(
            rank(Job(key), people, NOW, "balanced")[0].candidate.key for key in range(1, 31)
        )
        self.assertEqual(chosen, {3: 10, 5: 10, 8: 10})

    def test_who_repaired_it_last_goes_before_the_load_when_skill_decides(self):
        knows = Candidate(1, load=5, free_from=NOW)
        idle = Candidate(2, free_from=NOW)
        job = Job(1, last=(1, date(2026, 1, 1)))
        self.assertEqual(rank(job, [knows, idle], NOW, "skill")[0].candidate, knows)
        self.assertEqual(rank(job, [knows, idle], NOW, "balanced")[0].candidate, idle)

    def test_own_zone_and_capacity_come_before_the_load(self):
        near = Candidate(1, load=5, zones=frozenset({4}), free_from=NOW)
        far = Candidate(2, zones=frozenset({6}), free_from=NOW)
        full = Candidate(3, load=2, capacity=2, zones=frozenset({4}), free_from=NOW)
        order = [r.candidate.key for r in rank(Job(1, zone=4), [far, full, near], NOW, "balanced")]
        self.assertEqual(order, [1, 2, 3])

    def test_in_an_emergency_the_first_at_work_goes(self):
        soon = Candidate(1, load=9, free_from=NOW + timedelta(hours=1))
        later = Candidate(2, free_from=NOW + timedelta(hours=3))
        emergency = rank(Job(1, emergency=True), [soon, later], NOW, "balanced")
        self.assertEqual(emergency[0].candidate, soon)
        self.assertEqual(rank(Job(1), [soon, later], NOW, "balanced")[0].candidate, later)

    def test_first_moment(self):
        spans = [(NOW, NOW + timedelta(hours=1)), (NOW + timedelta(hours=3), NOW + timedelta(1))]
        self.assertEqual(first_moment(spans, NOW), NOW)
        self.assertEqual(first_moment(spans, NOW + timedelta(hours=1)), NOW + timedelta(hours=3))
        self.assertIsNone(first_moment(spans, NOW + timedelta(days=2)))
