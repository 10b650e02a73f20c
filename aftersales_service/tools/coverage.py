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
ASPECTS = ("parts", "labour", "travel")

# The kinds of promises in the order they are tried, each with the category of service it gives.
KINDS = {
    "campaign": WARRANTY,
    "warranty": WARRANTY,
    "part": WARRANTY,
    "contract": CONTRACT,
    "abnormal": WARRANTY,
    "goodwill": GOODWILL,
}
_RANKS = {kind: rank for rank, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Cover:
    """One promise that may cover an asset: a warranty term, a contract line, a campaign…

    ``key`` is (id of the promise, id of its term). What a cover is for is said by ``category_ids``
    (part categories with their children), ``product_ids`` (parts), ``symptom_ids``,
    ``campaign_id`` and ``ticket_id``: one of them must be what is asked for. When all are empty
    the cover is for the whole product, unless ``in_words``: then it is for a component that is
    only described, so that no question can be about it.

    ``meter_limit`` is in readings of the counter of now; ``date_meter_end`` is the day on which a
    reading above it was taken, the last one covered.
    """

    key: tuple
    kind: str
    label: str
    date_start: date | None
    date_end: date | None
    parts: bool = True
    labour: bool = True
    travel: bool = True
    meter_limit: float = 0.0
    date_meter_end: date | None = None
    category_ids: frozenset = frozenset()
    product_ids: frozenset = frozenset()
    symptom_ids: frozenset = frozenset()
    campaign_id: int | None = None
    ticket_id: int | None = None
    source: str = ""
    in_words: bool = False

    @property
    def category(self):
        """The category of service this promise gives: one of the values of ``KINDS``."""
        return KINDS[self.kind]

    @property
    def last_day(self):
        """The last covered day as far as it is known; None when the end is open."""
        return min(filter(None, (self.date_end, self.date_meter_end)), default=None)

    @property
    def promise(self):
        """What the terms of one document have in common."""
        return (self.kind, self.key[0])

    @property
    def is_special(self):
        """Whether the cover is for something named, not for the whole product."""
        return bool(
            self.category_ids
            or self.product_ids
            or self.symptom_ids
            or self.campaign_id
            or self.ticket_id
            or self.in_words
        )

    def is_about(self, question):
        """Whether what is asked for is named by this special cover."""
        return (
            question.part_category_id in self.category_ids
            or question.part_id in self.product_ids
            or question.symptom_id in self.symptom_ids
            or (self.campaign_id is not None and question.campaign_id == self.campaign_id)
            or (self.ticket_id is not None and question.ticket_id == self.ticket_id)
        )


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of an asset: on which date, for which part, at which meter reading, why."""

    date: date
    part_category_id: int | None = None
    meter: float | None = None
    exclusion: str | None = None
    internal: bool = False
    part_id: int | None = None
    symptom_id: int | None = None
    campaign_id: int | None = None
    ticket_id: int | None = None


@dataclass(slots=True)
class Answer:
    """The decision, what it covers, the cover it rests on, and the reasons as (code, arguments).

    ``by`` says which cover pays for which of ``ASPECTS``; what is missing there, the customer pays.
    ``covers`` are all covers of the asset, for who asks about more than this question.
    """

    category: str
    cover: Cover | None = None
    by: dict = field(default_factory=dict)
    reasons: list = field(default_factory=list)
    covers: list = field(default_factory=list)


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

    Order: internal work, exclusions, then the covers by kind. The first that applies decides the
    category; what it leaves to the customer (say, travel) a later one may still cover. An
    exclusion stops all but goodwill, which is granted by a person who knows the case, and the
    campaign that the work is done for: a recall is not for the fault that was found.

    What holds for every set of covers (tests/test_coverage.py):

    * the order in which they are given does not matter;
    * from its first to its last day, both included, a cover answers the same on each day;
    * one more cover never makes the customer pay more, with one exception: a special cover (for
      a part category, part or fault) stands in for the general ones of the *same* promise, and
      the nearer part category for the one above it, be it longer or shorter (a wear part has 3
      months, not 24).
    """
    if question.internal:
        return Answer(INTERNAL, reasons=[("internal", {})])
    answer = Answer(PAID)
    tried = review(question, covers)
    if question.exclusion:
        tried = _exclude(answer, question, tried)
    for cover, refusal in tried:
        if refusal:
            answer.reasons.append(refusal)
        elif answer.cover is None:
            _rest_on(answer, cover, question)
        else:
            _fill_in(answer, cover)
        if len(answer.by) == len(ASPECTS):
            break
    if answer.cover:
        answer.reasons += _left_out(answer)
    elif not question.exclusion:
        answer.reasons += _running_in_words(question, covers)
    if not answer.reasons:
        answer.reasons.append(("not_about" if covers else "no_cover", {}))
    return answer


def review(question, covers):
    """Return the covers that speak of what is asked for in the order they are tried, each with
    the reason why it does not answer (code, arguments), or None when it does.

    Exclusions and internal work are left aside: it tells what would hold without them.
    """
    return [(cover, _refusal(question, cover)) for cover in _relevant(question, covers)]


def _relevant(question, covers):
    """Covers that speak of what is asked for, in the order they are tried.

    Within one promise the special term replaces the general one, the nearer part category the
    one above it.
    """
    about = [cover for cover in covers if cover.is_special and cover.is_about(question)]
    special = [cover for cover in about if not any(_is_nearer(c, cover) for c in about)]
    replaced = {cover.promise for cover in special}
    chosen = special + [
        cover for cover in covers if not cover.is_special and cover.promise not in replaced
    ]
    # The one that runs longest first: its reasons are the ones a customer wants to read.
    return sorted(
        chosen, key=lambda c: (_RANKS[c.kind], -(c.date_end or date.max).toordinal(), c.key)
    )


def _is_nearer(cover, other):
    """Whether ``cover`` is for a part category below the one of ``other``, in the same promise."""
    return (
        cover.promise == other.promise
        and bool(cover.category_ids)
        and (cover.category_ids < other.category_ids)
    )


def _exclude(answer, question, tried):
    """Return what the exclusion leaves of ``tried``; tell what it costs."""
    answer.reasons.append(("excluded", {"exclusion": question.exclusion}))
    stopped = [pair for pair in tried if not _outlives_exclusion(question, pair[0])]
    lost = next((cover for cover, refusal in stopped if not refusal), None)
    if lost:
        answer.reasons.append(("would_cover", {"cover": lost}))
    return [pair for pair in tried if pair not in stopped]


def _outlives_exclusion(question, cover):
    """Whether ``cover`` holds even when the fault was found to be excluded."""
    return cover.kind == "goodwill" or (
        cover.campaign_id is not None and cover.campaign_id == question.campaign_id
    )


def _running_in_words(question, covers):
    """Reasons that tell of running covers for components that no question can name."""
    running = [c for c in covers if c.in_words and not _refusal(question, c)]
    return [("component_only", {"cover": cover}) for cover in sorted(running, key=lambda c: c.key)]


def _refusal(question, cover):
    """Reason why ``cover`` does not answer ``question``, or None when it does."""
    if cover.date_start is None:
        return ("not_started", {"cover": cover})
    if question.date < cover.date_start:
        return ("starts_later", {"cover": cover})
    if cover.date_end is not None and question.date > cover.date_end:
        return ("expired", {"cover": cover})
    if cover.date_meter_end is not None and question.date > cover.date_meter_end:
        return ("meter_ended", {"cover": cover, "date": cover.date_meter_end})
    if cover.meter_limit and question.meter is not None and question.meter > cover.meter_limit:
        return ("meter_exceeded", {"cover": cover, "meter": question.meter})
    if not (cover.parts or cover.labour or cover.travel):
        return ("nothing_included", {"cover": cover})
    return None


def _rest_on(answer, cover, question):
    """``cover`` decides the category."""
    answer.category, answer.cover = cover.category, cover
    answer.by = {aspect: cover for aspect in ASPECTS if getattr(cover, aspect)}
    answer.reasons.append(("covered", {"cover": cover, "date": question.date}))


def _fill_in(answer, cover):
    """``cover`` pays for what those before it leave to the customer."""
    for aspect in ASPECTS:
        if aspect not in answer.by and getattr(cover, aspect):
            answer.by[aspect] = cover
            answer.reasons.append(("also_covered", {"cover": cover, "what": aspect}))


def _left_out(answer):
    """Reasons for what no cover pays."""
    return [
        ("not_included", {"cover": answer.cover, "what": aspect})
        for aspect in ASPECTS
        if aspect not in answer.by
    ]


def pack(code, arguments):
    """Return a reason as JSON values, to be kept and worded in a reader's language later."""
    values = {
        name: str(value) if isinstance(value, date) else value for name, value in arguments.items()
    }
    cover = values.pop("cover", None)
    if cover:
        values.update(
            kind=cover.kind,
            label=cover.label,
            date_start=str(cover.date_start) if cover.date_start else False,
            date_end=str(cover.date_end) if cover.date_end else False,
            meter_limit=cover.meter_limit,
        )
    return [code, values]


def unpack(code, values):
    """Return the (code, arguments) of a packed reason; its cover has what sentences need.

    >>> unpack(*pack("excluded", {"exclusion": "misuse"}))
    ('excluded', {'exclusion': 'misuse'})
    """
    arguments = dict(values)
    if "date" in arguments:
        arguments["date"] = date.fromisoformat(arguments["date"])
    if "label" in arguments:
        start, end = arguments.pop("date_start"), arguments.pop("date_end")
        arguments["cover"] = Cover(
            key=(),
            kind=arguments.pop("kind", WARRANTY),
            label=arguments.pop("label"),
            date_start=date.fromisoformat(start) if start else None,
            date_end=date.fromisoformat(end) if end else None,
            meter_limit=arguments.pop("meter_limit"),
        )
    return code, arguments
