"""The automatic checks of a dealer's claim (D08) as a decision table, without a database.

``run`` takes plain facts and returns findings: what was looked at, whether it is in order, the
sentences that explain it (a code with JSON-able arguments, worded by the caller in the reader's
language), and how far each line would be limited if the check cuts. ``propose`` turns the limits
of all cutting checks into the amount proposed for each line.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

OK, FLAG, BLOCK, CUT, OFF = "ok", "flag", "block", "cut", "off"

# Code → what a failed check does unless the company says otherwise.
DEFAULT_SEVERITIES = {
    "agreement": BLOCK,
    "registered": BLOCK,
    "covered": CUT,
    "campaign": CUT,
    "deadline": BLOCK,
    "duplicate": BLOCK,
    "signature": BLOCK,
    "serial": FLAG,
    "standard_time": CUT,
    "price": CUT,
    "auto_limit": FLAG,
}


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
    duplicates: tuple = ()
    campaign_quantity: float | None = None


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
    """What is known about one claim when it is submitted. ``round`` is the currency's rounding."""

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
    campaign: CampaignFacts | None = None


@dataclass(frozen=True)
class Limit:
    """What a check leaves of a line: at most this quantity, at most this price."""

    quantity: float | None = None
    price: float | None = None


NOTHING = Limit(quantity=0.0)


@dataclass
class Finding:
    """The outcome of one check: whether all is in order, why, and what a cut would leave."""

    code: str
    passed: bool
    sentences: list = field(default_factory=list)
    limits: dict = field(default_factory=dict)
    result: str = OK
    amount: float = 0.0


def run(facts, severities):
    """Return the findings of all checks that are not off, with their result and effect on the
    amount.

    :param ClaimFacts facts: the claim
    :param dict severities: code → ``block``, ``flag``, ``cut`` or ``off``
    """
    findings = []
    for code, check in CHECKS.items():
        severity = severities.get(code, DEFAULT_SEVERITIES[code])
        finding = None if severity == OFF else check(facts)
        if finding is None:
            continue
        if not finding.passed:
            finding.result = severity
            if severity == CUT:
                finding.amount = _cut_amount(facts, finding)
        findings.append(finding)
    return findings


def propose(facts, findings):
    """Return {line key: amount} that the cutting findings leave of each line, rounded.

    The tightest quantity and the tightest price count, so that two checks never cut the same
    money twice.
    """
    cutting = [finding for finding in findings if finding.result == CUT]
    return {
        line.key: _limited(facts, line, [f.limits.get(line.key) for f in cutting])
        for line in facts.lines
    }


def is_clean(findings):
    """Whether no check found anything: such a claim may be approved without a person."""
    return all(finding.result == OK for finding in findings)


def release(amount, quantity, received, responsible_pays):
    """Return the unrounded amount that an appraised old part leaves of its line (D09, D18).

    Only what came back is paid; nothing when the fault is the dealer's or the customer's.

    >>> release(90.0, 3, 2, False)
    60.0
    >>> release(90.0, 3, 3, True)
    0.0
    """
    if responsible_pays or quantity <= 0:
        return 0.0
    return amount * min(max(received, 0.0), quantity) / quantity


def _limited(facts, line, limits):
    quantity, price = line.quantity, line.price_unit
    for limit in filter(None, limits):
        if limit.quantity is not None:
            quantity = min(quantity, limit.quantity)
        if limit.price is not None:
            price = min(price, limit.price)
    return min(facts.round(quantity * price), line.amount)


def _cut_amount(facts, finding):
    return facts.round(
        sum(
            line.amount - _limited(facts, line, [finding.limits.get(line.key)])
            for line in facts.lines
        )
    )


def _whole(facts):
    """Limits of a check that speaks of the claim as a whole: nothing is left."""
    return {line.key: NOTHING for line in facts.lines}


def _whole_check(code, facts, passed, sentences):
    return Finding(code, passed, sentences, {} if passed else _whole(facts))


