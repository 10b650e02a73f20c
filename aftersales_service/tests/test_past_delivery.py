from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .delivery_common import DeliveryCommon


@tagged("post_install", "-at_install")
class TestPastDelivery(DeliveryCommon):
    """W03: assets of deliveries from before."""

    def deliver_before(self, product, quantity, *serials, date="2020-05-10 10:00:00"):
        """Deliver as if the addon had not been there; return the transfer."""
        if serials:
            self.make_serials(*serials, product=product)
        else:
            self.stock(product, quantity)
        with self.unhooked():
            picking = self.deliver(self.order(product, quantity).picking_ids)
        picking.move_ids.date = date
        return picking

    def make_job(self, **values):
        jobs = self.env["aftersales.past.delivery"].with_user(self.manager_user)
        return jobs.create(
            {"product_ids": (self.machine | self.pump | self.pump_lot).ids, **values}
        )

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_service.ir_cron_past_delivery").method_direct_trigger()

    def test_preview_counts_and_makes_nothing(self):
        self.sell("PD-KNOWN")
        self.deliver_before(self.machine, 2, "PD-1", "PD-2")
        with self.unhooked():
            self.return_goods(self.deliver_before(self.machine, 1, "PD-3", date="2020-06-01"))
        self.machine.warranty_policy_id = False
        self.machine.product_tmpl_id.is_asset = True
        job = self.make_job()
        job.action_preview()
        may, june, now = job.line_ids.sorted("month")
        self.assertRecordValues(
            may | june | now,
            [
                {"found": 2, "known": 0, "gone": 0, "todo": 2, "without_policy": 2},
                {"found": 1, "known": 0, "gone": 1, "todo": 0, "without_policy": 0},
                {"found": 1, "known": 1, "gone": 0, "todo": 0, "without_policy": 0},
            ],
        )
        self.assertEqual(may.month, fields.Date.to_date("2020-05-01"))
        self.assertEqual((job.found_count, job.todo_count, job.state), (4, 2, "draft"))
        found = self.env["stock.move.line"].search(may.action_view_deliveries()["domain"])
        self.assertEqual(sorted(found.lot_id.mapped("name")), ["PD-1", "PD-2"])

    def test_what_nobody_bought_is_told_of(self):
        picking = self.deliver_before(self.machine, 2, "PD-21", "PD-22")
        picking.move_ids.sale_line_id = False
        self.deliver_before(self.machine, 1, "PD-23")
        job = self.make_job()
        job.action_start()
        self.run_cron()
        self.assertRecordValues(job, [{"state": "done", "made_count": 1, "problem_count": 2}])
        self.assertEqual(sorted(job.problem_ids.mapped("serial")), ["PD-21", "PD-22"])
        self.assertRegex(job.problem_ids[0].reason, "No sales order.*by hand, or import")

    def test_run_makes_what_a_delivery_would_have_made(self):
        picking = self.deliver_before(self.machine, 2, "PD-4", "PD-5")
        job = self.make_job()
        job.action_start()
        self.run_cron()
        self.assertRecordValues(job, [{"state": "done", "made_count": 2, "progress": 100.0}])
        assets = self.env["aftersales.asset"].search([("past_delivery_id", "=", job.id)])
        delivered = fields.Date.to_date("2020-05-10")
        self.assertRecordValues(
            assets,
            [
                {
                    "stock_move_id": picking.move_ids.id,
                    "partner_id": self.customer.id,
                    "date_delivery": delivered,
                    "warranty_state": "expired",
                    "state": "in_service",
                    "create_uid": self.manager_user.id,
                }
            ]
            * 2,
        )
        self.assertRecordValues(
            assets.warranty_ids,
            [{"date_start": delivered, "date_end": fields.Date.add(delivered, months=24)}] * 2,
        )
        self.assertFalse(assets.activity_ids | assets.warranty_ids.activity_ids)
        new = self.sell("PD-6")
        new.date_delivery = delivered
        self.env.flush_all()
        own = {"lot_id", "serial", "stock_move_id", "sale_line_id", "past_delivery_id"}
        own |= {"create_uid", "write_uid"}
        self.assert_same_rows(assets | new, own)
        self.assert_same_rows(
            assets.warranty_ids | new.warranty_ids, {"asset_id", "create_uid", "write_uid"}
        )

    def test_running_again_makes_nothing_twice(self):
        self.deliver_before(self.machine, 1, "PD-7")
        job = self.make_job()
        for __ in range(2):
            job.action_start()
            self.run_cron()
        self.assertEqual(self.env["aftersales.asset"].search_count([("serial", "=", "PD-7")]), 1)

    def test_stop_and_resume(self):
        self.deliver_before(self.machine, 4, *[f"PD-S{number}" for number in range(4)])
        job = self.make_job()
        job.action_start()
        self.assertEqual(job.sudo()._run_batch(2), 2)
        job.action_stop()
        self.run_cron()
        self.assertRecordValues(job, [{"state": "stopped", "made_count": 2, "progress": 50.0}])
        job.action_start()
        self.run_cron()
        self.assertRecordValues(job, [{"state": "done", "made_count": 4, "progress": 100.0}])
        with self.assertRefused("cannot become"):
            job.action_stop()

    def test_quantities_less_what_came_back(self):
        picking = self.deliver_before(self.pump, 5)
        with self.unhooked():
            self.return_goods(picking, 2)
            self.return_goods(self.deliver_before(self.pump, 3))
        job = self.make_job()
        job.action_start()
        self.run_cron()
        self.assertRecordValues(self.assets_of(self.pump), [{"quantity": 3.0}])

    def test_serial_delivered_twice_belongs_to_the_last_customer(self):
        picking = self.deliver_before(self.machine, 1, "PD-8", date="2020-01-01")
        with self.unhooked():
            back = self.return_goods(picking)
            back.move_ids.date = "2020-02-01"
            other = self.env["res.partner"].create({"name": "Last Farm"})
            again = self.deliver(self.order(self.machine, 1, partner=other).picking_ids)
        again.move_ids.date = "2020-03-01"
        job = self.make_job()
        job.action_start()
        self.run_cron()
        asset = self.env["aftersales.asset"].search([("serial", "=", "PD-8")])
        self.assertRecordValues(asset, [{"partner_id": other.id}])

    @mute_logger("odoo.addons.aftersales_service.models.aftersales_past_delivery_run")
    def test_one_that_fails_is_logged_and_the_others_are_made(self):
        self.deliver_before(self.machine, 3, "PD-9", "PD-BAD", "PD-10")
        assets = type(self.env["aftersales.asset"])
        make = assets._make_delivered

        def make_all_but_one(records, vals_list):
            serials = records.env["stock.lot"].browse(vals["lot_id"] for vals in vals_list)
            if "PD-BAD" in serials.mapped("name"):
                raise ValueError("broken")
            return make(records, vals_list)

        job = self.make_job()
        job.action_start()
        with patch.object(assets, "_make_delivered", make_all_but_one):
            self.run_cron()
        self.assertRecordValues(job, [{"state": "done", "made_count": 2, "problem_count": 1}])
        self.assertRecordValues(job.problem_ids, [{"serial": "PD-BAD", "reason": "broken"}])

    def test_only_managers_and_only_their_company(self):
        with self.assertRaises(AccessError):
            self.env["aftersales.past.delivery"].with_user(self.agent_user).create({})
        job = self.make_job()
        with self.assertRaises(AccessError):
            job.with_user(self.agent_user).action_start()
        with self.assertRefused("buttons"):
            job.write({"state": "done"})
        other = self.env["res.company"].create({"name": "Other"})
        self.manager_user.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertFalse(
            self.env["aftersales.past.delivery"].with_user(self.manager_user).search([])
        )

    def test_queries_do_not_grow_with_units(self):
        def queries(count):
            self.deliver_before(self.machine, count, *[f"PQ{count}-{n}" for n in range(count)])
            job = self.make_job()
            job.action_start()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            job.sudo()._run_batch(1000)
            self.env.flush_all()
            job.action_stop()
            return self.cr.sql_log_count - before

        queries(2)
        self.assertLessEqual(queries(60), queries(8) + 2)
