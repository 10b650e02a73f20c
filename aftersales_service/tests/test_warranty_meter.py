from odoo import fields
from odoo.tests import tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestWarrantyMeter(AftersalesCommon):
    """W04: months or meter, whichever comes first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.term_ids[0].meter_limit = 2000
        cls.asset = cls.sell("MT-1")
        cls.asset.date_delivery = fields.Date.add(cls.asset.date_delivery, days=-90)
        cls.warranty = cls.asset.warranty_ids
        cls.end = cls.warranty.date_end

    def read_meter(self, value, days_ago, **values):
        day = fields.Date.add(fields.Date.today(), days=-days_ago)
        meters = self.env["aftersales.asset.meter"].with_user(self.technician_user)
        return meters.create(
            {"asset_id": self.asset.id, "date": day, "value": value, "unit": "hour", **values}
        )

    def test_reading_above_the_limit_ends_the_term(self):
        self.read_meter(2000, 20)
        self.assertRecordValues(
            self.warranty, [{"date_end": self.end, "ended_by_meter": False, "meter_text": ""}]
        )
        above = self.read_meter(2000.5, 10)
        self.assertRecordValues(
            self.warranty, [{"date_end": above.date, "ended_by_meter": True, "state": "active"}]
        )
        self.assertEqual(self.asset.warranty_date_end, above.date)
        self.assertIn("ended by meter", self.warranty.meter_text)
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_service.ir_cron_warranty_expire").method_direct_trigger()
        self.assertEqual(self.asset.warranty_state, "expired")
        # The reading was wrong: the warranty lives on.
        above.with_user(self.manager_user).unlink()
        self.assertRecordValues(
            self.warranty, [{"date_end": self.end, "ended_by_meter": False, "state": "active"}]
        )

    def test_replaced_meter_goes_on(self):
        self.read_meter(1900, 20)
        self.read_meter(0, 10, replaced=True, note="Glass broken")
        self.read_meter(90, 9)
        self.assertFalse(self.warranty.ended_by_meter)
        self.read_meter(110, 8)
        self.assertTrue(self.warranty.ended_by_meter)

    def test_other_counter_and_parts_term(self):
        self.read_meter(90000, 10, unit="km")
        self.assertFalse(self.warranty.ended_by_meter)
        wear = self.warranty.term_ids.filtered("part_category_id")
        self.assertFalse(wear.date_meter_end)

    def test_readings_before_the_warranty_and_queries(self):
        self.read_meter(2500, 40)
        self.asset.date_delivery = fields.Date.add(fields.Date.today(), days=-30)
        self.assertEqual(self.warranty.date_end, self.warranty.date_start)
        others = self.sell(*[f"MT-{index}" for index in range(10, 30)])
        vals = [
            {"asset_id": asset.id, "value": 2100, "unit": "hour", "date": fields.Date.today()}
            for asset in others
        ]
        self.env["aftersales.asset.meter"].create(vals[:1])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(40):
            self.env["aftersales.asset.meter"].create(vals[1:])
            self.env.flush_all()
        self.assertEqual(others.warranty_ids.mapped("ended_by_meter"), [True] * 20)
