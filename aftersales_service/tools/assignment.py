"""Who takes which ticket: the choice and its reasons, without a database (T10, T14).

A *job* is a ticket, a *candidate* a technician. :func:`rank` puts the candidates for one job in
order and keeps what speaks for and against each; :func:`assign` gives many jobs away, so that
each sees the load that the ones before it made. The same question has the same answer, in
whatever order the candidates come.

>>> from datetime import datetime
>>> now = datetime(2026, 3, 2, 9)
>>> ana = Candidate(1, load=4, skills={7: 100}, free_from=now)
>>> luis = Candidate(2, load=0, skills={7: 50}, free_from=now)
>>> job = Job(10, needs={7: 80})
>>> [(rating.candidate.key, rating.refusal) for rating in rank(job, [luis, ana], now, "balanced")]
[(1, None), (2, 'unqualified')]
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime

# Nobody who is further away than the days that were looked at comes in question sooner.
FAR = 10_000
# Who is only away comes before who cannot do it at all.
REFUSALS = (None, "away", "unqualified")


@dataclass(frozen=True)
class Candidate:
    """One who may be sent.

    :ivar key: int, who it is; decides between equals, together with the job
    :ivar load: open jobs
    :ivar capacity: open jobs at most, 0 without limit
    :ivar skills: {skill: level from 0 to 100} that are valid today
    :ivar zones: where this one works; empty: everywhere
    :ivar free_from: datetime of the first moment at work, None when none is known
    :ivar away: whether this one would be at work sooner but for a leave
    """

    key: int
    load: int = 0
    capacity: int = 0
    skills: dict = field(default_factory=dict)
    zones: frozenset = frozenset()
    free_from: datetime | None = None
    away: bool = False


@dataclass(frozen=True)
class Job:
    """What is to be done.

    :ivar key: int, which one it is
    :ivar needs: {skill: lowest level from 0 to 100}
    :ivar zone: where it is, None when unknown
    :ivar emergency: whether the first who is at work goes
    :ivar last: (key of the candidate, date) who repaired the same asset last, or None
    """

    key: int
    needs: dict = field(default_factory=dict)
    zone: int | None = None
    emergency: bool = False
    last: tuple[int, date] | None = None


@dataclass(frozen=True)
class Rating:
    """What speaks for and against a candidate: ``refusal`` (``away``, ``unqualified`` or None),
    ``missing`` (skills below the level needed) and the facts behind the order.
    """

    candidate: Candidate
    refusal: str | None
    missing: tuple = ()
    in_zone: bool = True
    was_last: bool = False
    over_capacity: bool = False
    order: tuple = ()


def rank(job, candidates, now, mode):
    """Return the ratings of ``candidates`` for ``job``, best first, those refused at the end.

    :param mode: ``balanced``: the fewest open jobs decide among those who can and are there;
        ``skill``: who repaired the same asset last comes before the load

    Equals take turns from job to job, so that two jobs with consecutive keys go to two of them,
    also when they are given away at the same moment by processes that do not see each other.
    """

    def place(rating):
        return REFUSALS.index(rating.refusal), rating.order

    ratings = [_rate(job, candidate, now, mode) for candidate in candidates]
    ratings.sort(key=lambda rating: (place(rating), rating.candidate.key))
    places, answer = {}, []
    for rating in ratings:
        places.setdefault(place(rating), []).append(rating)
    for equals in places.values():
        turn = job.key % len(equals)
        answer += equals[turn:] + equals[:turn]
    return answer


def assign(jobs, candidates, now, mode):
    """Return {job key: ratings, best first} for all ``jobs``, emergencies first.

    Each job that somebody can take adds to that one's load before the next is looked at.
    """
    current = {candidate.key: candidate for candidate in candidates}
    answers = {}
    for job in sorted(jobs, key=lambda j: (not j.emergency, j.key)):
        ratings = answers[job.key] = rank(job, current.values(), now, mode)
        if ratings and not ratings[0].refusal:
            chosen = ratings[0].candidate
            current[chosen.key] = replace(chosen, load=chosen.load + 1)
    return answers


def first_moment(spans, now):
    """Return the first moment from ``now`` on that lies in one of the sorted ``spans``, or None."""
    return next((max(start, now) for start, end in spans if end > now), None)


def _rate(job, candidate, now, mode):
    """Return the rating of one candidate."""
    missing = tuple(
        skill for skill, level in job.needs.items() if candidate.skills.get(skill, -1) < level
    )
    over = bool(candidate.capacity) and candidate.load >= candidate.capacity
    in_zone = not candidate.zones or job.zone is None or job.zone in candidate.zones
    was_last = job.last is not None and job.last[0] == candidate.key
    known = (not was_last,) if mode == "skill" else ()
    return Rating(
        candidate=candidate,
        refusal="unqualified" if missing else "away" if candidate.away else None,
        missing=missing,
        in_zone=in_zone,
        was_last=was_last,
        over_capacity=over,
        order=(over, _wait(job, candidate, now), not in_zone, *known, candidate.load),
    )


def _wait(job, candidate, now):
    """How long until the candidate is at work: to the second in an emergency, in days else."""
    if candidate.free_from is None:
        return FAR * 86400 if job.emergency else FAR
    if job.emergency:
        return (candidate.free_from - now).total_seconds()
    return (candidate.free_from.date() - now.date()).days
