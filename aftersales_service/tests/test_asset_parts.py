from datetime import date, timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_service.tools import part_exchange

from .parts_common import AftersalesPartsCommon
from .test_visit import PIXEL


class InstalledPartsCommon(AftersalesPartsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls.sell("IP-1")
        cls.parts = cls.env["aftersales.asset.part"]

    @classmethod
    def fit(cls, product, asset=None, user=None, **values):
        vals = {"asset_id": (asset or cls.asset).id, "product_id": product.id}
        return cls.parts.with_user(user or cls.agent_user).create(vals | values)

    @classmethod
    def make_part_serials(cls, *names):
        return cls.make_serials(*names, product=cls.serial_part)

    def visit(self, *lines, asset=None):
        """Execute a visit to the asset as its technician, with parts ``lines``."""
        asset = asset or self.asset
        ticket = self.make_ticket(asset, technician_id=self.technician.id)
        visit = (
            self.env["aftersales.visit"]
            .with_user(self.dispatcher_user)
            .create(
                ticket._prepare_visit_vals()
                | {
                    "date_start": "2030-03-04 09:00:00",
                    "technician_id": self.technician.id,
                    "overlap_reason": "test",
                    "line_ids": [Command.create(line) for line in lines],
                }
            )
        )
        visit.action_schedule()
        visit = visit.with_user(self.technician_user)
        visit.action_depart()
        visit.action_arrive()
        visit.write(
            {
                "work_done": "<p>Pump</p>",
                "fixed": "yes",
                "signed_by": "Farmer",
                "signature": PIXEL,
                "meter": 120.0,
            }
        )
        visit.action_done()
        return visit


@tagged("post_install", "-at_install")
class TestInstalledParts(InstalledPartsCommon):
    """The history shows which part sits in which asset now (W13)."""

    def test_visit_fits_a_part_and_the_original_goes_out(self):
        visit = self.visit({"product_id": self.part.id})
        fitted = self.asset.part_ids.filtered(lambda p: p.state == "fitted")
        self.assertRecordValues(
            fitted,
            [
                {
                    "product_id": self.part.id,
                    "visit_line_id": visit.line_ids.id,
                    "reference": visit.name,
                    "meter_fitted": 120.0,
                    "warranty_date_end": fields.Date.add(fitted.date_fitted, months=12),
                }
            ],
        )
        self.assertRecordValues(
            fitted.replaced_id,
            [{"is_original": True, "date_fitted": self.asset.date_delivery, "state": "removed"}],
        )
        self.assertEqual(self.asset.part_count, 1)

    def test_next_exchange_takes_out_the_one_before(self):
        self.visit({"product_id": self.part.id})
        first = self.asset.part_ids.filtered(lambda p: p.state == "fitted")
        self.visit({"product_id": self.part.id}, {"product_id": self.part.id, "kind": "removed"})
        second = self.asset.part_ids.filtered(lambda p: p.state == "fitted")
        self.assertEqual(second.replaced_id, first)
        self.assertEqual(first.state, "removed")
        self.assertEqual(len(self.asset.part_ids), 3)

    def test_part_that_is_not_listed_replaces_nothing(self):
        self.visit({"product_id": self.other_part.id})
        self.visit({"product_id": self.other_part.id})
        self.assertEqual(self.asset.part_ids.mapped("state"), ["fitted", "fitted"])

    def test_some_of_several_are_taken_out(self):
        several = self.fit(self.other_part, quantity=4)
        self.visit({"product_id": self.other_part.id, "kind": "removed", "quantity": 1})
        self.assertEqual(several.quantity, 3.0)
        gone = self.asset.part_ids - several
        self.assertRecordValues(gone, [{"quantity": 1.0, "state": "removed"}])

    def test_recorded_once(self):
        visit = self.visit({"product_id": self.part.id})
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.parts.create(visit.line_ids.sudo()._prepare_fitted_part_vals())
            self.parts.flush_model()

    def test_repair_adds_and_recycles(self):
        lot_new = self.make_part_serials("GB-2")
        lot_old = self.env["stock.lot"].create({"name": "GB-1", "product_id": self.serial_part.id})
        old = self.fit(self.serial_part, lot_id=lot_old.id)
        self.env["stock.quant"]._update_available_quantity(
            self.serial_part, self.customer.property_stock_customer, 1.0, lot_id=lot_old
        )
        repair = self.env["repair.order"].create(
            {
                "product_id": self.machine.id,
                "lot_id": self.asset.lot_id.id,
                "partner_id": self.customer.id,
                "move_ids": [
                    Command.create(
                        {
                            "repair_line_type": kind,
                            "product_id": self.serial_part.id,
                            "product_uom_qty": 1.0,
                        }
                    )
                    for kind in ("add", "recycle")
                ],
            }
        )
        repair._action_repair_confirm()
        repair.action_repair_start()
        for move, lot in zip(repair.move_ids, lot_new | lot_old, strict=True):
            move.move_line_ids.unlink()
            move.move_line_ids = [
                Command.create(
                    {"product_id": self.serial_part.id, "lot_id": lot.id, "quantity": 1.0}
                )
            ]
            move.picked = True
        repair.action_repair_end()
        new = self.asset.part_ids - old
        self.assertRecordValues(
            new,
            [{"lot_id": lot_new.id, "replaced_id": old.id, "state": "fitted"}],
        )
        self.assertEqual(new.reference, repair.name)
        self.assertEqual(old.state, "removed")

    def test_serial_moves_between_machines_with_its_warranty(self):
        self.env["aftersales.product.part"].create(
            {
                "product_tmpl_id": self.template.id,
                "part_id": self.serial_part.id,
                "warranty_duration": 24,
                "warranty_meter": 1000,
            }
        )
        other = self.sell("IP-2")
        lot = self.make_part_serials("GB-9")
        start = fields.Date.today() - timedelta(days=100)
        first = self.fit(self.serial_part, lot_id=lot.id, date_fitted=start, meter_fitted=50)
        self.assertEqual(first.warranty_meter_limit, 1050)
        self.visit({"product_id": self.serial_part.id, "lot_id": lot.id}, asset=other)
        second = other.part_ids.filtered(lambda p: p.lot_id == lot)
        self.assertEqual(first.state, "removed")
        self.assertEqual(second.state, "fitted")
        self.assertEqual(second.warranty_date_end, first.warranty_date_end)
        self.assertEqual(second.warranty_meter_limit, 120 + 1050)
        self.assertIn("another asset", self.asset.message_ids[0].body)
        found = self.parts.search([("serial", "=", "GB-9"), ("state", "=", "fitted")])
        self.assertEqual(found.asset_id, other)

    def test_serial_in_two_assets_is_refused(self):
        lot = self.make_part_serials("GB-5")
        self.fit(self.serial_part, lot_id=lot.id)
        other = self.sell("IP-3")
        with self.assertRefused("GB-5 sits in .*IP-1", ValidationError):
            self.fit(self.serial_part, asset=other, lot_id=lot.id)
        with self.assertRefused("no serial of", ValidationError):
            self.fit(self.part, lot_id=lot.id)

    def test_bad_dates_are_refused(self):
        part = self.fit(self.part)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            part.date_removed = part.date_fitted - timedelta(days=1)
            part.flush_recordset()

    def test_roles(self):
        with self.assertRaises(AccessError):
            self.fit(self.part, user=self.technician_user)
        part = self.fit(self.part)
        with self.assertRaises(AccessError):
            part.unlink()
        part.action_remove()
        self.assertEqual(part.state, "removed")
        self.assertTrue(part.with_user(self.technician_user).read(["serial"]))

    def test_other_company_sees_nothing(self):
        part = self.fit(self.part)
        company = self.env["res.company"].create({"name": "Other Maker"})
        self.manager_user.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        self.assertFalse(self.parts.with_user(self.manager_user).search([("id", "=", part.id)]))

    def test_many_parts_in_constant_queries(self):
        assets = self.sell(*(f"IPQ-{n}" for n in range(20)))
        vals = [
            {
                "asset_id": asset.id,
                "product_id": self.part.id,
                "lot_id": False,
                "quantity": 1.0,
                "date_fitted": fields.Date.today(),
                "meter_fitted": 10.0,
            }
            for asset in assets
        ]
        parts = self.parts.with_context(tracking_disable=True, mail_create_nolog=True)
        parts._record_changes(vals[:2])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(32):
            parts._record_changes(vals[2:])
            self.env.flush_all()
        self.assertEqual(len(assets.part_ids), 40)

    def test_what_goes_out(self):
        self.assertEqual(part_exchange.replaced_quantity(3, 0, 2), 2)
        inside = [part_exchange.Inside(1, 5, 1.0), part_exchange.Inside(2, None, 1.0)]
        self.assertEqual(part_exchange.pick(inside, 1.0), ([(2, 1.0)], 0.0))


@tagged("post_install", "-at_install")
class TestPartWarranty(InstalledPartsCommon):
    """The own warranty of a part on top of its machine's (W13, W16)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-01-15"):
            cls.old = cls.sell("PW-1")
        cls.fitted = cls.fit(cls.part, asset=cls.old, date_fitted=date(2027, 12, 1))

    def ask(self, day, part=None, **values):
        return self.old.get_entitlement(date=day, part=part or self.part, **values)[self.old.id]

    def test_own_term_goes_on_when_the_machines_has_ended(self):
        answer = self.ask("2028-06-01")
        self.assertEqual(answer["category"], "warranty")
        self.assertEqual(answer["source"], f"aftersales.asset.part,{self.fitted.id}")
        self.assertEqual(answer["date_end"], date(2028, 12, 1))
        self.assertTrue(answer["labour"])
        self.assertFalse(answer["travel"])
        self.assertTrue(any("own warranty Test Pump" in text for text in answer["reasons"]))
        self.assertEqual(self.ask("2028-12-02")["category"], "paid")

    def test_only_that_part(self):
        self.assertEqual(self.ask("2028-06-01", part=self.other_part)["category"], "paid")
        answer = self.old.get_entitlement(date="2028-06-01")[self.old.id]
        self.assertEqual(answer["category"], "paid")

    def test_machines_warranty_still_answers(self):
        answer = self.ask("2027-12-10")
        self.assertTrue(answer["source"].startswith("aftersales.warranty.term"))
        self.assertTrue(answer["travel"])

    def test_part_without_terms_shares_the_machines_cover(self):
        self.fit(self.other_part, asset=self.old, date_fitted=date(2027, 12, 1))
        self.assertEqual(self.ask("2027-12-10", part=self.other_part)["category"], "warranty")
        self.assertEqual(self.ask("2028-06-01", part=self.other_part)["category"], "paid")

    def test_taken_out_parts_are_covered_until_then(self):
        self.fitted.write({"date_removed": date(2028, 3, 1)})
        self.assertEqual(self.ask("2028-02-01")["category"], "warranty")
        self.assertEqual(self.ask("2028-04-01")["category"], "paid")

    def test_meter_limit_counts_from_fitting(self):
        self.fitted.write({"meter_fitted": 500.0})
        self.pump_line.warranty_meter = 300
        self.fitted._compute_warranty()
        self.assertEqual(self.fitted.warranty_meter_limit, 800.0)
        self.assertEqual(self.ask("2028-06-01", meter=700)["category"], "warranty")
        self.assertEqual(self.ask("2028-06-01", meter=900)["category"], "paid")

    def test_parts_from_the_factory_have_their_term(self):
        self.pump_line.warranty_duration = 36
        fresh = self.sell("PW-2")
        day = fields.Date.add(fresh.date_delivery, months=30)
        answer = fresh.get_entitlement(date=day, part=self.part)[fresh.id]
        self.assertEqual(answer["category"], "warranty")
        self.fit(self.part, asset=fresh, is_original=True).action_remove()
        answer = fresh.get_entitlement(date=day, part=self.part)[fresh.id]
        self.assertEqual(answer["category"], "paid", "the one from the factory is out")

    def test_what_is_entered_by_hand_stands_for_the_one_from_the_factory(self):
        fresh = self.sell("PW-3")
        self.fit(self.part, asset=fresh, date_fitted=fields.Date.add(fresh.date_delivery, days=5))
        self.assertEqual(len(fresh.sudo()._get_part_covers()[fresh.id]), 1)

    def test_timeline_tells_of_parts(self):
        self.fit(self.other_part, asset=self.old).action_remove()
        entries = self.old.with_user(self.agent_user).get_timeline(kinds=["part"])["entries"]
        titles = [entry["title"] for entry in entries]
        self.assertEqual(set(titles), {"Part taken out: Test Blade", "Part fitted: Test Blade"})

    def test_no_more_queries_for_more_assets(self):
        assets = self.sell(*(f"PWQ-{n}" for n in range(8)))
        self.parts.create([{"asset_id": a.id, "product_id": self.part.id} for a in assets])

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            records._get_part_covers()
            return self.env.cr.sql_log_count - start

        self.assertEqual(count(assets[:1]), count(assets))
        self.assertLessEqual(count(assets), 3)
        self.env["aftersales.product.part"].search([]).warranty_duration = 0
        self.assertLessEqual(count(assets), 2)
