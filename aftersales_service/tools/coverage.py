"""Who pays for a repair: the decision table behind W07, without a database.

``decide`` takes plain values and returns plain values, so that it is tested by its properties and
reused for "what if" questions. Texts are added by the caller: a reason is a code with its
arguments.
"""

from dataclasses import dataclass, field
from datetime import date

from dateutil.relativedelta import relativedelta

WARRANTY, CONTRACT, PAID, INTERNAL, GOODWILL = (
    "warranty",
    "contract",
    "paid",
    "internal",
    "goodwill",
)


@dataclass(frozen=True)
class Cover:
    """One promise that may cover an asset: a warranty term, a contract line, a campaign…

    ``category_ids`` are the part categories it is for (with their children); empty means the
    whole product. ``rank`` orders sources that both cover (lower first).
    """

    key: tuple
    category: str
    label: str
    date_start: date | None
    date_end: date | None
    parts: bool = True
    labour: bool = True
    travel: bool = True
    meter_limit: float = 0.0
    category_ids: frozenset = frozenset()
    rank: int = 10
    source: str = ""


@dataclass(frozen=True)
class Question:
    """What is asked of an asset: on which date, for which part, at which meter reading, why."""

    date: date
    part_category_id: int | None = None
    meter: float | None = None
    exclusion: str | None = None
    internal: bool = False


@dataclass
class Answer:
    """The decision, what it covers, the cover it rests on, and the reasons as (code, arguments)."""

    category: str
    parts: bool = False
    labour: bool = False
    travel: bool = False
    cover: Cover | None = None
    reasons: list = field(default_factory=list)


def term_end(date_start, duration, unit):
    """Return the last covered day of ``duration`` days, months or years from ``date_start``.

    The day of the event is not counted, as in civil law nearly everywhere: 24 months from
    15 January end with 15 January. Month ends clamp.

    >>> term_end(date(2026, 1, 31), 1, "month")
    datetime.date(2026, 2, 28)
    """
    return date_start + relativedelta(**{f"{unit}s": duration})


def decide(question, covers):
    """Return the ``Answer`` to ``question`` given all ``covers`` of an asset.

    Order: internal work, exclusions, then the covers by rank; a cover made for the part's category
    stands in for the cover of the whole product (a wear part has 3 months, not 24).
    """
    if question.internal:
        return Answer(INTERNAL, reasons=[("internal", {})])
    if question.exclusion:
        return Answer(PAID, reasons=[("excluded", {"exclusion": question.exclusion})])
    reasons = []
    for cover in _relevant(question, covers):
        refusal = _refusal(question, cover)
        if refusal:
            reasons.append(refusal)
            continue
        reasons.append(("covered", {"cover": cover, "date": question.date}))
        reasons += _not_included(cover)
        return Answer(cover.category, cover.parts, cover.labour, cover.travel, cover, reasons)
    return Answer(PAID, reasons=reasons or [("no_cover", {})])


def _relevant(question, covers):
    """Covers that speak of the part asked for, in the order they are tried.

    Within one promise (same rank and label) the term of the part's category replaces the
    general one.
    """
    category = question.part_category_id
    specific = {(c.rank, c.key[0]) for c in covers if category and category in c.category_ids}
    chosen = [
        cover
        for cover in covers
        if (
            category in cover.category_ids
            if (cover.rank, cover.key[0]) in specific
            else not cover.category_ids
        )
    ]
    # The one that runs longest first: its reasons are the ones a customer wants to read.
    return sorted(chosen, key=lambda c: (c.rank, -(c.date_end or date.max).toordinal(), c.key))


def _refusal(question, cover):
    """Reason why ``cover`` does not answer ``question``, or None when it does."""
    if cover.date_start is None:
        return ("not_started", {"cover": cover})
    if question.date < cover.date_start:
        return ("starts_later", {"cover": cover})
    if cover.date_end is not None and question.date > cover.date_end:
        return ("expired", {"cover": cover})
    if cover.meter_limit and question.meter is not None and question.meter > cover.meter_limit:
        return ("meter_exceeded", {"cover": cover, "meter": question.meter})
    return None


def _not_included(cover):
    """Reasons for what an applicable cover leaves to the customer."""
    return [
        ("not_included", {"cover": cover, "what": what})
        for what in ("parts", "labour", "travel")
        if not getattr(cover, what)
    ]
