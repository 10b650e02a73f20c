from odoo.tests import tagged

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestAssetTimeline(ClaimCommon):
    """W01: registration, claims and old parts stand on the asset's timeline."""

    def get_titles(self, user):
        page = self.asset.with_user(user).get_timeline()
        return [(entry["kind"], entry["title"]) for entry in page["entries"]]

    def test_dealers_doings_are_on_the_timeline(self):
        claim = self.make_submitted(lines=[self.line_labour(), self.line_part()])
        shipment = claim._create_part_returns()
        shipment.action_ship()
        shipment.action_receive()
        titles = self.get_titles(self.appraiser)
        card = f"Registered by {self.dealer_a.name} with card {self.card.name}"
        self.assertIn(("registration", card), titles)
        submitted = f"Claim {claim.name} submitted by {self.dealer_a.name}"
        self.assertIn(("claim", submitted), titles)
        received = f"Old part of {claim.name} received: {self.part.display_name}"
        self.assertIn(("old_part", received), titles)

    def get_open_claims(self, user):
        self.asset.invalidate_recordset(["open_matters"])
        matters = self.asset.with_user(user).open_matters or []
        return [matter["id"] for matter in matters if matter["model"] == "aftersales.claim"]

    def test_a_claim_is_an_open_matter_until_it_is_withdrawn(self):
        claim = self.make_submitted()
        self.assertEqual(self.get_open_claims(self.appraiser), claim.ids)
        claim.action_withdraw()
        self.assertFalse(self.get_open_claims(self.appraiser))

    def test_without_rights_on_claims_nothing_of_them_is_told(self):
        self.make_submitted()
        kinds = {kind for kind, _title in self.get_titles(self.agent_user)}
        self.assertFalse(kinds & {"claim", "old_part"})
        self.assertFalse(self.get_open_claims(self.agent_user))
