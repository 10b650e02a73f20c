from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_dealer.tools import claim_checks as checks
from odoo.addons.aftersales_dealer.tools import claim_rules as rules

MONEY = st.integers(0, 10**6).map(lambda cents: cents / 100)
QUANTITY = st.integers(1, 10**4).map(lambda hundredths: hundredths / 100)
SEVERITY = st.sampled_from(["block", "flag", "cut", "off"])
DAY = date(2026, 1, 1)


@st.composite
def rule_lists(draw, severity=SEVERITY):
    """Rules of all checks, some narrower than others."""
    drawn = []
    for key, code in enumerate(draw(st.lists(st.sampled_from(sorted(rules.CHECKS)), max_size=25))):
        drawn.append(
            rules.Rule(
                code,
                draw(severity),
                key=key,
                cut_to=draw(
                    st.sampled_from(["check", "standard_time", "tariff", "share", "maximum"])
                ),
                share=draw(st.integers(0, 100)),
                maximum=draw(MONEY),
                days=draw(st.integers(0, 200)),
                factor=draw(st.sampled_from([0.0, 1.3, 3.5])),
                percent=draw(st.integers(0, 100)),
                count=draw(st.integers(0, 10)),
                dealers=draw(st.sampled_from([frozenset(), frozenset({1}), frozenset({2})])),
                grades=draw(st.sampled_from([frozenset(), frozenset({7})])),
                categories=draw(st.sampled_from([frozenset(), frozenset({4}), frozenset({9})])),
                kind=draw(st.sampled_from(["", "labour", "part"])),
                amount_from=draw(st.sampled_from([0.0, 100.0])),
            )
        )
    return drawn


# Drawing whole claims is slow on a busy machine; that is no failure.
patient = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def cents(amount):
    return round(amount + 1e-9, 2)


@st.composite
def line_facts(draw):
    quantity, price = draw(QUANTITY), draw(MONEY)
    return checks.LineFacts(
        key=draw(st.integers(1, 10**9)),
        kind=draw(st.sampled_from(["labour", "part", "travel", "freight", "other"])),
        label="line",
        quantity=quantity,
        price_unit=price,
        amount=cents(quantity * price),
        tariff=draw(st.none() | MONEY),
        standard_hours=draw(st.none() | QUANTITY),
        covered=draw(st.booleans()),
        serial_needed=draw(st.booleans()),
        serial_known=draw(st.booleans()),
        duplicates=draw(st.sampled_from([(), (("CLM/1", 30),)])),
    )


