from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import AftersalesDealerCommon


@tagged("post_install", "-at_install")
class TestRegistrationAccess(AftersalesDealerCommon):
    """J01, J02, D14: who sees and does what with cards, agreements and machines."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset_a = cls.sell_to_dealer("X-A")
        cls.asset_b = cls.sell_to_dealer("X-B", dealer=cls.dealer_b)
        cls.card_a, cls.card_b = cls.make_card(cls.asset_a), cls.make_card(cls.asset_b)

    def test_portal_dealer_sees_its_own_only(self):
        for model, own, other in (
            ("aftersales.registration", self.card_a, self.card_b),
            ("aftersales.dealer.agreement", self.agreement_a, self.agreement_b),
            ("aftersales.asset", self.asset_a, self.asset_b),
        ):
            with self.subTest(model=model):
                records = self.env[model].with_user(self.portal_a)
                found = records.search([])
                self.assertIn(own.id, found.ids)
                self.assertNotIn(other.id, found.ids)
                with self.assertRaises(AccessError):
                    other.with_user(self.portal_a).read(["display_name"])

    def test_portal_dealer_writes_nothing(self):
        with self.assertRaises(AccessError):
            self.card_a.with_user(self.portal_a).write({"note": "x"})
        with self.assertRaises(AccessError):
            self.env["aftersales.registration"].with_user(self.portal_a).create(
                {"asset_id": self.asset_a.id, "dealer_id": self.dealer_a.id}
            )
        with self.assertRaises(AccessError):
            self.card_a.with_user(self.portal_a).action_cancel(reason="x")
        with self.assertRaises(AccessError):
            self.card_a.with_user(self.portal_a).action_override(reason="x")

    def test_portal_dealer_sees_no_draft_agreement(self):
        draft = self.make_agreement(self.dealer_a, start=False)
        self.assertFalse(draft.with_user(self.portal_a).search([("id", "=", draft.id)]))

    def test_portal_customer_is_no_dealer(self):
        self.assertFalse(
            self.env["aftersales.registration"].with_user(self.portal_customer).search([])
        )
        self.assertFalse(
            self.env["aftersales.dealer.agreement"].with_user(self.portal_customer).search([])
        )

    def test_other_company_sees_nothing(self):
        for record in (self.card_a, self.asset_a):
            with self.assertRaises(AccessError):
                record.with_user(self.foreign_manager).read(["display_name"])
        self.assertFalse(
            self.env["aftersales.registration"].with_user(self.foreign_manager).search([])
        )

    def test_serial_of_another_company_is_unknown(self):
        asset = self.sell_to_dealer("X-C")
        cards = self.env["aftersales.registration"].with_user(self.foreign_manager)
        with self.assertRefused("No machine with the serial X-C"):
            cards.create({"serial": "X-C"})
        with self.assertRaises(AccessError):
            cards.create({"asset_id": asset.id, "dealer_id": self.dealer_a.id})

    def test_staff_without_dealer_rights(self):
        with self.assertRaises(AccessError):
            self.make_card(self.sell_to_dealer("X-D"), user=self.agent_user)
        with self.assertRaises(AccessError):
            self.card_a.with_user(self.plain_user).read(["end_user_name"])
        self.assertEqual(self.card_a.with_user(self.agent_user).end_user_name, "Test End User")

    def test_claim_staff_read_tickets_and_change_none(self):
        """A claim refers to its ticket: who appraises it may read what the customer reported."""
        ticket = self.make_ticket(self.sell("ACC-T1"))
        self.assertEqual(ticket.with_user(self.appraiser).subject, "Does not start")
        with self.assertRaises(AccessError):
            ticket.with_user(self.appraiser).write({"subject": "Changed"})
