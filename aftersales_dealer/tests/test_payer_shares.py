from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import BaseCase, tagged

from ..tools import payer_shares
from .common_claim import ClaimCommon

ROUNDINGS = st.sampled_from([0.01, 0.05, 1.0, 0.001])


@st.composite
def shares(draw):
    """Four percentages with two decimals that add up to 100."""
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), min_size=3, max_size=3)))
    parts = [b - a for a, b in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    return dict(zip(payer_shares.PAYERS, (part / 100 for part in parts), strict=True))


@tagged("post_install", "-at_install")
class TestPayerSharesTool(BaseCase):
    @settings(deadline=None, max_examples=200)
    @given(st.integers(0, 10**9), shares(), ROUNDINGS)
    def test_parts_add_up_to_the_unit(self, units, parts, rounding):
        """Whatever the shares: no cent appears, none is lost, nobody is a unit off (D17)."""
        amount = units * rounding
        result = payer_shares.split(amount, parts, rounding)
        in_units = {payer: round(value / rounding) for payer, value in result.items()}
        self.assertEqual(sum(in_units.values()), units)
        for payer, share in parts.items():
            self.assertLess(abs(in_units[payer] - units * share / 100), 1 + 1e-6)
            if not share:
                self.assertEqual(in_units[payer], 0)

    @settings(deadline=None, max_examples=100)
    @given(st.integers(0, 10**7), shares())
    def test_negative_is_the_mirror(self, units, parts):
        there = payer_shares.split(units * 0.01, parts, 0.01)
        back = payer_shares.split(-units * 0.01, parts, 0.01)
        self.assertEqual({p: -v for p, v in there.items()}, back)


@tagged("post_install", "-at_install")
class TestClaimPayers(ClaimCommon):
    def test_company_pays_unless_said_otherwise(self):
        claim = self.make_submitted()
        self.as_appraiser(claim).action_approve()
        self.assertEqual(claim.line_ids.mapped("share_company"), [100.0, 100.0])
        self.assertEqual(claim.amount_payable, claim.amount_approved)
        self.assertFalse(claim.line_ids[0].payers)

    def test_dealer_is_paid_company_and_supplier_share(self):
        """70 % company, 10 % supplier, 20 % customer of 80.00: the dealer is paid 64.00 (D17)."""
        claim = self.make_submitted()
        line = self.as_appraiser(claim).line_ids[0]
        line.write({"share_supplier": 10.0, "share_customer": 20.0, "payer_reason": "Worn"})
        self.assertEqual(line.share_company, 70.0)
        self.as_appraiser(claim).action_approve()
        self.assertEqual(line._get_payer_amounts()[line]["customer"], 16.0)
        self.assertEqual(line.amount_payable, 64.0)
        self.assertEqual(claim.amount_approved, 95.0)
        self.assertEqual(claim.amount_payable, 79.0)
        self.assertEqual(line.payers, "Company 70 %, Supplier 10 %, Customer 20 %")

    def test_the_notice_takes_what_the_dealer_is_paid(self):
        claim = self.make_submitted()
        line = self.as_appraiser(claim).line_ids[0]
        line.share_dealer = 33.33
        self.as_appraiser(claim).action_approve()
        notices, failures = (
            self.env["aftersales.notice"]
            .with_user(self.verifier)
            ._prepare_for_claims(self.day(30), self.today, dealers=self.dealer_a)
        )
        self.assertFalse(failures)
        self.assertEqual(notices.amount_total, claim.amount_payable)
        self.assertEqual(claim.amount_payable, 53.34 + 15.0)

    def test_goodwill_in_part(self):
        """A goodwill that grants 60 %: the user pays the rest, and the line says why (D17)."""
        claim = self.make_claim()
        goodwill = self.env["aftersales.goodwill"].create(
            {
                "asset_id": self.asset.id,
                "reason_id": self.env["aftersales.goodwill.reason"].create({"name": "Test"}).id,
                "description": "Good customer",
                "amount": 500.0,
                "company_share": 60.0,
            }
        )
        claim.sudo()._write_past_guard({"entitlement_source": f"aftersales.goodwill,{goodwill.id}"})
        claim._default_payers()
        line = claim.line_ids[0]
        self.assertEqual((line.share_company, line.share_customer), (60.0, 40.0))
        self.assertIn("60", line.payer_reason)
        claim.sudo()._write_past_guard({"entitlement_source": False})
        claim._default_payers()
        self.assertEqual(line.share_company, 100.0)

    def test_by_hand_stays(self):
        claim = self.make_submitted()
        line = self.as_appraiser(claim).line_ids[0]
        line.share_customer = 25.0
        self.as_appraiser(claim).action_run_checks()
        self.assertEqual(line.share_customer, 25.0)

    def test_supplier_answers(self):
        """The verdict on the old part makes the supplier the payer of its line (D17, D18)."""
        claim = self.make_submitted(lines=[self.line_part(price_unit=50.0), self.line_travel()])
        part = claim.line_ids[0].sudo().return_line_ids
        part._past_guard().write(
            {"responsible": "supplier", "supplier_id": self.customer.id, "state": "appraised"}
        )
        claim._default_payers()
        line, travel = claim.line_ids
        self.assertEqual((line.share_supplier, line.supplier_id), (100.0, self.customer))
        self.assertEqual(line.payer_source, "verdict")
        self.assertEqual(travel.share_company, 100.0)

    def test_refused_shares(self):
        """Shares that do not add up, by the wrong role, or after the decision (D17, J04)."""
        claim = self.make_submitted()
        line = self.as_appraiser(claim).line_ids[0]
        with self.assertRefused("add up to 100", ValidationError):
            line.write({"share_company": 50.0, "share_customer": 20.0})
        with self.assertRefused("between 0 and 100", ValidationError):
            line.write({"share_supplier": -20.0})
        with self.assertRefused("Only an appraiser", AccessError):
            claim.line_ids[0].share_dealer = 50.0
        with self.assertRefused("not typed in"):
            line.payer_source = "verdict"
        self.as_appraiser(claim).action_approve()
        with self.assertRefused("under review"):
            line.share_dealer = 50.0

    def test_nothing_for_the_company_is_refused(self):
        """What only customer and dealer pay is not approved but refused."""
        claim = self.make_submitted()
        self.as_appraiser(claim).line_ids.write({"share_customer": 100.0})
        with self.assertRefused("nothing would be approved"):
            self.as_appraiser(claim).action_approve()
