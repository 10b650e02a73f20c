from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from psycopg2 import IntegrityError

from odoo import fields
from odoo.fields import Command
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..tools import compensation as late
from .common_compensation import CompensationCommon

DEADLINE = datetime(2026, 3, 29, 1, 30)


@tagged("post_install", "-at_install")
class TestLateArithmetic(BaseCase):
    @given(seconds=st.integers(-(10**7), 10**7))
    def test_every_day_that_began_counts(self, seconds):
        days = late.days_late(DEADLINE, DEADLINE + timedelta(seconds=seconds))
        self.assertEqual(days, max(0, -(-seconds // 86400)))

    @given(
        days=st.integers(0, 1000),
        rate=st.floats(0, 1e6),
        cap=st.floats(0, 1e6),
    )
    def test_never_above_the_cap_and_never_less_for_more_days(self, days, rate, cap):
        amount = late.amount_late(days, rate, cap)
        self.assertTrue(0 <= amount <= (cap or days * rate))
        self.assertLessEqual(amount, late.amount_late(days + 1, rate, cap))


@tagged("post_install", "-at_install")
class TestCompensationLate(CompensationCommon):
    """X05: a broken promise proposes what the policy says, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy_late = cls.env["aftersales.sla.policy"].create(
            {
                "name": "On time or paid",
                "sequence": 0,
                "team_ids": [Command.set(cls.team.ids)],
                "target_ids": [
                    Command.create(
                        {
                            "kind": "solution",
                            "duration": 1,
                            "duration_unit": "day",
                            "calendar_mode": "always",
                            "compensation_basis": "day",
                            "compensation_rate": 40.0,
                            "compensation_cap": 100.0,
                        }
                    )
                ],
            }
        )
        cls.target = cls.policy_late.target_ids
        cls.target.sudo().compensation_since = fields.Datetime.now() - timedelta(days=100)

    def make_late(self, days=2.5, **values):
        opened = fields.Datetime.now() - timedelta(days=days + 1)
        ticket = self.make_ticket(self.asset, date_open=opened, resolution="<p>Done</p>", **values)
        self.assertEqual(ticket.sudo().clock_ids.target_id, self.target)
        ticket.action_close()
        return ticket

    def propose(self):
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_service.ir_cron_compensation_propose").method_direct_trigger()

    def test_a_late_solution_proposes_days_times_rate_up_to_the_cap(self):
        ticket = self.make_late(days=1.5)
        very = self.make_late(days=19.5)
        self.propose()
        self.assertRecordValues(
            ticket.compensation_ids | very.compensation_ids,
            [
                {"state": "proposed", "days_late": 2, "amount": 80.0, "reason": "late"},
                {"state": "proposed", "days_late": 20, "amount": 100.0, "reason": "late"},
            ],
        )
        self.approve(ticket.compensation_ids)
        self.assertEqual(ticket.compensation_ids.sudo().move_id.amount_total, 80.0)

    def test_once_for_each_clock(self):
        ticket = self.make_late()
        self.propose()
        self.propose()
        self.assertEqual(len(ticket.compensation_ids), 1)
        clock = ticket.sudo().clock_ids
        clock.compensation_checked = False
        self.propose()
        self.assertEqual(len(ticket.compensation_ids), 1, "not even when it is looked at again")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            ticket.compensation_ids.sudo().create(
                {"ticket_id": ticket.id, "clock_id": clock.id, "amount": 1.0}
            )

    def test_kept_promises_and_open_tickets_propose_nothing(self):
        kept = self.make_ticket(self.asset, resolution="<p>Done</p>")
        kept.action_close()
        opened = fields.Datetime.now() - timedelta(days=5)
        still_open = self.make_ticket(self.asset, date_open=opened)
        self.propose()
        self.assertFalse((kept | still_open).compensation_ids)

    def test_it_does_not_reach_back_before_it_was_switched_on(self):
        self.target.compensation_basis = "none"
        self.assertFalse(self.target.compensation_since)
        ticket = self.make_late()
        ticket.sudo().clock_ids.write({"date_ended": fields.Datetime.now() - timedelta(hours=1)})
        self.target.compensation_basis = "day"
        self.propose()
        self.assertFalse(ticket.compensation_ids)

    def test_percent_of_an_unknown_order_is_left_to_the_office(self):
        self.target.write({"compensation_basis": "percent", "compensation_percent": 0.5})
        with_order = self.make_late()
        without = self.make_late(asset_id=False)
        self.propose()
        self.assertEqual(
            (with_order.compensation_ids.state, with_order.compensation_ids.amount),
            ("proposed", 15.0),
        )
        self.assertEqual(
            (without.compensation_ids.state, without.compensation_ids.amount), ("draft", 0.0)
        )

    def test_a_switch_without_an_amount_is_refused(self):
        for vals in (
            {"compensation_rate": 0.0},
            {"compensation_basis": "percent"},
            {"compensation_rate": -1.0},
            {"compensation_cap": -1.0},
        ):
            with (
                self.subTest(vals),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
            ):
                self.target.write(vals)
                self.target.flush_recordset()

    def test_refusing_what_nobody_asked_for_tells_nobody(self):
        ticket = self.make_late()
        self.propose()
        compensation = ticket.compensation_ids
        compensation.with_user(self.manager_user).action_refuse(reason="The customer was away")
        self.assertFalse(compensation.message_ids.filtered(lambda m: m.partner_ids))

    def test_queries_do_not_grow_with_the_clocks(self):
        def count(tickets):
            clocks = tickets.sudo().clock_ids
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            clocks._propose_compensation()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        few = self.env["aftersales.ticket"].union(*(self.make_late() for _i in range(2)))
        many = self.env["aftersales.ticket"].union(*(self.make_late() for _i in range(12)))
        count(self.make_late())  # warm
        self.assertLessEqual(count(many), count(few) + 12)
