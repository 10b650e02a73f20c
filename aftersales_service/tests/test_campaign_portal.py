from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged

from .campaign_common import CampaignCommon


@tagged("post_install", "-at_install")
class TestCampaignPortal(CampaignCommon, HttpCase):
    """W15: customers see the campaigns of their machines, and nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign.action_open()
        cls.owner = new_test_user(cls.env, "t_owner", groups="base.group_portal")
        cls.owner.partner_id.parent_id = cls.customer
        cls.stranger = new_test_user(cls.env, "t_stranger", groups="base.group_portal")

    def _post(self, asset, line):
        url = f"/my/assets/{asset.id}/campaign/{line.id}"
        return self.url_open(url, data={"csrf_token": http.Request.csrf_token(self)})

    def test_owner_sees_and_arranges_once(self):
        self.authenticate("t_owner", "t_owner")
        self.assertIn("RC-1", self.url_open("/my/campaigns").text)
        self.assertNotIn("RC-1", self.url_open("/my/campaigns?search=XX").text)
        page = self.url_open(f"/my/assets/{self.asset.id}").text
        self.assertIn("The brake hose may leak", page)
        self.assertNotIn("bleed the brakes", page)
        self._post(self.asset, self.unit)
        ticket = self.unit.ticket_id
        self.assertRecordValues(
            ticket,
            [
                {
                    "campaign_id": self.campaign.id,
                    "asset_id": self.asset.id,
                    "partner_id": self.customer.id,
                    "channel": "portal",
                    "service_category": "warranty",
                }
            ],
        )
        self.assertIn("Arranged", self.url_open(f"/my/assets/{self.asset.id}").text)
        self.assertEqual(self.unit.sudo()._arrange_for_portal(self.owner), ticket)

    def test_stranger_sees_nothing(self):
        self.authenticate("t_stranger", "t_stranger")
        self.assertNotIn("RC-1", self.url_open("/my/campaigns").text)
        self.assertNotIn("brake hose", self.url_open(f"/my/assets/{self.asset.id}").text)
        self._post(self.asset, self.unit)
        self.assertFalse(self.unit.ticket_id)
        lines = self.env["aftersales.campaign.line"].with_user(self.stranger)
        self.assertEqual(lines._count_for_portal(), 0)
        self.assertFalse(lines.has_access("read"))
        self.assertFalse(self.env["aftersales.campaign"].with_user(self.owner).has_access("read"))

    def test_closed_campaign_is_gone(self):
        self.assertEqual(
            self.env["aftersales.campaign.line"].with_user(self.owner)._count_for_portal(), 1
        )
        self.campaign.action_close(reason="x")
        self.authenticate("t_owner", "t_owner")
        self.assertNotIn("brake hose", self.url_open(f"/my/assets/{self.asset.id}").text)
        self.assertNotIn("RC-1", self.url_open("/my/campaigns").text)
