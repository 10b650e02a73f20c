from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import AftersalesDealerCommon


@tagged("post_install", "-at_install")
class TestSlaTrial(AftersalesDealerCommon):
    """S01, S08: what would be promised to this dealer, for a ticket or a claim, and why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        policies = cls.env["aftersales.sla.policy"]
        policies.search([]).active = False
        cls.sold = cls.make_policy(
            "Sold by dealers", ("answer",), dealer_match="sold", dealer_ids=cls.dealer_a.ids
        )
        cls.given = cls.make_policy("Given away", ("supervised",), dealer_match="given")
        cls.claims = cls.make_policy(
            "Claims of a good dealer",
            ("answer", "decide", "pay"),
            applies_to="aftersales.claim",
            dealer_ids=cls.dealer_a.ids,
        )

    @classmethod
    def make_policy(cls, name, kinds, **values):
        targets = [
            Command.create({"kind": kind, "duration": 3, "duration_unit": "day"}) for kind in kinds
        ]
        return cls.env["aftersales.sla.policy"].create(
            {"name": name, "target_ids": targets, **values}
        )

    def open_trial(self):
        return Form(self.env["aftersales.sla.trial"].with_user(self.agent_user))

    def test_a_ticket_of_a_dealers_machine(self):
        asset = self.sell_to_dealer("TRIAL-1")
        form = self.open_trial()
        self.assertIn("nothing is promised", form.answer)
        form.asset_id = asset
        self.assertEqual(form.dealer_id, self.dealer_a)
        self.assertEqual(form.policy_id, self.sold)
        form.dealer_id = self.dealer_b
        self.assertIn("nothing is promised", form.answer)
        self.assertIn("Sold by dealers", form.answer, "and why it does not fit")
        form.dispatch_dealer_id = self.dealer_b
        self.assertEqual(form.policy_id, self.given)
        self.assertIn("counted from when the dealer gets it", form.answer)

    def test_a_claim_is_answered_decided_and_paid(self):
        self.company.aftersales_claim_silence_days = 30
        form = self.open_trial()
        form.applies_to = "aftersales.claim"
        self.assertIn("nothing is promised", form.answer)
        form.dealer_id = self.dealer_a
        self.assertEqual(form.policy_id, self.claims)
        for promise in ("Answer", "Claim decided", "Claim paid"):
            self.assertIn(f"{promise} within 3 days", form.answer)
        self.assertIn("counted from the approval", form.answer)
        self.assertIn("not refused or returned within 30 days", form.answer)
        self.assertIn("company&#39;s working hours", str(form.answer))
        form.dealer_id = self.dealer_b
        self.assertNotIn("Claim paid", form.answer)
        self.assertIn("Dealers: asks for", form.answer)
        claims = self.env["aftersales.claim"]
        self.assertFalse(claims.search([("dealer_id", "=", self.dealer_a.id)]))
