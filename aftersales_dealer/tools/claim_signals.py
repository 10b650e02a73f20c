"""Signals of a claim (D19): readings that make a person look, never shown to dealers.

They are checks like the others; what the shipped rules do with them is to list them or to have an
appraiser look. A company whose rules say so may block by them.
"""

from .claim_rules import FLAG, LIST, Finding, check
from .peers import get_allowed


def _finding(code, found, arguments):
    return Finding(code, not found, [(f"{code}_{'found' if found else 'none'}", arguments)])


@check("signal_photo", FLAG, internal=True, signal=True)
def check_photo(facts, rule):
    """No photo of the claim is on another claim, too. No row without photos."""
    if facts.photos is None:
        return None
    others = sorted(facts.photos)
    sentences = [
        (
            "signal_photo_found",
            {"claim": claim, "dealer": dealer, "photo": photo, "claim_id": claim_id},
        )
        for claim, dealer, photo, claim_id in others
    ]
    return Finding("signal_photo", not others, sentences or [("signal_photo_none", {})])


@check("signal_hours", LIST, internal=True, signal=True, factor=3.5, percent=50.0, count=8)
def check_hours(facts, rule):
    """The hours of the claim are near the median of its model. No row without hours."""
    hours = sum(line.quantity for line in facts.lines if line.kind == "labour")
    allowed = get_allowed(facts.hours, rule.factor, rule.percent, rule.count)
    if not hours or allowed is None:
        return None
    arguments = {
        "hours": hours,
        "standard": facts.hours.median,
        "most": allowed,
        "claims": facts.hours.claims,
        "dealers": facts.hours.dealers,
    }
    return _finding("signal_hours", hours > allowed, arguments)


@check("signal_expiry", LIST, internal=True, signal=True, days=14)
def check_expiry(facts, rule):
    """The failure is not on the last days of the warranty. No row without an end."""
    if not facts.cover_end or not facts.date_failure:
        return None
    left = (facts.cover_end - facts.date_failure).days
    arguments = {"last": str(facts.cover_end), "date": str(facts.date_failure), "left": left}
    return _finding("signal_expiry", 0 <= left < rule.days, arguments)


@check("signal_limit", LIST, internal=True, signal=True, percent=5.0)
def check_limit(facts, rule):
    """The amount is not just under the limit of automatic approval. No row without a limit."""
    if not facts.auto_limit:
        return None
    lowest = facts.auto_limit * (1.0 - rule.percent / 100.0)
    arguments = {"amount": facts.total, "limit": facts.auto_limit, "percent": rule.percent}
    return _finding("signal_limit", lowest <= facts.total <= facts.auto_limit, arguments)


@check("signal_contact", FLAG, internal=True, signal=True)
def check_contact(facts, rule):
    """The user's phone and e-mail are not the dealer's. No row when neither is known."""
    if facts.same_contact is None:
        return None
    return _finding("signal_contact", bool(facts.same_contact), {"contact": facts.same_contact})


@check("signal_found", FLAG, internal=True)
def check_found(facts, rule):
    """What the nightly job found is decided. No row when it found nothing."""
    if not facts.signals:
        return None
    sentences = [("signal_found_open", {"signals": list(facts.signals)})]
    return Finding("signal_found", False, sentences)
