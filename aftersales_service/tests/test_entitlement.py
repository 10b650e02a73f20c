from odoo import fields
from odoo.tests import tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestEntitlement(AftersalesCommon):
    """W07: who pays, by what, why and until when."""

    def setUp(self):
        super().setUp()
        self.asset = self.sell("E-1")
        self.asset.date_delivery = fields.Date.subtract(fields.Date.today(), months=6)

    def _ask(self, **question):
        return self.asset.get_entitlement(**question)[self.asset.id]

    def test_whole_product_is_free_in_the_term(self):
        answer = self._ask()
        self.assertEqual(answer["category"], "warranty")
        self.assertTrue(answer["parts"] and answer["labour"] and answer["travel"])
        self.assertEqual(answer["date_end"], self.asset.warranty_date_end)
        self.assertIn(self.asset.warranty_ids.name, answer["reasons"][0])

    def test_wear_part_has_its_own_term(self):
        answer = self._ask(part=self.wear_part)
        self.assertEqual(answer["category"], "paid")
        self.assertIn("ended on", answer["reasons"][0])
        early = fields.Date.add(self.asset.date_delivery, months=1)
        answer = self._ask(part=self.wear_part.id, date=early)
        self.assertEqual(answer["category"], "warranty")
        self.assertFalse(answer["travel"])
        self.assertIn("Travel is not included", answer["reasons"][1])

    def test_last_day_is_covered_and_the_next_is_not(self):
        end = self.asset.warranty_date_end
        self.assertEqual(self._ask(date=end)["category"], "warranty")
        self.assertEqual(self._ask(date=fields.Date.add(end, days=1))["category"], "paid")
        self.assertEqual(self._ask(date=fields.Date.to_string(end))["category"], "warranty")

    def test_before_the_start_is_paid(self):
        self.assertEqual(self._ask(date="2000-01-01")["category"], "paid")

    def test_exclusion_makes_it_paid(self):
        answer = self._ask(exclusion="misuse")
        self.assertEqual(answer["category"], "paid")
        self.assertIn("Misuse", answer["reasons"][0])

    def test_meter_limit(self):
        term = self.asset.warranty_ids.term_ids.filtered(lambda t: not t.part_category_id)
        term.meter_limit = 1000
        self.assertEqual(self._ask(meter=1000)["category"], "warranty")
        answer = self._ask(meter=1001)
        self.assertEqual(answer["category"], "paid")
        self.assertIn("it is at 1,001.", answer["reasons"][0])

    def test_own_machine_is_internal(self):
        self.asset.partner_id = self.company.partner_id
        self.assertEqual(self._ask()["category"], "internal")

    def test_void_warranty_covers_nothing(self):
        self.asset.warranty_ids._void("Exported")
        self.assertEqual(self._ask()["category"], "paid")

    def test_queries_do_not_grow_with_assets(self):
        assets = self.sell(*[f"E-{n}" for n in range(10, 30)])
        assets[:2].get_entitlement()

        def count(records):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records.get_entitlement()
            return self.cr.sql_log_count - before

        self.assertLessEqual(count(assets), count(assets[:2]) + 1)

    def test_a_longer_term_of_a_described_component_is_not_the_whole_machine(self):
        """The bug: five years on the frame answered for everything."""
        warranty = self.asset.warranty_ids
        whole = warranty.term_ids.filtered(lambda t: not t.part_category_id)
        frame = whole.copy(
            {"component": "Frame", "date_end": fields.Date.add(whole.date_end, years=3)}
        )
        later = fields.Date.add(whole.date_end, months=1)
        answer = self._ask(date=later)
        self.assertEqual(answer["category"], "paid")
        self.assertIn("Frame", answer["reasons"][-1])
        whole.unlink()
        self.assertEqual(frame.warranty_id, warranty)
        self.assertEqual(self._ask(date=later)["category"], "warranty")

    def _limit(self, hours):
        term = self.asset.warranty_ids.term_ids.filtered(lambda t: not t.part_category_id)
        term.meter_limit = hours
        return term

    def _read_meter(self, value, days_ago, **values):
        return self.env["aftersales.asset.meter"].create(
            {
                "asset_id": self.asset.id,
                "value": value,
                "date": fields.Date.subtract(fields.Date.today(), days=days_ago),
                **values,
            }
        )

    def test_a_reading_above_the_limit_ends_the_cover_for_who_names_no_meter(self):
        """The bug: the warranty had ended by its meter, the resolver still said covered."""
        self._limit(1000)
        last = self._read_meter(1200, 20).date
        self.assertEqual(self._ask(date=last)["category"], "warranty")
        answer = self._ask()
        self.assertEqual(answer["category"], "paid")
        self.assertIn("read above its limit", answer["reasons"][0])

    def test_the_limit_goes_on_over_a_replaced_meter(self):
        """The bug: a new counter gave the full hours again."""
        self._limit(1000)
        self._read_meter(900, 30)
        self._read_meter(0, 20, replaced=True, note="Broken")
        self.assertEqual(self._ask(meter=100)["category"], "warranty")
        self.assertEqual(self._ask(meter=101)["category"], "paid")
