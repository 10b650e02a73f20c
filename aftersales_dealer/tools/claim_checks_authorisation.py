"""The checks of a claim against its prior authorisation (D16), without a database."""

from dataclasses import dataclass, field

from .claim_rules import BLOCK, CUT, NOTHING, Finding, Limit, check


@dataclass(frozen=True)
class AuthorisationFacts:
    """What is known about the authorisation of a claim.

    ``needed_from`` is the amount from which one is needed, 0 when none is; ``problem`` the code
    of what is wrong with the one referred to; ``allowed`` what it leaves of each line.
    """

    needed_from: float = 0.0
    label: str = ""
    problem: str = ""
    last: str = ""
    limit: float = 0.0
    allowed: dict = field(default_factory=dict)


def allocate(lines, limits, round_):
    """Return {line key: amount} that ``limits`` leave of the lines, granted in their order.

    :param lines: (line key, limit key, amount) of each line
    :param dict limits: {limit key: amount left}; lines of other keys get nothing
    :param round_: rounds an amount to the currency

    >>> allocate([(1, "x", 60.0), (2, "x", 60.0), (3, "y", 5.0)], {"x": 100.0}, float)
    {1: 60.0, 2: 40.0, 3: 0.0}
    """
    left, allowed = dict(limits), {}
    for key, limit, amount in lines:
        granted = max(0.0, min(amount, left.get(limit, 0.0)))
        allowed[key] = round_(granted)
        left[limit] = round_(left.get(limit, 0.0) - granted)
    return allowed


@check("authorisation", BLOCK)
def check_authorisation(facts, rule):
    """A dear repair was authorised before; no row when it need not be and was not."""
    known = facts.authorisation
    if known is None or not (known.label or known.needed_from):
        return None
    nothing = {line.key: NOTHING for line in facts.lines}
    arguments = {"authorisation": known.label, "last": known.last}
    if known.problem:
        sentences = [(f"authorisation_{known.problem}", arguments)]
        return Finding("authorisation", False, sentences, nothing)
    if known.label:
        return Finding("authorisation", True, [("authorisation_ok", arguments)])
    arguments = {"amount": facts.total, "limit": known.needed_from}
    if facts.total < known.needed_from:
        return Finding("authorisation", True, [("authorisation_not_needed", arguments)])
    return Finding("authorisation", False, [("authorisation_none", arguments)], nothing)


@check("authorised", CUT)
def check_authorised(facts, rule):
    """The claim keeps to what was granted. No row without an authorisation that holds."""
    known = facts.authorisation
    if known is None or not known.label or known.problem:
        return None
    above = [line for line in facts.lines if line.amount > known.allowed.get(line.key, 0.0)]
    sentences = [
        (
            "authorised_above",
            {
                "line": line.label,
                "amount": line.amount,
                "limit": known.allowed.get(line.key, 0.0),
                "authorisation": known.label,
            },
        )
        for line in above
    ]
    ok = [("authorised_ok", {"authorisation": known.label, "limit": known.limit})]
    limits = {line.key: Limit(amount=known.allowed.get(line.key, 0.0)) for line in above}
    return Finding("authorised", not above, sentences or ok, limits)
