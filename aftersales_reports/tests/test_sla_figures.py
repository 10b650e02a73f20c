from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.tests import tagged

from odoo.addons.aftersales_service.tests.sla_common import SlaCommon

from .common import ReportsMixin


@tagged("post_install", "-at_install")
class TestSlaFigures(ReportsMixin, SlaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.asset = cls.sell("SLA-REP-1")
        cls.tickets = cls.env["aftersales.ticket"]
        for index in range(4):
            cls.tickets |= cls.make_ticket(cls.asset, subject=f"Promise {index}")
        clocks = cls.tickets.sudo().clock_ids
        cls.clocks = clocks.filtered(lambda c: c.kind == "solution").sorted("id")
        cls.domain = [("clock_id", "in", cls.clocks.ids)]

    def put(self, clock, state, deadline=0, reached=None):
        """Bring a clock to ``state`` with deadline and end in hours from now."""
        self.set_columns(
            clock,
            state=state,
            date_start=self.now - timedelta(hours=30),
            date_deadline=self.now + timedelta(hours=deadline),
            date_reached=self.now + timedelta(hours=reached) if reached is not None else None,
        )

    def test_share_in_time_counts_the_decided_promises(self):
        kept, also_kept, broken, running = self.clocks
        self.put(kept, "reached", -5, -10)
        self.put(also_kept, "reached", -5, -6)
        self.put(broken, "breached", -10, -4)
        self.put(running, "running", 5)
        share, met, breached = self.figures(
            "sla", self.domain, "in_time:avg", "met:sum", "breached:sum"
        )
        self.assertAlmostEqual(share, 200 / 3)
        self.assertEqual((met, breached), (2, 1))
        late, seconds, taken = self.figures(
            "sla", self.domain, "hours_late:avg", "seconds_late:sum", "hours_taken:avg"
        )
        self.assertAlmostEqual(late, 6.0)
        self.assertAlmostEqual(seconds, 6 * 3600)
        self.assertAlmostEqual(taken, (20 + 24 + 26) / 3)

    def test_a_broken_promise_grows_later_until_reached(self):
        self.put(self.clocks[0], "breached", -3)
        self.put(self.clocks[1:], "cancelled")
        late, waiting = self.figures("sla", self.domain, "hours_late:avg", "__count")
        self.assertAlmostEqual(late, 3.0, places=1)
        self.assertEqual(waiting, 1)
        self.assertTrue(self.report("sla").search(self.domain).is_waiting)

    def test_overdue_counts_as_broken_before_the_cron_says_so(self):
        self.put(self.clocks[0], "running", -1)
        self.put(self.clocks[1], "paused", -1)
        self.put(self.clocks[2:], "cancelled")
        results = self.by_group("sla", self.domain, "result", "__count")
        self.assertEqual(results, {"breached": (1,), "open": (1,)})

    def test_averages_hold_at_every_level(self):
        self.put(self.clocks[:3], "reached", -5, -10)
        self.put(self.clocks[3], "breached", -10, -4)
        self.tickets[3].sudo().technician_id = self.technician_2
        self.tickets[:3].sudo().technician_id = self.technician
        shares = self.by_group("sla", self.domain, "technician_id", "in_time:avg")
        self.assertEqual(sorted(share[0] for share in shares.values()), [0.0, 100.0])
        self.assertEqual(self.figures("sla", self.domain, "in_time:avg"), (75.0,))

    def test_count_of_tickets(self):
        domain = [("ticket_id", "in", self.tickets.ids)]
        clocks, tickets = self.figures("sla", domain, "__count", "ticket_id:count_distinct")
        self.assertEqual((clocks, tickets), (len(self.tickets.sudo().clock_ids), 4))

    def test_what_is_no_longer_needed_is_not_waited_for(self):
        clock = self.clocks[0]
        self.put(clock, "breached", -10)
        self.put(self.clocks[1:], "cancelled")
        self.set_columns(clock, date_ended=self.now - timedelta(hours=7))
        row = self.report("sla").search(self.domain)
        self.assertFalse(row.is_waiting)
        self.assertAlmostEqual(row.hours_late, 3.0, msg="it does not grow later any more")

    def test_a_coded_reason_is_a_reason(self):
        self.put(self.clocks[:2], "breached", -10)
        reason = self.env["aftersales.sla.reason"].search([("needs_text", "=", False)], limit=1)
        self.set_columns(self.clocks[0], breach_reason_id=reason.id)
        view = self.env["aftersales.report.sla"].get_view(view_type="search")
        node = etree.fromstring(view["arch"]).find(".//filter[@name='filter_no_reason']")
        missing = literal_eval(node.get("domain"))
        rows = self.report("sla").search([*self.domain, *missing])
        self.assertEqual(rows.sudo().clock_id, self.clocks[1].sudo())
