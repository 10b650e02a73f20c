"""How rules decide on a claim (D08), without a database.

A *check* is a pure function in ``tools/claim_checks*.py``: it looks at the facts of a claim and
returns a ``Finding``. A *rule* says for which claims and lines the check is asked, with which
parameters, and what happens when it fails. ``run`` asks all that apply; ``propose`` turns what the
cutting rules leave into the amount proposed for each line.

To add a check: decorate a function with ``check``, word its sentences in
``aftersales.claim.check._get_sentences``, name it in ``CHECK_CODES``. Every company gets a rule
for it with the severity and parameters named in the decorator.

Of the rules of one check, the narrowest that fit a line hold for it; equally narrow ones hold
together. So a rule for one dealer replaces the company's, and the order of rules never matters.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

OK, LIST, FLAG, BLOCK, CUT, OFF = "ok", "list", "flag", "block", "cut", "off"
# From nothing to the worst.
RESULTS = (OK, LIST, FLAG, CUT, BLOCK)
# Results that need nobody.
CLEAN = {OK, LIST}


@dataclass(frozen=True)
class Limit:
    """What is left of a line: at most this quantity, this price, this amount."""

    quantity: float | None = None
    price: float | None = None
    amount: float | None = None


NOTHING = Limit(quantity=0.0)


@dataclass
class Finding:
    """The outcome of one check: whether all is in order, why, and what a cut would leave of the
    lines that are not.
    """

    code: str
    passed: bool
    sentences: list = field(default_factory=list)
    limits: dict = field(default_factory=dict)
    result: str = OK
    amount: float = 0.0
    rule: "Rule | None" = None

    @property
    def is_signal(self):
        """Whether a person is to dismiss or confirm what was found (D19)."""
        return not self.passed and CHECKS[self.code].signal

    @property
    def is_silent(self):
        """Whether there is nothing to tell: no signal was found."""
        return self.passed and CHECKS[self.code].signal


@dataclass(frozen=True)
class Scope:
    """What rules may ask of a claim: ids of dealer and grade, the category of the machine with
    those above it, the amount claimed in the company's currency, the day of submission.
    """

    dealer: int = 0
    grade: int = 0
    categories: frozenset = frozenset()
    amount: float = 0.0
    day: date | None = None


@dataclass(frozen=True)
class Rule:
    """When a check is asked, how strictly, and what follows. Empty sets mean "all"."""

    code: str
    severity: str
    key: int = 0
    cut_to: str = "check"
    share: float = 0.0
    maximum: float = 0.0
    days: int = 0
    km: float = 0.0
    factor: float = 0.0
    percent: float = 0.0
    count: int = 0
    dealers: frozenset = frozenset()
    grades: frozenset = frozenset()
    categories: frozenset = frozenset()
    kind: str = ""
    amount_from: float = 0.0
    date_from: date | None = None
    date_to: date | None = None

    def fits(self, scope):
        """Whether the rule speaks of claims like ``scope``."""
        return (
            (not self.dealers or scope.dealer in self.dealers)
            and (not self.grades or scope.grade in self.grades)
            and (not self.categories or bool(scope.categories & self.categories))
            and scope.amount >= self.amount_from
            and (scope.day is None or self.date_from is None or self.date_from <= scope.day)
            and (scope.day is None or self.date_to is None or scope.day <= self.date_to)
        )

    @property
    def narrowness(self):
        """How narrow the rule is: one for a dealer before one for a grade, a category, a kind of
        line, an amount.
        """
        parts = (self.dealers, self.grades, self.categories, self.kind, self.amount_from)
        return tuple(bool(part) for part in parts)


@dataclass(frozen=True)
class Check:
    """One check of the registry, with what the rule that is shipped for it says.

    ``internal``: its findings are not for dealers' eyes. ``signal``: what it finds is listed as a
    signal for people to dismiss or confirm (D19).
    """

    code: str
    function: Callable
    severity: str
    parameters: dict
    internal: bool = False
    signal: bool = False


CHECKS = {}


def check(code, severity, *, internal=False, signal=False, **parameters):
    """Register the decorated function ``(facts, rule) → Finding or None`` as the check ``code``.

    :param str severity: what the shipped rule does when it fails
    :param bool internal: whether dealers never see its findings
    :param bool signal: whether what it finds is listed as a signal
    :param parameters: the fields of the rule that the check reads, with their shipped values
    """

    def register(function):
        CHECKS[code] = Check(code, function, severity, parameters, internal, signal)
        return function

    return register


def shipped_rules():
    """Return the rules as they are shipped, one for each check."""
    return [Rule(each.code, each.severity, **each.parameters) for each in CHECKS.values()]


def run(facts, rules):
    """Return the findings of all rules that apply, with their result and effect on the amount.

    :param facts: ``claim_checks.ClaimFacts``
    :param rules: ``Rule`` objects, in any order
    """
    by_code = {}
    for rule in rules:
        if rule.fits(facts.scope):
            by_code.setdefault(rule.code, []).append(rule)
    findings = []
    for code, each in CHECKS.items():
        for rule, lines in _assign(facts.lines, by_code.get(code, ())):
            finding = None
            if rule.severity != OFF:
                finding = each.function(replace(facts, lines=lines), rule)
            if finding is not None:
                findings.append(_judge(facts, finding, rule))
    return findings


def propose(facts, findings):
    """Return {line key: amount} that the cutting findings leave of each line, rounded.

    The tightest quantity, price and amount count, so that two checks never cut the same money
    twice.
    """
    cutting = [finding for finding in findings if finding.result == CUT]
    return {
        line.key: _limited(facts, line, [f.limits.get(line.key) for f in cutting])
        for line in facts.lines
    }


def worst(*results):
    """Return the worst of results.

    >>> worst("ok", "cut", "flag")
    'cut'
    """
    return max(results, key=RESULTS.index)


def is_clean(findings):
    """Whether no check found anything: such a claim may be approved without a person."""
    return all(finding.result in CLEAN for finding in findings)


def _assign(lines, rules):
    """Yield (rule, its lines): for each line the narrowest rules that fit it."""
    assigned = {}
    for line in lines:
        fitting = [rule for rule in rules if not rule.kind or rule.kind == line.kind]
        narrowest = max((rule.narrowness for rule in fitting), default=None)
        for rule in fitting:
            if rule.narrowness == narrowest:
                assigned.setdefault(rule, []).append(line)
    for rule in sorted(assigned, key=lambda rule: (rule.key, repr(rule))):
        yield rule, tuple(assigned[rule])


def _judge(facts, finding, rule):
    finding.rule = rule
    if not finding.passed:
        finding.result = rule.severity
        if rule.severity == CUT:
            finding.limits = _cut_to(facts, finding, rule)
            finding.amount = _cut_amount(facts, finding)
    return finding


def _cut_to(facts, finding, rule):
    """Return the limits of the lines that failed, as the rule wants them cut."""
    if rule.cut_to == "check":
        return finding.limits
    failed = [line for line in facts.lines if line.key in finding.limits]
    return {line.key: _get_limit(facts, line, rule) for line in failed}


def _get_limit(facts, line, rule):
    if rule.cut_to == "standard_time":
        return Limit(quantity=line.standard_hours)
    if rule.cut_to == "tariff":
        return Limit(price=line.tariff)
    if rule.cut_to == "share":
        return Limit(amount=facts.round(line.amount * rule.share / 100.0))
    return Limit(amount=facts.round(rule.maximum * facts.rate))


def _limited(facts, line, limits):
    quantity, price, most = line.quantity, line.price_unit, line.amount
    for limit in filter(None, limits):
        if limit.quantity is not None:
            quantity = min(quantity, limit.quantity)
        if limit.price is not None:
            price = min(price, limit.price)
        if limit.amount is not None:
            most = min(most, limit.amount)
    return max(0.0, min(facts.round(quantity * price), most))


def _cut_amount(facts, finding):
    return facts.round(
        sum(
            line.amount - _limited(facts, line, [finding.limits.get(line.key)])
            for line in facts.lines
        )
    )
