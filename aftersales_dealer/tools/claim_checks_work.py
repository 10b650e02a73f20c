"""Checks of a claim against the world: how far it was, where the part came from, what others
claim for the same job (D08).
"""

from .claim_rules import CUT, FLAG, NOTHING, Finding, Limit, check
from .peers import get_allowed


@check("distance", CUT, factor=1.3, km=10.0)
def check_distance(facts, rule):
    """Each journey fits the way there and back, all together what the agreement grants at most."""
    travel = [line for line in facts.lines if line.kind == "travel"]
    if not travel:
        return Finding("distance", True, [("distance_none", {})])
    journey = facts.journey
    arguments = {**journey.names, "unit": journey.unit, "trips": journey.trips}
    arguments.update(factor=rule.factor, km=rule.km)
    road, left = _get_road(journey, rule), journey.most or None
    sentences, limits = [], {}
    for line in travel:
        code, allowed = "distance_road_above", road
        if left is not None and (road is None or left < min(road, line.quantity)):
            code, allowed = "distance_agreed_above", left
        if allowed is not None and line.quantity > allowed + 0.05:
            limits[line.key] = Limit(quantity=allowed)
            values = {"line": line.label, "claimed": line.quantity, "allowed": allowed}
            values.update(straight=journey.straight or 0.0, most=journey.most)
            sentences.append((code, {**arguments, **values}))
        if left is not None:
            left = max(0.0, left - min(line.quantity, line.quantity if road is None else road))
    if not sentences:
        sentences.append(_get_distance_sentence(journey, road, arguments))
    return Finding("distance", not limits, sentences, limits)


def _get_road(journey, rule):
    """Return how many km the trips may have, there and back; None when that is not known."""
    if journey.straight is None or journey.unit != "km" or not rule.factor:
        return None
    return round(journey.trips * (2.0 * journey.straight * rule.factor + rule.km), 1)


def _get_distance_sentence(journey, road, arguments):
    if road is not None:
        return "distance_road", {**arguments, "allowed": road, "straight": journey.straight}
    if journey.most:
        return "distance_agreed", {**arguments, "most": journey.most}
    return ("distance_unknown" if journey.unit == "km" else "distance_unit"), arguments


@check("genuine", FLAG)
def check_genuine(facts, rule):
    """What was fitted came from the company to this dealer."""
    parts = [line for line in facts.lines if line.origin is not None]
    doubtful = [line for line in parts if not line.origin.proven]
    sentences = [
        (
            f"genuine_{line.origin.code}",
            {"line": line.label, "serial": line.origin.serial, "date": line.origin.day},
        )
        for line in doubtful or parts
    ]
    limits = {line.key: NOTHING for line in doubtful}
    return Finding("genuine", not doubtful, sentences or [("genuine_none", {})], limits)


@check("outlier", FLAG, internal=True, factor=3.5, percent=25.0, count=8)
def check_outlier(facts, rule):
    """The claim and its lines ask for what other dealers ask for the same job."""
    findings, limits, compared = [], {}, False
    for line in facts.lines:
        allowed = get_allowed(line.peers, rule.factor, rule.percent, rule.count)
        compared |= allowed is not None
        if allowed is not None and line.amount > allowed:
            arguments = _get_peer_arguments(line.peers, line.amount, allowed)
            findings.append(("outlier_line", {"line": line.label, **arguments}))
            limits[line.key] = Limit(amount=facts.round(allowed))
    allowed = get_allowed(facts.peers, rule.factor, rule.percent, rule.count)
    if allowed is not None and facts.total > allowed:
        arguments = _get_peer_arguments(facts.peers, facts.total, allowed)
        findings.append(("outlier_claim", arguments))
        for line in facts.lines:
            share = Limit(amount=facts.round(line.amount * allowed / facts.total))
            limits.setdefault(line.key, share)
    code = "outlier_none" if compared or allowed is not None else "outlier_few"
    return Finding("outlier", not findings, findings or [(code, {"count": rule.count})], limits)


def _get_peer_arguments(peers, amount, allowed):
    return {
        "amount": amount,
        "median": peers.median,
        "spread": peers.deviation,
        "limit": allowed,
        "times": round(amount / peers.median, 1) if peers.median else 0.0,
        "claims": peers.claims,
        "dealers": peers.dealers,
    }
