from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import AftersalesDealerCommon


@tagged("post_install", "-at_install")
class TestRegistrationBatch(AftersalesDealerCommon):
    """D02, J06, J09: cards come in by the thousand, by import, with a constant number of
    queries."""

    def _make_vals(self, prefix, count):
        lots = self.make_serials(*[f"{prefix}{number}" for number in range(count)])
        self.env["aftersales.asset"].create(
            [
                {
                    "product_id": self.machine.id,
                    "lot_id": lot.id,
                    "partner_id": self.dealer_a.id,
                    "dealer_id": self.dealer_a.id,
                    "date_delivery": self.today - timedelta(days=30),
                    "state": "in_service",
                }
                for lot in lots
            ]
        )
        return [
            {
                "serial": lot.name,
                "date_sale": self.today - timedelta(days=2),
                "end_user_name": f"User {lot.name}",
                "end_user_email": f"{lot.name.lower()}@example.com",
            }
            for lot in lots
        ]

    def _count_queries(self, vals_list):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        cards = self.env["aftersales.registration"].with_user(self.dealer_user).create(vals_list)
        cards.action_register()
        self.env.flush_all()
        self.assertEqual(set(cards.mapped("state")), {"registered"})
        self.assertEqual(len(cards.end_user_id), len(vals_list))
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow_with_the_batch(self):
        self._count_queries(self._make_vals("WARM", 2))
        small = self._count_queries(self._make_vals("SMALL", 5))
        large = self._count_queries(self._make_vals("LARGE", 60))
        self.assertLessEqual(large - small, 12, f"{small} queries for 5 cards, {large} for 60")

    def test_import_by_serial(self):
        self._make_vals("IMP", 2)
        result = (
            self.env["aftersales.registration"]
            .with_user(self.dealer_user)
            .load(
                ["serial", "date_sale", "end_user_name", "end_user_phone"],
                [
                    ["IMP0", str(self.today), "One", "1"],
                    ["IMP1", str(self.today), "Two", "2"],
                ],
            )
        )
        self.assertFalse([m for m in result["messages"] if m["type"] == "error"])
        cards = self.env["aftersales.registration"].browse(result["ids"])
        self.assertEqual(cards.mapped("asset_id.lot_id.name"), ["IMP0", "IMP1"])

    def test_import_names_the_bad_row(self):
        self._make_vals("BAD", 1)
        result = (
            self.env["aftersales.registration"]
            .with_user(self.dealer_user)
            .load(
                ["serial", "date_sale", "end_user_name", "end_user_phone"],
                [["BAD0", str(self.today), "One", "1"], ["MISSING", str(self.today), "Two", "2"]],
            )
        )
        self.assertFalse(result["ids"])
        self.assertRegex(result["messages"][0]["message"], "serial MISSING")

    def test_serial_twice_in_one_batch(self):
        vals = self._make_vals("TWICE", 1)
        with self.assertRefused("TWICE0 is entered twice", ValidationError):
            self.env["aftersales.registration"].with_user(self.dealer_user).create(vals * 2)

    def test_one_end_user_with_two_machines_in_one_batch(self):
        vals_list = self._make_vals("PAIR", 2)
        for vals in vals_list:
            vals.update(end_user_name="Pair", end_user_email="pair@example.com")
        cards = self.env["aftersales.registration"].with_user(self.dealer_user).create(vals_list)
        cards.action_register()
        self.assertEqual(len(cards.end_user_id), 1)
