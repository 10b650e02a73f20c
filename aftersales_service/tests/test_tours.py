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
