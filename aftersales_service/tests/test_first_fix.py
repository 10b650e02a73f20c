import doctest
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools import repeat_fault
from .common import AftersalesCommon

faults = st.lists(
    st.tuples(st.integers(0, 90), st.sets(st.integers(1, 4), max_size=2)), max_size=25
)


@tagged("post_install", "-at_install")
class TestFirstFix(AftersalesCommon):
    """T16: first-time fix and repeat faults, stored and kept up by what happens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset, cls.other_asset = cls.sell("FF-1", "FF-2")
        cls.asset.date_delivery = cls.other_asset.date_delivery = "2025-01-01"
        cls.leak, cls.noise = cls.env["aftersales.symptom"].create(
            [{"name": "Leaks oil"}, {"name": "Makes noise"}]
        )
        cls.seal = cls.env["aftersales.cause"].create({"name": "Seal worn"})
        cls.today = fields.Date.today()

    def fault(self, days_ago=0, symptom=None, asset=None, **values):
        return self.make_ticket(
            asset or self.asset,
            symptom_id=(symptom or self.leak).id,
            date_failure=self.today - timedelta(days=days_ago),
            resolution="<p>Done.</p>",
            **values,
        )

    def visit(self, ticket, fixed="yes"):
        visit = self.env["aftersales.visit"].create(
            {"partner_id": self.customer.id, "ticket_id": ticket.id}
        )
        visit._write_past_guard(
            {"state": "done", "fixed": fixed, "date_done": fields.Datetime.now()}
        )
        return visit

    def test_one_call_or_one_visit_is_a_first_time_fix(self):
        call, visited, twice, failed = (
            self.fault(symptom=symptom, asset=asset)
            for asset in (self.asset, self.other_asset)
            for symptom in (self.leak, self.noise)
        )
        self.visit(visited)
        self.visit(twice, "no")
        self.visit(twice)
        self.visit(failed, "no")
        tickets = call | visited | twice | failed
        self.assertFalse(any(tickets.mapped("first_fix")), "open faults are not judged")
        tickets.action_close()
        self.assertEqual(tickets.mapped("first_fix"), ["yes", "yes", "no", "no"])
        self.assertIn("without a visit", call.first_fix_explanation)
        self.assertIn("it took 2 visits", twice.first_fix_explanation)
        self.assertIn("did not fix it", failed.first_fix_explanation)

    def test_a_reopened_fault_was_not_fixed_the_first_time(self):
        ticket = self.fault()
        ticket.action_close()
        ticket.action_reopen("Again")
        self.assertFalse(ticket.first_fix)
        ticket.resolution = "<p>New seal.</p>"
        ticket.action_close()
        self.assertEqual(ticket.first_fix, "no")
        self.assertIn("it was reopened", ticket.first_fix_explanation)

    def test_other_types_misuse_and_wrong_reports_are_not_judged(self):
        misuse = self.fault(exclusion="misuse")
        enquiry = self.fault(type="enquiry")
        (misuse | enquiry).action_close()
        self.assertFalse(misuse.first_fix or enquiry.first_fix)
        misuse.sudo().exclusion = False
        self.assertEqual(misuse.first_fix, "yes")

    def test_a_later_fault_changes_what_the_earlier_one_is(self):
        first = self.fault(20)
        first.action_close()
        self.assertEqual(first.first_fix, "yes")
        again = self.fault(0)
        self.assertEqual(again.repeat_of_id, first)
        self.assertEqual(first.first_fix, "no")
        self.assertIn(again.name, first.first_fix_explanation)
        again.symptom_id = self.noise
        self.assertFalse(again.repeat_of_id)
        self.assertEqual(first.first_fix, "yes")
        (first | again).cause_id = self.seal
        self.assertEqual(again.repeat_of_id, first, "the same cause is the same fault")

    def test_other_assets_and_longer_ago_are_no_repeats(self):
        self.fault(40)
        self.fault(3, asset=self.other_asset)
        self.assertFalse(self.fault(0).repeat_of_id)
        self.company.aftersales_repeat_days = 60
        late = self.fault(0)
        late.with_user(self.manager_user).action_review_repeats()
        self.assertTrue(late.repeat_of_id)

    def test_what_is_reported_late_finds_its_place(self):
        last, first = self.fault(0), self.fault(20)
        self.assertEqual(last.repeat_of_id, first)
        between = self.fault(10)
        self.assertEqual(between.repeat_of_id, first)
        self.assertEqual(last.repeat_of_id, between)
        between.with_user(self.agent_user).date_failure = self.today - timedelta(days=60)
        self.assertEqual(last.repeat_of_id, first)
        self.assertFalse(between.repeat_of_id)

    def test_archived_and_merged_faults_do_not_count(self):
        first, middle, last = self.fault(20), self.fault(10), self.fault(0)
        (first | middle | last).action_close()
        self.assertEqual(last.repeat_of_id, middle)
        middle.sudo().active = False
        self.assertEqual(last.repeat_of_id, first)
        self.assertFalse(middle.repeat_of_id or middle.first_fix)
        last.with_user(self.agent_user).action_merge_into(first.id, reason="The same call")
        self.assertFalse(last.repeat_of_id)
        self.assertEqual(first.first_fix, "yes")

    def test_visits_of_merged_faults_count_for_the_one_that_stays(self):
        stays, goes = self.fault(), self.fault(symptom=self.noise)
        self.visit(stays)
        self.visit(goes)
        (stays | goes).action_close()
        self.assertEqual((stays | goes).mapped("first_fix"), ["yes", "yes"])
        goes.with_user(self.agent_user).action_merge_into(stays.id, reason="One matter")
        self.assertEqual(stays.first_fix, "no", "two visits were made for it")
        self.assertFalse(goes.first_fix)

    def test_a_voucher_that_comes_after_closing_counts(self):
        ticket = self.fault()
        self.visit(ticket)
        ticket.action_close()
        self.assertEqual(ticket.first_fix, "yes")
        ticket._on_visits_done(self.visit(ticket))
        self.assertEqual(ticket.first_fix, "no")

    def test_nobody_types_it_in(self):
        ticket = self.fault()
        ticket.action_close()
        for name, value in (("first_fix", "no"), ("repeat_of_id", ticket.id)):
            with self.assertRefused("worked out|set by", UserError):
                ticket.with_user(self.manager_user).write({name: value})
        with self.assertRaises(AccessError):
            ticket.with_user(self.plain_user).action_review_repeats()

    def test_queries_do_not_grow_with_tickets(self):
        def count(number):
            tickets = self.env["aftersales.ticket"].create(
                [
                    {
                        "subject": "x",
                        "asset_id": (self.asset | self.other_asset)[place % 2].id,
                        "partner_id": self.customer.id,
                        "symptom_id": self.leak.id,
                        "date_failure": self.today - timedelta(days=place),
                        "resolution": "<p>x</p>",
                    }
                    for place in range(number)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            tickets._review_repeats()
            tickets._review_first_fix()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(2)
        few, many = count(4), count(40)
        self.assertLessEqual(many - few, 8)

    def test_examples(self):
        self.assertFalse(doctest.testmod(repeat_fault).failed)

    @settings(max_examples=200, deadline=None)
    @given(faults, st.integers(0, 40))
    def test_links_go_back_within_the_days_to_the_latest_with_a_common_key(self, drawn, days):
        events = [
            (date(2026, 1, 1) + timedelta(days=offset), key, frozenset(keys))
            for key, (offset, keys) in enumerate(drawn)
        ]
        links = repeat_fault.link_repeats(events, days)
        known = {key: (day, keys) for day, key, keys in events}
        for day, key, keys in events:
            possible = [
                (before, other)
                for before, other, others in events
                if (before, other) < (day, key) and keys & others and (day - before).days <= days
            ]
            self.assertEqual(links[key], max(possible)[1] if possible else None)
        self.assertEqual(set(links), set(known))
