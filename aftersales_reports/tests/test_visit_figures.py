from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.aftersales_service.tests.common import AftersalesCommon

from .common import ReportsMixin


@tagged("post_install", "-at_install")
class TestVisitFigures(ReportsMixin, AftersalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now().replace(microsecond=0)
        cls.asset = cls.sell("VISIT-REP-1")
        cls.ticket = cls.make_ticket(cls.asset, technician_id=cls.technician.id)
        cls.visits = cls.env["aftersales.visit"].create(
            [
                cls.ticket._prepare_visit_vals() | {"technician_id": cls.technician.id}
                for __ in range(3)
            ]
        )
        cls.domain = [("visit_id", "in", cls.visits.ids)]

    def done(self, visit, minutes_late=0, hours=2.0, **values):
        arrived = self.now + timedelta(minutes=minutes_late)
        visit._write_past_guard(
            {
                "date_start": self.now,
                "date_end": self.now + timedelta(hours=2),
                "date_departed": arrived - timedelta(hours=1),
                "date_arrived": arrived,
                "date_done": arrived + timedelta(hours=hours),
                "hours": hours,
                "state": "done",
            }
            | values
        )

    def test_hours_punctuality_and_result(self):
        self.done(self.visits[0], fixed="yes", customer_rating="5")
        self.done(self.visits[1], minutes_late=30, hours=1.0, fixed="no", customer_rating="0")
        hours, travel, punctual, late, fixed, rating = self.figures(
            "visit",
            self.domain,
            "hours:sum",
            "travel_hours:sum",
            "punctual:avg",
            "minutes_late:avg",
            "fixed_rate:avg",
            "rating:avg",
        )
        self.assertAlmostEqual(hours, sum(self.visits[:2].mapped("hours")))
        self.assertAlmostEqual(travel, 2.0)
        self.assertEqual((punctual, late, fixed, rating), (50.0, 30.0, 50.0, 5.0))

    def test_cancelled_visits_are_left_out(self):
        self.visits[0]._write_past_guard({"state": "cancelled"})
        self.assertEqual(self.figures("visit", self.domain, "__count"), (2,))

    def test_parts_at_the_value_stock_booked(self):
        self.env["stock.quant"]._update_available_quantity(self.part, self.stock_location, 10)
        visit = self.visits[0]
        visit.line_ids = [
            Command.create({"product_id": self.part.id, "quantity": 2.0}),
            Command.create({"product_id": self.part.id, "quantity": 1.0, "kind": "removed"}),
        ]
        visit._write_past_guard(
            {"state": "on_site", "date_arrived": self.now, "date_done": self.now}
        )
        visit.sudo()._move_parts()
        used = visit.line_ids.filtered(lambda line: line.kind == "used").move_ids
        self.assertEqual(used.mapped("state"), ["done"])
        self.assertEqual(self.figures("visit", self.domain, "parts_value:sum"), (120.0,))
        # The cost of today does not change what was used then.
        self.part.standard_price = 99.0
        self.assertEqual(self.figures("visit", self.domain, "parts_value:sum"), (120.0,))

    def test_return_visits(self):
        backs = self.env["aftersales.return.visit"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "ticket_id": self.ticket.id,
                    "date_planned": self.now - timedelta(days=days),
                }
                for days in (3, 3, 3, -3)
            ]
        )
        backs[0]._write_past_guard(
            {"state": "done", "satisfied": "yes", "date_done": self.now - timedelta(days=3)}
        )
        backs[1]._write_past_guard({"state": "done", "satisfied": "no", "date_done": self.now})
        domain = [("return_visit_id", "in", backs.ids)]
        count, satisfied, in_time = self.figures(
            "return.visit", domain, "__count", "satisfied_rate:avg", "in_time:avg"
        )
        self.assertEqual((count, satisfied), (4, 50.0))
        # One of the three due was in time; the one of next week is not due.
        self.assertAlmostEqual(in_time, 100 / 3)
        due = [*domain, ("state", "=", "planned"), ("date_planned", "<", "now")]
        self.assertEqual(self.figures("return.visit", due, "__count"), (1,))