def _check_agreement(facts):
    if facts.agreement:
        return _whole_check(
            "agreement", facts, True, [("agreement_ok", {"agreement": facts.agreement})]
        )
    return _whole_check(
        "agreement", facts, False, [("agreement_none", {"date": str(facts.date_repair)})]
    )


def _check_registered(facts):
    passed = facts.registration in ("in_time", "overridden")
    arguments = {"registration": facts.registration_label, "reason": facts.registration_reason}
    return _whole_check(
        "registered", facts, passed, [(f"registered_{facts.registration}", arguments)]
    )


def _check_covered(facts):
    refused = [line for line in facts.lines if not line.covered]
    sentences = [
        (
            "covered_line" if line.covered else "not_covered_line",
            {"line": line.label, "reasons": list(line.cover_reasons)},
        )
        for line in facts.lines
    ]
    return Finding("covered", not refused, sentences, {line.key: NOTHING for line in refused})


def _check_campaign(facts):
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


def _check_deadline(facts):
    if not facts.deadline_days:
        return _whole_check("deadline", facts, True, [("deadline_open", {})])
    last = facts.date_repair + timedelta(days=facts.deadline_days)
    arguments = {"last": str(last), "days": facts.deadline_days, "repair": str(facts.date_repair)}
    passed = facts.date_submitted <= last
    if not passed:
        arguments["late"] = (facts.date_submitted - last).days
    return _whole_check(
        "deadline", facts, passed, [("deadline_kept" if passed else "deadline_missed", arguments)]
    )


def _check_duplicate(facts):
    doubled = [line for line in facts.lines if line.duplicates]
    sentences = [
        ("duplicate_line", {"line": line.label, "claims": ", ".join(line.duplicates)})
        for line in doubled
    ]
    limits = {line.key: NOTHING for line in doubled}
    return Finding("duplicate", not doubled, sentences or [("duplicate_none", {})], limits)


def _check_signature(facts):
    if facts.signed_by:
        return _whole_check("signature", facts, True, [("signature_ok", {"name": facts.signed_by})])
    return _whole_check("signature", facts, False, [("signature_none", {})])


def _check_serial(facts):
    needed = [line for line in facts.lines if line.serial_needed]
    missing = [line for line in needed if not line.serial_known]
    sentences = [("serial_missing", {"line": line.label}) for line in missing]
    if not missing:
        sentences = [("serial_ok" if needed else "serial_not_needed", {"count": len(needed)})]
    return Finding("serial", not missing, sentences, {line.key: NOTHING for line in missing})


def _check_standard_time(facts):
    timed = [line for line in facts.lines if line.kind == "labour" and line.standard_hours]
    above = [line for line in timed if line.quantity > line.standard_hours]
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


def _check_price(facts):
    above = [
        line for line in facts.lines if line.tariff is not None and line.price_unit > line.tariff
    ]
    sentences = [
        ("price_above", {"line": line.label, "price": line.price_unit, "tariff": line.tariff})
        for line in above
    ]
    limits = {line.key: Limit(price=line.tariff) for line in above}
    return Finding("price", not above, sentences or [("price_ok", {})], limits)


def _check_auto_limit(facts):
    """Small and clean claims need nobody (D08). No row while the company has set no limit."""
    if not facts.auto_limit:
        return None
    total = facts.round(sum(line.amount for line in facts.lines))
    arguments = {"amount": total, "limit": facts.auto_limit}
    if total <= facts.auto_limit:
        return Finding("auto_limit", True, [("auto_limit_below", arguments)])
    return Finding("auto_limit", False, [("auto_limit_above", arguments)])


CHECKS = {
    "agreement": _check_agreement,
    "registered": _check_registered,
    "covered": _check_covered,
    "campaign": _check_campaign,
    "deadline": _check_deadline,
    "duplicate": _check_duplicate,
    "signature": _check_signature,
    "serial": _check_serial,
    "standard_time": _check_standard_time,
    "price": _check_price,
    "auto_limit": _check_auto_limit,
}
