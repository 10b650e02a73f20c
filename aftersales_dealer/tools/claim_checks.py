"""The automatic checks of a dealer's claim (D08) as pure functions, without a database.

Each check takes plain facts and the rule that asks it, and returns a ``Finding``: whether all is
in order, the sentences that explain it (a code with JSON-able arguments, worded by the caller in
the reader's language), and how far each line that is not would be limited if the rule cuts.
``tools/claim_rules.py`` says which are asked and what follows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from .claim_rules import BLOCK, CUT, FLAG, NOTHING, Finding, Limit, Scope, check
from .peers import Peers


@dataclass(frozen=True)
class LineFacts:
    """What is known about one claim line; amounts in the claim's currency, ``quantity`` hours
    for labour.
    """

    key: int
    kind: str
    label: str
    quantity: float
    price_unit: float
    amount: float
    tariff: float | None = None
    standard_hours: float | None = None
    covered: bool = True
    cover_reasons: tuple = ()
    serial_needed: bool = False
    serial_known: bool = False
    duplicates: tuple = ()  # (number of the other claim, days between the repairs)
    campaign_quantity: float | None = None
    origin: "OriginFacts | None" = None
    peers: Peers | None = None


@dataclass(frozen=True)
class OriginFacts:
    """Where a fitted part came from: a code of the sentences, whether that proves it to be the
    company's, its serial, and the day it was delivered (ISO).
    """

    code: str
    proven: bool
    serial: str = ""
    day: str = ""


@dataclass(frozen=True)
class JourneyFacts:
    """How far the site is from the dealer in km over ground (None: unknown), how much travel the
    agreement pays at most for a claim (0: all) and in which unit, how many trips there were, and
    the names of both places.
    """

    straight: float | None = None
    most: float = 0.0
    unit: str = "km"
    trips: int = 1
    names: dict = field(default_factory=dict)


@dataclass(frozen=True)
class CampaignFacts:
    """What is known about the campaign that a claim refers to: whether its machine belongs to it,
    and what was done or claimed before.
    """

    label: str
    affected: bool
    done_before: str = ""
    claimed_before: tuple = ()


@dataclass(frozen=True)
class ClaimFacts:
    """What is known about one claim when it is submitted.

    ``round`` is the currency's rounding, ``rate`` what one unit of the company's currency is in
    the claim's, ``lines`` those that the rule speaks of, ``total`` the amount of all, ``draw`` a
    lot between 0 and 100 that says who is looked at all the same.
    """

    date_repair: date
    date_submitted: date
    lines: tuple
    round: Callable[[float], float]
    registration: str = "none"
    registration_label: str = ""
    registration_reason: str = ""
    agreement: str = ""
    deadline_days: int = 0
    signed_by: str = ""
    auto_limit: float = 0.0
    duplicate_days: int = 0
    draw: float = 100.0
    total: float = 0.0
    scope: Scope = Scope()
    rate: float = 1.0
    campaign: CampaignFacts | None = None
    journey: JourneyFacts = JourneyFacts()
    peers: Peers | None = None
    hours: Peers | None = None
    date_failure: date | None = None
    cover_end: date | None = None
    photos: tuple | None = None  # of (number, dealer, photo, id) of other claims
    same_contact: str | None = None  # what user and dealer share; None: nothing is known
    signals: tuple = ()
    authorisation: object | None = None  # AuthorisationFacts of tools/claim_checks_authorisation.py


def _exceeds(value, allowed, rule):
    """Whether ``value`` is more than ``allowed`` and what the rule tolerates in percent."""
    return value > allowed * (1.0 + rule.percent / 100.0) + 1e-9


def _whole(facts):
    """Limits of a check that speaks of the claim as a whole: nothing is left."""
    return {line.key: NOTHING for line in facts.lines}


def _whole_check(code, facts, passed, sentences):
    return Finding(code, passed, sentences, {} if passed else _whole(facts))


@check("agreement", BLOCK)
def check_agreement(facts, rule):
    if facts.agreement:
        return _whole_check(
            "agreement", facts, True, [("agreement_ok", {"agreement": facts.agreement})]
        )
    return _whole_check(
        "agreement", facts, False, [("agreement_none", {"date": str(facts.date_repair)})]
    )


@check("registered", BLOCK)
def check_registered(facts, rule):
    passed = facts.registration in ("in_time", "overridden")
    arguments = {"registration": facts.registration_label, "reason": facts.registration_reason}
    return _whole_check(
        "registered", facts, passed, [(f"registered_{facts.registration}", arguments)]
    )


@check("covered", CUT)
def check_covered(facts, rule):
    refused = [line for line in facts.lines if not line.covered]
    sentences = [
        (
            "covered_line" if line.covered else "not_covered_line",
            {"line": line.label, "reasons": list(line.cover_reasons)},
        )
        for line in facts.lines
    ]
    return Finding("covered", not refused, sentences, {line.key: NOTHING for line in refused})


@check("campaign", CUT)
def check_campaign(facts, rule):
    """The claim keeps to what its campaign allows on each machine. No row without a campaign."""
    campaign = facts.campaign
    if campaign is None:
        return None
    arguments = {"campaign": campaign.label}
    if not campaign.affected:
        return _whole_check("campaign", facts, False, [("campaign_not_affected", arguments)])
    if campaign.done_before or campaign.claimed_before:
        arguments.update(day=campaign.done_before, claims=", ".join(campaign.claimed_before))
        code = "campaign_claimed" if campaign.claimed_before else "campaign_done"
        return _whole_check("campaign", facts, False, [(code, arguments)])
    above = [
        line
        for line in facts.lines
        if line.campaign_quantity is not None and line.quantity > line.campaign_quantity
    ]
    sentences = [
        (
            "campaign_above",
            {
                **arguments,
                "line": line.label,
                "quantity": line.quantity,
                "allowed": line.campaign_quantity,
            },
        )
        for line in above
    ]
    limits = {line.key: Limit(quantity=line.campaign_quantity) for line in above}
    return Finding("campaign", not above, sentences or [("campaign_ok", arguments)], limits)


@check("deadline", BLOCK, days=0)
def check_deadline(facts, rule):
    if not facts.deadline_days:
        return _whole_check("deadline", facts, True, [("deadline_open", {})])
    days = facts.deadline_days + rule.days  # agreed, and grace
    last = facts.date_repair + timedelta(days=days)
    arguments = {"last": str(last), "days": days, "repair": str(facts.date_repair)}
    passed = facts.date_submitted <= last
    if not passed:
        arguments["late"] = (facts.date_submitted - last).days
    return _whole_check(
        "deadline", facts, passed, [("deadline_kept" if passed else "deadline_missed", arguments)]
    )


@check("duplicate", BLOCK, days=0)
def check_duplicate(facts, rule):
    """The same part on the same machine is claimed once within the days of the rule, or the
    company's.
    """
    within = rule.days or facts.duplicate_days
    sentences, limits = [], {}
    for line in facts.lines:
        claims = sorted({name for name, days in line.duplicates if days <= within})
        if claims:
            arguments = {"line": line.label, "claims": ", ".join(claims), "days": within}
            sentences.append(("duplicate_line", arguments))
            limits[line.key] = NOTHING
    return Finding("duplicate", not limits, sentences or [("duplicate_none", {})], limits)


@check("signature", BLOCK)
def check_signature(facts, rule):
    if facts.signed_by:
        return _whole_check("signature", facts, True, [("signature_ok", {"name": facts.signed_by})])
    return _whole_check("signature", facts, False, [("signature_none", {})])


@check("serial", FLAG)
def check_serial(facts, rule):
    needed = [line for line in facts.lines if line.serial_needed]
    missing = [line for line in needed if not line.serial_known]
    sentences = [("serial_missing", {"line": line.label}) for line in missing]
    if not missing:
        sentences = [("serial_ok" if needed else "serial_not_needed", {"count": len(needed)})]
    return Finding("serial", not missing, sentences, {line.key: NOTHING for line in missing})


@check("standard_time", CUT, percent=0.0)
def check_standard_time(facts, rule):
    timed = [line for line in facts.lines if line.kind == "labour" and line.standard_hours]
    above = [line for line in timed if _exceeds(line.quantity, line.standard_hours, rule)]
    sentences = [
        (
            "time_above",
            {"line": line.label, "hours": line.quantity, "standard": line.standard_hours},
        )
        for line in above
    ]
    limits = {line.key: Limit(quantity=line.standard_hours) for line in above}
    return Finding(
        "standard_time", not above, sentences or [("time_ok" if timed else "time_none", {})], limits
    )


@check("price", CUT, percent=0.0)
def check_price(facts, rule):
    above = [
        line
        for line in facts.lines
        if line.tariff is not None and _exceeds(line.price_unit, line.tariff, rule)
    ]
    sentences = [
        ("price_above", {"line": line.label, "price": line.price_unit, "tariff": line.tariff})
        for line in above
    ]
    limits = {line.key: Limit(price=line.tariff) for line in above}
    return Finding("price", not above, sentences or [("price_ok", {})], limits)


@check("auto_limit", FLAG, percent=0.0)
def check_auto_limit(facts, rule):
    """Small and clean claims need nobody, but for a share that is drawn for a person's look (D08).
    No row while the company has set no limit.
    """
    if not facts.auto_limit:
        return None
    arguments = {"amount": facts.total, "limit": facts.auto_limit}
    if facts.total > facts.auto_limit:
        return Finding("auto_limit", False, [("auto_limit_above", arguments)])
    if facts.draw < rule.percent:
        return Finding("auto_limit", False, [("auto_limit_drawn", arguments)])
    return Finding("auto_limit", True, [("auto_limit_below", arguments)])