@st.composite
def claim_facts(draw):
    repaired = draw(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
    lines = draw(st.lists(line_facts(), min_size=1, max_size=5, unique_by=lambda line: line.key))
    return checks.ClaimFacts(
        date_repair=repaired,
        date_submitted=repaired + timedelta(days=draw(st.integers(0, 400))),
        lines=tuple(lines),
        round=cents,
        registration=draw(st.sampled_from(["none", "in_time", "late", "overridden"])),
        agreement=draw(st.sampled_from(["", "AGR/1"])),
        deadline_days=draw(st.integers(0, 60)),
        signed_by=draw(st.sampled_from(["", "A user"])),
        auto_limit=draw(MONEY),
        draw=draw(st.floats(0, 100)),
        total=cents(sum(line.amount for line in lines)),
        scope=rules.Scope(
            dealer=1,
            grade=draw(st.sampled_from([0, 7])),
            categories=frozenset({3, 4}),
            amount=500.0,
        ),
        rate=draw(st.sampled_from([1.0, 0.5])),
    )


@tagged("post_install", "-at_install")
class TestClaimTools(BaseCase):
    @patient
    @given(claim_facts(), rule_lists())
    def test_proposal_is_within_the_claim(self, facts, drawn):
        """No rule ever proposes more than claimed, or less than nothing."""
        proposal = rules.propose(facts, rules.run(facts, drawn))
        for line in facts.lines:
            self.assertGreaterEqual(proposal[line.key], 0.0)
            self.assertLessEqual(proposal[line.key], line.amount)

    @patient
    @given(claim_facts(), rule_lists(), st.randoms())
    def test_order_of_rules_does_not_matter(self, facts, drawn, rng):
        shuffled = list(drawn)
        rng.shuffle(shuffled)
        one, other = rules.run(facts, drawn), rules.run(facts, shuffled)
        self.assertEqual(one, other)
        self.assertEqual(rules.propose(facts, one), rules.propose(facts, other))

    @patient
    @given(claim_facts(), rule_lists(), rule_lists(st.just("flag")))
    def test_flags_never_change_amounts(self, facts, drawn, flags):
        """A further rule that flags, as narrow as those that are there, changes no amount."""
        flags = [
            replace(
                flag,
                key=1000 + flag.key,
                dealers=rule.dealers,
                grades=rule.grades,
                categories=rule.categories,
                kind=rule.kind,
                amount_from=rule.amount_from,
                code=rule.code,
            )
            for flag, rule in zip(flags, drawn, strict=False)
        ]
        before = rules.propose(facts, rules.run(facts, drawn))
        self.assertEqual(rules.propose(facts, rules.run(facts, drawn + flags)), before)

    @patient
    @given(claim_facts(), rule_lists(), rule_lists())
    def test_more_rules_as_narrow_never_give_more(self, facts, drawn, more):
        """Equally narrow rules hold together: the claim never gets more by another one."""
        plain = [
            replace(
                r,
                dealers=frozenset(),
                grades=frozenset(),
                categories=frozenset(),
                kind="",
                amount_from=0.0,
            )
            for r in drawn
        ]
        added = [
            replace(
                r,
                key=1000 + r.key,
                dealers=frozenset(),
                grades=frozenset(),
                categories=frozenset(),
                kind="",
                amount_from=0.0,
            )
            for r in more
        ]
        before = rules.propose(facts, rules.run(facts, plain))
        after = rules.propose(facts, rules.run(facts, plain + added))
        for key, amount in after.items():
            self.assertLessEqual(amount, before[key])

    @patient
    @given(claim_facts(), rule_lists())
    def test_result_is_ok_or_the_severity(self, facts, drawn):
        for finding in rules.run(facts, drawn):
            severity = finding.rule.severity
            self.assertEqual(finding.result, "ok" if finding.passed else severity)
            self.assertTrue(finding.sentences, finding.code)
            self.assertNotEqual(severity, "off")
            self.assertTrue(finding.rule.fits(facts.scope))
            if finding.result != "cut":
                self.assertEqual(finding.amount, 0.0)

    @patient
    @given(claim_facts())
    def test_without_cuts_all_is_proposed(self, facts):
        flags = [replace(rule, severity="flag") for rule in rules.shipped_rules()]
        proposal = rules.propose(facts, rules.run(facts, flags))
        self.assertEqual(proposal, {line.key: line.amount for line in facts.lines})

    @patient
    @given(claim_facts(), rule_lists())
    def test_no_money_is_cut_twice(self, facts, drawn):
        """What all checks leave is no less than the claim without the cuts of each, and no more
        than of any.
        """
        findings = rules.run(facts, drawn)
        left = sum(rules.propose(facts, findings).values())
        claimed = sum(line.amount for line in facts.lines)
        cuts = [finding.amount for finding in findings]
        self.assertGreaterEqual(left + 0.05, max(0.0, claimed - sum(cuts)))
        self.assertLessEqual(left, claimed - max(cuts, default=0.0) + 0.05)

    @patient
    @given(claim_facts(), st.integers(0, 30))
    def test_deadline_day_itself_is_in_time(self, facts, grace):
        if facts.deadline_days:
            rule = rules.Rule("deadline", "block", days=grace)
            late = (facts.date_submitted - facts.date_repair).days > facts.deadline_days + grace
            self.assertEqual(checks.check_deadline(facts, rule).passed, not late)

    def test_narrow_rules_replace_wide_ones(self):
        line = checks.LineFacts(1, "labour", "work", 3.0, 50.0, 150.0, standard_hours=2.0)
        part = checks.LineFacts(2, "part", "part", 1.0, 10.0, 10.0, tariff=8.0)
        facts = checks.ClaimFacts(
            DAY, DAY, (line, part), cents, scope=rules.Scope(dealer=1, categories=frozenset({4}))
        )
        company = rules.Rule("standard_time", "cut", key=1)
        friend = rules.Rule("standard_time", "off", key=2, dealers=frozenset({1}))
        self.assertEqual(rules.propose(facts, rules.run(facts, [company]))[1], 100.0)
        self.assertEqual(rules.propose(facts, rules.run(facts, [company, friend]))[1], 150.0)
        stranger = replace(friend, dealers=frozenset({2}))
        self.assertEqual(rules.propose(facts, rules.run(facts, [company, stranger]))[1], 100.0)
        over = replace(company, date_to=DAY - timedelta(days=1))
        dated = replace(facts, scope=replace(facts.scope, day=DAY))
        self.assertEqual(rules.run(dated, [over]), [])
        for cut_to, left in (
            ("check", 100.0),
            ("standard_time", 100.0),
            ("share", 75.0),
            ("maximum", 40.0),
            ("tariff", 150.0),
        ):
            rule = replace(company, cut_to=cut_to, share=50.0, maximum=40.0)
            self.assertEqual(rules.propose(facts, rules.run(facts, [rule]))[1], left, cut_to)
        parts_only = rules.Rule("price", "cut", key=3, kind="part")
        self.assertEqual(rules.propose(facts, rules.run(facts, [parts_only])), {1: 150.0, 2: 8.0})
