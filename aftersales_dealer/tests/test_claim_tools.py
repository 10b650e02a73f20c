from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_dealer.tools import claim_checks as checks

MONEY = st.integers(0, 10**6).map(lambda cents: cents / 100)
QUANTITY = st.integers(1, 10**4).map(lambda hundredths: hundredths / 100)
SEVERITIES = st.fixed_dictionaries(
    {code: st.sampled_from(["block", "flag", "cut", "off"]) for code in checks.DEFAULT_SEVERITIES}
)

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
        duplicates=draw(st.sampled_from([(), ("CLM/1",)])),
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
    )


@tagged("post_install", "-at_install")
class TestClaimTools(BaseCase):
    @patient
    @given(claim_facts(), SEVERITIES)
    def test_proposal_is_within_the_claim(self, facts, severities):
        """No check ever proposes more than claimed, or less than nothing."""
        proposal = checks.propose(facts, checks.run(facts, severities))
        for line in facts.lines:
            self.assertGreaterEqual(proposal[line.key], 0.0)
            self.assertLessEqual(proposal[line.key], line.amount)

    @patient
    @given(claim_facts(), SEVERITIES)
    def test_result_is_ok_or_the_severity(self, facts, severities):
        for finding in checks.run(facts, severities):
            self.assertEqual(finding.result, "ok" if finding.passed else severities[finding.code])
            self.assertTrue(finding.sentences, finding.code)
            self.assertNotEqual(severities[finding.code], "off")

    @patient
    @given(claim_facts())
    def test_without_cuts_all_is_proposed(self, facts):
        severities = dict.fromkeys(checks.DEFAULT_SEVERITIES, "flag")
        proposal = checks.propose(facts, checks.run(facts, severities))
        self.assertEqual(proposal, {line.key: line.amount for line in facts.lines})

    @patient
    @given(claim_facts(), SEVERITIES)
    def test_no_money_is_cut_twice(self, facts, severities):
        """What all checks leave is no less than the claim without the cuts of each, and no more
        than of any.
        """
        findings = checks.run(facts, severities)
        left = sum(checks.propose(facts, findings).values())
        claimed = sum(line.amount for line in facts.lines)
        cuts = [finding.amount for finding in findings]
        self.assertGreaterEqual(left + 0.05, max(0.0, claimed - sum(cuts)))
        self.assertLessEqual(left, claimed - max(cuts, default=0.0) + 0.05)

    @patient
    @given(claim_facts(), SEVERITIES)
    def test_only_cuts_take_money(self, facts, severities):
        for finding in checks.run(facts, severities):
            if finding.result != "cut":
                self.assertEqual(finding.amount, 0.0)

    @patient
    @given(claim_facts())
    def test_deadline_day_itself_is_in_time(self, facts):
        if facts.deadline_days:
            finding = checks.CHECKS["deadline"](facts)
            late = (facts.date_submitted - facts.date_repair).days > facts.deadline_days
            self.assertEqual(finding.passed, not late)

    @patient
    @given(MONEY, QUANTITY, QUANTITY, st.booleans())
    def test_release(self, amount, quantity, received, at_fault):
        """A verdict never releases more than the amount; everything when all came back and
        nobody is at fault.
        """
        released = checks.release(amount, quantity, received, at_fault)
        self.assertGreaterEqual(released, 0.0)
        self.assertLessEqual(released, amount + 1e-6)
        if received >= quantity and not at_fault:
            self.assertAlmostEqual(released, amount)
        if at_fault:
            self.assertEqual(released, 0.0)
