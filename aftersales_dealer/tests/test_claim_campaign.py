from odoo import http
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common_claim import ClaimCommon


class CampaignClaimCommon(ClaimCommon):
    """A campaign that affects dealer A's machine: one hour, one pump."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        campaigns = cls.env["aftersales.campaign"]
        cls.campaign = campaigns.create(
            {
                "title": "Pump seal",
                "kind": "service",
                "customer_text": "<p>The seal is replaced.</p>",
                "date_start": cls.day(30),
                "labour_hours": 1.0,
                "part_ids": [Command.create({"product_id": cls.part.id, "quantity": 1})],
            }
        )
        cls.campaign._add_units((cls.asset | cls.asset_b).lot_id)
        cls.campaign.action_open()
        cls.unit, cls.unit_b = cls.campaign.line_ids.sorted(lambda line: line.serial, reverse=True)
        if cls.unit.asset_id != cls.asset:
            cls.unit, cls.unit_b = cls.unit_b, cls.unit


@tagged("post_install", "-at_install")
class TestClaimCampaign(CampaignClaimCommon):
    """D08, W15: claims for the work of a campaign."""

    def _claim(self, *lines, **values):
        lines = list(lines) or [self.line_labour(hours=1.0), self.line_part()]
        return self.make_submitted(lines=lines, campaign_id=self.campaign.id, **values)

    def test_within_the_scope(self):
        claim = self._claim()
        self.assertEqual(self.check(claim, "campaign").result, "ok")
        self.assertEqual(self.check(claim, "covered").result, "ok")
        self.assertIn("Pump seal", self.check(claim, "covered").explanation)
        self.assertEqual(claim.entitlement_kind, "campaign")

    def test_no_campaign_no_check(self):
        self.assertFalse(self.check(self.make_submitted(), "campaign"))

    def test_more_than_the_campaign_allows_is_cut(self):
        other_part = self.env["product.product"].create(
            {"name": "Not in the campaign", "is_storable": True, "standard_price": 50.0}
        )
        claim = self._claim(
            self.line_labour(hours=3.0),
            self.line_part(quantity=2.0),
            self.line_part(product_id=other_part.id, price_unit=50.0),
        )
        check = self.check(claim, "campaign")
        self.assertEqual(check.result, "cut")
        self.assertIn("allows 1", check.explanation)
        limits = [line.amount_approved / line.price_unit for line in claim.line_ids]
        self.assertEqual(limits, [1.0, 1.0, 0.0])

    def test_machine_outside_the_campaign(self):
        stranger = self.sell_to_dealer("CLAIM-X", days_ago=60)
        self.make_card(
            stranger, days_ago=50, date_registered=self.day(45), user=self.dealer_manager
        )
        check = self.check(self._claim(asset_id=stranger.id), "campaign")
        self.assertIn("does not belong", check.explanation)
        self.assertEqual(check.result, "cut")

    def test_approval_does_the_machine_once(self):
        claim = self._claim(self.line_labour(hours=1.0))
        self.as_appraiser(claim).action_approve()
        self.assertRecordValues(
            self.unit, [{"state": "done", "claim_id": claim.id, "date_done": claim.date_repair}]
        )
        second = self._claim(self.line_labour(hours=1.0))
        check = self.check(second, "campaign")
        self.assertIn(claim.name, check.explanation)
        self.assertEqual(second.line_ids.amount_approved, 0.0)

    def test_done_by_others_before(self):
        self.unit.decide("done", reason="By us", date=self.day(20))
        self.assertIn("was done", self.check(self._claim(), "campaign").explanation)

    def test_claim_follows_its_ticket(self):
        ticket = self.env["aftersales.ticket"].create(
            {
                "subject": "Seal",
                "asset_id": self.asset.id,
                "partner_id": self.asset.partner_id.id,
                "campaign_id": self.campaign.id,
                "resolution": "<p>Done</p>",
            }
        )
        ticket.action_close()
        self.assertEqual(self.unit.state, "done")
        claim = self.make_submitted(
            lines=[self.line_labour(hours=1.0)], ticket_id=ticket.id, date_repair=self.today
        )
        self.assertEqual(claim.campaign_id, self.campaign)
        self.assertEqual(self.check(claim, "campaign").result, "ok")
        self.assertEqual(self.check(claim, "covered").result, "ok")

    def test_dealers_are_told_of_what_they_sold(self):
        self.assertEqual(self.unit.dealer_id, self.dealer_a)
        letters = self.campaign._write_letters("first")
        mine = letters.filtered(lambda letter: letter.partner_id == self.dealer_a)
        self.assertEqual(mine.line_ids, self.unit)
        self.assertEqual(len(letters), len(letters.partner_id))

    def test_checks_of_many_claims_cost_constant_queries(self):
        def cost(count):
            claims = self.env["aftersales.claim"]
            for _number in range(count):
                claims |= self.make_claim(
                    lines=[self.line_labour(hours=1.0)], campaign_id=self.campaign.id
                )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            claims.sudo()._get_campaign_facts()
            return self.cr.sql_log_count - before

        self.assertEqual(cost(2), cost(10))


@tagged("post_install", "-at_install")
class TestClaimCampaignPortal(CampaignClaimCommon, HttpCase):
    """D14, W15: dealers see the campaigns of machines they sold, and claim them."""

    def test_own_machines_only(self):
        self.authenticate(self.portal_a.login, self.portal_a.login)
        page = self.url_open("/my/campaigns").text
        self.assertIn("CLAIM-1", page)
        self.assertNotIn("CLAIM-B1", page)
        self.assertIn("/my/campaigns", self.url_open("/my/dealer").text)
        self.assertIn("Pump seal", self.url_open("/my/claims/new").text)

    def test_claim_names_its_campaign(self):
        self.authenticate(self.portal_a.login, self.portal_a.login)
        post = {
            "csrf_token": http.Request.csrf_token(self),
            "serial": "CLAIM-1",
            "date_failure": str(self.day(9)),
            "date_repair": str(self.day(8)),
            "campaign_id": str(self.campaign.id),
            "signed_by": "User",
        }
        self.url_open("/my/claims/save", data=post)
        claim = self.env["aftersales.claim"].search([("asset_id", "=", self.asset.id)])
        self.assertEqual(claim.campaign_id, self.campaign)
        self.assertIn("Pump seal", self.url_open(f"/my/claims/{claim.id}").text)
        stranger = self.campaign.copy()
        page = self.url_open("/my/claims/save", data=dict(post, campaign_id=str(stranger.id))).text
        self.assertIn("does not belong to the campaign", page)
