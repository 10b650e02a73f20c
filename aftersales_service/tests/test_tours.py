from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestTours(AftersalesCommon, HttpCase):
    """What people click, in a browser."""

    def test_agent_takes_a_call_by_the_keyboard(self):
        asset = self.sell("TOUR-1")
        self.env["aftersales.symptom"].create({"name": "Does not start on the hill"})
        self.start_tour("/odoo/new-call", "aftersales_hotline_call", login="t_agent")
        ticket = asset.ticket_ids
        self.assertRecordValues(
            ticket,
            [
                {
                    "subject": "Does not start on the hill",
                    "caller_id": self.caller.id,
                    "user_id": self.agent_user.id,
                    "service_category": "warranty",
                    "callback_promised": True,
                    "call_count": 1,
                }
            ],
        )
        self.assertIn("Since noon", ticket.description)

    def test_agent_adds_a_repeated_call_to_the_open_ticket(self):
        asset = self.sell("TOUR-1")
        ticket = self.make_ticket(asset, subject="Squeaks")
        self.start_tour("/odoo/new-call", "aftersales_hotline_duplicate", login="t_agent")
        self.assertEqual(asset.ticket_ids, ticket)
        self.assertEqual(ticket.call_count, 1)

    def test_a_call_back_goes_on_where_the_answer_is_missing(self):
        self.sell("TOUR-1")
        tickets = self.env["aftersales.ticket"].with_user(self.agent_user)
        # Nobody answered: it stands in the list of those to be called back.
        tickets.log_call(self.caller.phone, ended_at=fields.Datetime.now())
        self.start_tour("/odoo/calls", "aftersales_hotline_call_back", login="t_agent")

    def test_technician_sees_all_of_a_machine_and_adds_a_reading(self):
        asset = self.sell("TOUR-2")
        self.make_ticket(asset, subject="Squeaks", technician_id=self.technician.id)
        yesterday = fields.Date.today() - timedelta(days=1)
        self.env["aftersales.asset.meter"].create(
            {"asset_id": asset.id, "value": 1000, "date": yesterday}
        )
        self.start_tour(f"/odoo/assets/{asset.id}", "aftersales_asset_form", login="t_technician")
        self.assertEqual(asset.meter, 1250)
