import re

from odoo.tests import HttpCase, tagged

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestOldPartPortal(ClaimCommon, HttpCase):
    """Old parts on the dealer's pages: what is owed, packing, boxes (D09, D14)."""

    def post(self, url, **data):
        page = self.url_open("/my/old-parts").text
        token = re.search(r'csrf_token: "([^"]+)"', page).group(1)
        return self.url_open(url, data={"csrf_token": token, **data}, method="POST")

    def test_pack_own_parts_only(self):
        own = self.make_submitted(lines=[self.line_part()]).line_ids.sudo().return_line_ids
        foreign = (
            self.make_submitted(
                dealer_id=self.dealer_b.id, asset_id=self.asset_b.id, lines=[self.line_part()]
            )
            .line_ids.sudo()
            .return_line_ids
        )
        self.authenticate("t_portal_a", "t_portal_a")
        page = self.url_open("/my/old-parts").text
        self.assertIn(own.label, page)
        self.assertNotIn(foreign.label, page)
        self.post("/my/old-parts/pack", part=foreign.id)
        self.assertEqual(foreign.state, "awaiting")
        response = self.post("/my/old-parts/pack", part=own.id)
        self.assertEqual(own.state, "draft")
        self.assertIn(own.return_id.name, response.text)
        home = self.url_open("/my/dealer").text
        self.assertIn('data-todo="part_returns"', home)
        self.post(f"/my/part-returns/{own.return_id.id}/pack", boxes="2")
        self.assertEqual(len(own.return_id.box_ids), 2)
        self.authenticate("t_portal_b", "t_portal_b")
        self.assertNotIn('data-todo="part_returns"', self.url_open("/my/dealer").text)
        self.post(f"/my/part-returns/{own.return_id.id}/pack", boxes="2")
        self.assertEqual(len(own.return_id.box_ids), 2, "another dealer's shipment")
