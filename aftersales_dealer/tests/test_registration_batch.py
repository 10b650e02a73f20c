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

    def test_many_cards_are_logged_like_few(self):
        cards = self.env["aftersales.registration"].with_user(self.dealer_user)
        cards = cards.create(self._make_vals("LOGGED", 60))
        cards.action_register()
        for card in (cards[0], cards[-1]):
            note = card.sudo().message_ids
            self.assertEqual(len(note), 1)
            self.assertIn("in time", note.body)
            self.assertEqual(note.author_id, self.dealer_user.partner_id)
            log = card.asset_id.sudo().message_ids[:1]
            self.assertIn(card.end_user_name, log.body)
            self.assertIn(card.name, log.body)

    def test_what_is_refused_uses_no_number_up(self):
        vals_list = self._make_vals("NUMBER", 2)
        cards = self.env["aftersales.registration"].with_user(self.dealer_user)
        first = cards.create(vals_list[0])
        first.action_register()
        bad = dict(vals_list[1], date_sale=self.today + timedelta(days=1))
        with self.assertRefused("in the future", ValidationError):
            cards.create(bad)
        draft = cards.create(dict(vals_list[1], end_user_email=False))
        self.assertEqual(draft.name, "/")
        with self.assertRefused("phone or e-mail"):
            draft.action_register()
        draft.end_user_phone = "600"
        draft.action_register()
        self.assertEqual(int(draft.name[-5:]), int(first.name[-5:]) + 1)
