from odoo import fields
from odoo.tests import tagged

from .common import AftersalesCommon

PIXEL = b"R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@tagged("post_install", "-at_install")
class TestAcceptance(AftersalesCommon):
    """W06: acceptance is signed by both sides, once, and starts what the policy says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.start_event = "acceptance"
        cls.asset = cls.sell("ACC-1")

    def sign(self, **values):
        """Sign in the dialog as the agent."""
        action = self.asset.with_user(self.agent_user).action_sign_acceptance()
        dialog = (
            self.env[action["res_model"]]
            .with_user(self.agent_user)
            .with_context(**action["context"])
            .create({"signed_by": "Farmer", "signature": PIXEL} | values)
        )
        dialog.action_sign()

    def test_signing_starts_the_warranty(self):
        self.assertEqual(self.asset.warranty_state, "draft")
        self.sign()
        today = fields.Date.context_today(self.asset)
        self.assertRecordValues(
            self.asset,
            [
                {
                    "date_acceptance": today,
                    "acceptance_signed_by": "Farmer",
                    "acceptance_user_id": self.agent_user.id,
                    "warranty_state": "active",
                }
            ],
        )
        self.assertEqual(self.asset.warranty_ids.date_start, today)

    def test_name_and_signature_are_needed(self):
        for missing in ("signed_by", "signature"):
            with self.subTest(missing), self.assertRefused("name and signature"):
                self.sign(**{missing: False})
        self.assertEqual(self.asset.warranty_state, "draft")

    def test_signed_once_and_for_good(self):
        self.sign()
        with self.assertRefused("already"):
            self.sign()
        asset = self.asset.with_user(self.manager_user)
        with self.assertRefused("signed by Farmer"):
            asset.date_acceptance = fields.Date.add(asset.date_acceptance, days=30)
        for vals in ({"acceptance_signed_by": "Me"}, {"acceptance_signature": PIXEL}):
            with self.subTest(vals), self.assertRefused("not typed in"):
                asset.write(vals)

    def test_warranty_dates_come_from_events_only(self):
        warranty = self.asset.warranty_ids.with_user(self.manager_user)
        with self.assertRefused("not typed in"):
            warranty.date_start = "2020-01-01"
