from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestTours(AftersalesCommon, HttpCase):
    """What people click, in a browser."""

    def test_agent_takes_a_call(self):
        asset = self.sell("TOUR-1")
        self.start_tour("/odoo", "aftersales_hotline_call", login="t_agent")
        ticket = asset.ticket_ids
        self.assertRecordValues(
            ticket,
            [
                {
                    "subject": "Does not start on the hill",
                    "user_id": self.agent_user.id,
                    "service_category": "warranty",
                }
            ],
        )

    def test_technician_sees_all_of_a_machine_and_adds_a_reading(self):
        asset = self.sell("TOUR-2")
        self.make_ticket(asset, subject="Squeaks", technician_id=self.technician.id)
        yesterday = fields.Date.today() - timedelta(days=1)
        self.env["aftersales.asset.meter"].create(
            {"asset_id": asset.id, "value": 1000, "date": yesterday}
        )
        self.start_tour(f"/odoo/assets/{asset.id}", "aftersales_asset_form", login="t_technician")
        self.assertEqual(asset.meter, 1250)
