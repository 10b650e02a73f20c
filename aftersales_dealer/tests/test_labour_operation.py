from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestLabourOperation(ClaimCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.above = cls.env["product.category"].create({"name": "Test Machines"})
        cls.category = cls.env["product.category"].create(
            {"name": "Test Tractors", "parent_id": cls.above.id}
        )
        cls.machine = cls.asset.product_id
        cls.machine.categ_id = cls.category
        cls.job = cls.env["aftersales.labour.operation"].create(
            {"code": "T-010", "name": "Test Pump", "hours": 4.0}
        )

    def add_time(self, hours, **where):
        """Give the operation a time of its own for a machine or category."""
        self.job.time_ids = [Command.create({"hours": hours, **where})]

    def hours(self):
        line = self.make_claim(lines=[self.line_job()]).line_ids
        return line._get_standard_hours()[line]

    def line_job(self, hours=2.0):
        return Command.create({"kind": "labour", "operation_id": self.job.id, "quantity": hours})

    def test_most_specific_time_wins(self):
        """General < category above < category < machine (D07)."""
        self.assertEqual(self.hours(), 4.0)
        self.add_time(3.5, categ_id=self.above.id)
        self.assertEqual(self.hours(), 3.5)
        self.add_time(3.0, categ_id=self.category.id)
        self.assertEqual(self.hours(), 3.0)
        self.add_time(2.5, product_tmpl_id=self.machine.product_tmpl_id.id)
        self.assertEqual(self.hours(), 2.5)

    def test_without_a_time(self):
        self.job.hours = 0.0
        self.assertIsNone(self.hours())
        travel = self.make_claim(lines=[self.line_travel()]).line_ids
        self.assertIsNone(travel._get_standard_hours()[travel])

    def test_many_lines_cost_no_more_queries(self):
        few = self.make_claim(lines=[self.line_job()]).line_ids
        many = self.make_claim(lines=[self.line_job() for __ in range(30)]).line_ids
        few._get_standard_hours()  # rules and rights are in the cache
        counts = []
        for lines in (few, many):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            lines.browse(lines.ids)._get_standard_hours()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_hours_above_are_cut(self):
        self.add_time(1.5, categ_id=self.category.id)
        claim = self.make_submitted(lines=[self.line_job(3.0)])
        self.assertEqual(self.check(claim, "standard_time").result, "cut")
        self.assertEqual(claim.amount_appraised, 1.5 * 40)

    def test_form_brings_the_time(self):
        """Choosing the operation fills description and hours for the machine of the claim."""
        self.add_time(1.25, product_tmpl_id=self.machine.product_tmpl_id.id)
        form = Form(self.make_claim(lines=[]).with_user(self.dealer_user))
        with form.line_ids.new() as line:
            line.kind = "labour"
            line.operation_id = self.job
            self.assertEqual(line.quantity, 1.25)
            self.assertEqual(line.name, "T-010 Test Pump")
        form.save()

    def test_refused(self):
        with self.assertRefused("either a machine or a category", ValidationError):
            self.add_time(1.0)
        with self.assertRefused("either a machine or a category", ValidationError):
            self.add_time(
                1.0,
                categ_id=self.category.id,
                product_tmpl_id=self.machine.product_tmpl_id.id,
            )
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.job.copy({"code": "T-010"})
        with self.assertRaises(AccessError):
            self.job.with_user(self.dealer_user).write({"hours": 9.0})
        with self.assertRaises(AccessError):
            self.job.with_user(self.portal_a).read(["hours"])

    def test_import(self):
        """Odoo's own import takes the catalogue with its times (J06)."""
        columns = ["code", "name", "hours", "time_ids/categ_id", "time_ids/hours"]
        rows = [
            ["T-100", "Test Import", "2.5", "Test Machines", "2"],
            ["", "", "", "Test Machines / Test Tractors", "1.75"],
        ]
        result = (
            self.env["aftersales.labour.operation"].with_user(self.appraiser).load(columns, rows)
        )
        self.assertFalse(result["messages"])
        job = self.env["aftersales.labour.operation"].browse(result["ids"])
        self.assertEqual(sorted(job.time_ids.mapped("hours")), [1.75, 2.0])
