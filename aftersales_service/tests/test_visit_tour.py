from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .test_visit import VisitCommon


@tagged("post_install", "-at_install")
class TestVisitTour(VisitCommon, HttpCase):
    """V05: what a technician clicks on a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_technician_executes_a_visit_on_a_phone(self):
        visit = self.make_visit(
            date_start=fields.Datetime.now(),
            line_ids=[Command.create({"product_id": self.part.id})],
        )
        visit.action_schedule()
        with mute_logger("odoo.http"):  # the refusal of the unsigned voucher is part of the story
            self.start_tour("/odoo/my-visits", "aftersales_visit_phone", login="t_technician")
        self.assertRecordValues(
            visit,
            [{"state": "done", "fixed": "yes", "refusal_reason": "The owner was away"}],
        )
        self.assertIn("New pump fitted", visit.work_done)
        self.assertEqual(visit.sudo().picking_ids.state, "done")
        self.assertEqual(self.ticket.return_visit_ids.state, "planned")
