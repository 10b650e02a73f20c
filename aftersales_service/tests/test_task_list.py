from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestTaskList(AftersalesCommon):
    """T07: what our own fault makes necessary is listed, approved, and only then done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        prefix = "aftersales_service.group_aftersales_"
        cls.manager_2 = new_test_user(cls.env, "t_manager_2", groups=f"{prefix}manager")
        cls.company.write(
            {
                "aftersales_task_limit": 100.0,
                "aftersales_task_limit_other": 500.0,
                "aftersales_labour_cost": 40.0,
                "aftersales_task_photos": False,
            }
        )
        cls.cause = cls.env["aftersales.cause"].create(
            {"name": "T loose bolt", "responsible": "manufacturing"}
        )
        cls.asset = cls.sell("TL-1")
        cls.ticket = cls.make_ticket(
            cls.asset, technician_id=cls.technician.id, cause_id=cls.cause.id
        )

    def make_list(self, submit=True, user=None, hours=2.0, **values):
        user = user or self.agent_user
        line = {
            "name": "Hydraulic pump",
            "method": "Replace",
            "labour_hours": hours,
            "product_id": self.part.id,
            "product_quantity": 1.0,
        }
        tasks = (
            self.env["aftersales.task.list"]
            .with_user(user)
            .create(
                {
                    "ticket_id": self.ticket.id,
                    "line_ids": [Command.create(dict(line, **values))],
                }
            )
        )
        if submit:
            tasks.action_submit()
        return tasks

    def make_visit(self, tasks):
        visit = (
            self.env["aftersales.visit"]
            .with_user(self.agent_user)
            .create({**self.ticket._prepare_visit_vals(), "date_start": "2026-01-05 09:00:00"})
        )
        self.assertEqual(visit.task_list_id, tasks, "new visits are for the list")
        visit.action_schedule()
        return visit.with_user(self.technician_user)

    def approve(self, tasks, user=None):
        tasks.with_user(user or self.manager_user).action_approve()
        return tasks

    def test_planned_beside_the_original_order(self):
        self.assertTrue(self.ticket.task_list_missing)
        action = self.ticket.with_user(self.agent_user).action_make_task_list()
        model = self.env["aftersales.task.list"].with_user(self.agent_user)
        form = Form(model.with_context(**action["context"]))
        with form.line_ids.new() as line:
            line.name = "Hydraulic pump"
            line.labour_hours = 2.333
            line.product_id = self.part
            self.assertEqual(line.labour_rate, 40.0)
            self.assertEqual(line.product_cost, 60.0)
        form.save()
        tasks = form.record
        self.assertRecordValues(
            tasks,
            [
                {
                    "amount_labour": 93.32,
                    "amount_material": 60.0,
                    "amount_planned": 153.32,
                    "order_value": 1000.0,
                    "order_quantity": 1.0,
                    "order_delivered": 1.0,
                }
            ],
        )
        self.assertEqual(tasks.order_name, self.asset.sale_line_id.order_id.name)
        self.assertAlmostEqual(tasks.cost_share, 0.15332)
        self.ticket.invalidate_recordset()
        self.assertFalse(self.ticket.task_list_missing)

    def test_within_the_limit_it_is_approved_when_submitted(self):
        tasks = self.make_list(hours=1.0)
        self.assertEqual((tasks.amount_planned, tasks.state), (100.0, "approved"))
        self.assertIn("within the limit", tasks.decision_reason)

    def test_above_the_limit_a_manager_approves_and_work_waits(self):
        tasks = self.make_list()
        self.assertEqual((tasks.amount_planned, tasks.state), (140.0, "submitted"))
        visit = self.make_visit(tasks)
        with self.assertRefused("begins when it is approved"):
            visit.action_depart()
        repair = self.env["repair.order"].create(self.ticket._prepare_repair_vals())
        repair.action_validate()
        with self.assertRefused("begins when it is approved"):
            repair.action_repair_start()
        for user in (self.agent_user, self.dispatcher_user, self.technician_user):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.approve(tasks, user)
        self.approve(tasks)
        visit.action_depart()
        repair.action_repair_start()
        self.assertEqual((visit.state, repair.state), ("travelling", "under_repair"))

    def test_approved_it_is_internal_work(self):
        self.assertEqual(self.ticket.service_category, "warranty")
        tasks = self.approve(self.make_list())
        self.assertRecordValues(
            self.ticket,
            [{"service_category": "internal", "own_fault": True, "entitlement_labour": True}],
        )
        self.assertIn("our own", self.ticket.entitlement_reasons)
        self.ticket.action_check_entitlement()
        self.assertEqual(self.ticket.service_category, "internal", "it stays")
        tasks.with_user(self.manager_user).action_cancel(reason="It was the customer")
        self.assertRecordValues(self.ticket, [{"service_category": "warranty", "own_fault": False}])

    def test_above_the_second_limit_nobody_approves_their_own(self):
        tasks = self.make_list(user=self.manager_user, hours=11.0)
        self.assertEqual(tasks.amount_planned, 500.0)
        self.approve(tasks)
        tasks = self.make_list(user=self.manager_user, hours=11.5)
        with self.assertRefused("you submitted it yourself"):
            self.approve(tasks)
        self.approve(tasks, self.manager_2)
        self.assertEqual(tasks.state, "approved")
        self.company.write({"aftersales_task_limit": 0.0, "aftersales_task_limit_other": 0.0})
        tasks = self.make_list(user=self.manager_user, hours=0.1)
        self.assertEqual(tasks.state, "submitted", "0: a manager approves each")
        with self.assertRefused("you submitted it yourself"):
            self.approve(tasks)

    def test_photos_before_and_after(self):
        self.company.aftersales_task_photos = True
        tasks = self.make_list(submit=False)
        with self.assertRefused("add a photo of what is to be put right"):
            tasks.action_submit()
        attachments = self.env["ir.attachment"].with_user(self.agent_user)
        tasks.line_ids.photo_before_ids = attachments.create({"name": "before.png", "raw": b"x"})
        tasks.action_submit()
        self.approve(tasks)
        line = tasks.line_ids.with_user(self.technician_user)
        self.assertEqual(line.photo_before_ids.mapped("name"), ["before.png"], "readable for all")
        with self.assertRefused("add a photo of what it looks like now"):
            line.is_done = True
        attachments = self.env["ir.attachment"].with_user(self.technician_user)
        photo = attachments.create({"name": "after.png", "raw": b"x"})
        line.write({"photo_after_ids": [Command.link(photo.id)], "is_done": True})
        self.assertEqual(line.done_by, self.technician_user)

    def test_the_technician_ticks_off_and_the_visit_finishes_the_list(self):
        tasks = self.approve(self.make_list())
        visit = self.make_visit(tasks)
        visit.action_depart()
        visit.action_arrive()
        self.assertIn("0 of 1", visit.task_list_note)
        self.assertEqual(visit.action_view_task_list()["res_id"], tasks.id)
        line = tasks.line_ids.with_user(self.technician_user)
        with Form(tasks.with_user(self.technician_user)) as form, form.line_ids.edit(0) as item:
            item.is_done = True
            item.hours_actual = 3.0
        self.assertRecordValues(
            line, [{"is_done": True, "hours_actual": 3.0, "quantity_actual": 1.0}]
        )
        self.assertEqual(tasks.amount_actual, 180.0)
        visit.write({"work_done": "<p>Done</p>", "fixed": "yes", "refusal_reason": "In a hurry"})
        visit.action_done()
        self.assertEqual(tasks.state, "done")
        with self.assertRefused("work is reported while"):
            line.hours_actual = 1.0

    def test_a_visit_without_a_list_says_nothing_of_it(self):
        self.assertFalse(self.make_visit(self.env["aftersales.task.list"]).task_list_note)

    def test_what_was_not_said_took_what_was_planned(self):
        tasks = self.approve(self.make_list())
        tasks.line_ids.with_user(self.technician_user).is_done = True
        self.assertEqual(tasks.amount_actual, 140.0)
        tasks.line_ids.with_user(self.technician_user).is_done = False
        self.assertFalse(tasks.line_ids.done_by)
        with self.assertRefused("is not done yet"):
            tasks.with_user(self.technician_user).action_done()
        tasks.line_ids.with_user(self.technician_user).is_done = True
        tasks.with_user(self.technician_user).action_done()
        self.assertEqual(tasks.state, "done")

    def test_technicians_neither_plan_nor_see_what_it_costs(self):
        tasks = self.make_list()
        mine = tasks.with_user(self.technician_user)
        self.assertEqual(mine.line_ids.name, "Hydraulic pump")
        for name in ("amount_planned", "order_value", "approval_note"):
            with self.subTest(name), self.assertRaises(AccessError):
                mine.read([name])
        with self.assertRaises(AccessError):
            mine.line_ids.read(["product_cost"])
        with self.assertRaises(AccessError):
            mine.line_ids.name = "Something else"
        with self.assertRaises(AccessError):
            mine.action_submit()
        with self.assertRaises(AccessError):
            self.make_list(submit=False).with_user(self.technician_user).reason = "Not me"
        self.ticket.sudo().technician_id = self.technician_2
        self.assertFalse(
            self.env["aftersales.task.list"].with_user(self.technician_user).search([])
        )

    def test_what_was_submitted_stays(self):
        tasks = self.make_list()
        with self.assertRefused("items can no longer be changed"):
            tasks.line_ids.labour_hours = 1.0
        with self.assertRefused("items can no longer be changed"):
            tasks.line_ids.create({"list_id": tasks.id, "name": "One more"})
        with self.assertRefused("items can no longer be changed"):
            tasks.line_ids.unlink()
        with self.assertRefused("with the buttons"):
            tasks.state = "approved"
        with self.assertRefused("is kept"):
            tasks.unlink()
        with self.assertRefused("work is reported while"):
            tasks.line_ids.is_done = True
        tasks.with_user(self.manager_user).action_refuse(reason="Too dear")
        with self.assertRefused("only what is submitted"):
            self.approve(tasks)
        tasks.action_draft()
        tasks.line_ids.labour_hours = 0.5
        tasks.action_submit()
        self.assertRecordValues(tasks, [{"state": "approved", "amount_planned": 80.0}])

    def test_who_did_it_is_not_typed_in(self):
        tasks = self.approve(self.make_list())
        with self.assertRefused("not typed in"):
            tasks.line_ids.done_by = self.agent_user

    def test_bad_lists_are_refused(self):
        empty = self.env["aftersales.task.list"].create({"ticket_id": self.ticket.id})
        with self.assertRefused("has no items"):
            empty.action_submit()
        with self.assertRefused("enter the hours"):
            self.make_list(hours=0.0, product_id=False)
        for values in ({"quantity": 0.0}, {"hours": -1.0}, {"labour_rate": -1.0}):
            with (
                self.subTest(values),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
            ):
                self.make_list(submit=False, **values).flush_recordset()
        tasks = self.make_list()
        with self.assertRefused("Give a reason"):
            tasks.with_user(self.manager_user).action_refuse(reason=" ")
        with self.assertRaises(AccessError):
            tasks.with_user(self.agent_user).action_refuse(reason="No")

    def test_other_companies_and_the_portal_see_nothing(self):
        tasks = self.make_list()
        other = self.env["res.company"].create({"name": "Other After-sales"})
        user = new_test_user(
            self.env,
            "t_other_manager",
            groups="aftersales_service.group_aftersales_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.env["aftersales.task.list"].with_user(user).search([]))
        with self.assertRaises(AccessError):
            self.approve(tasks, user)
        portal = new_test_user(
            self.env, "t_portal_farm", groups="base.group_portal", partner_id=self.customer.id
        )
        for record in (tasks, tasks.line_ids):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(portal).read(["name"])

    def test_the_task_book_prints_with_and_without_cost(self):
        tasks = self.approve(self.make_list())
        report = self.env["ir.actions.report"]
        name = "aftersales_service.report_aftersales_task_list"
        html, __ = report.with_user(self.agent_user)._render_qweb_html(name, tasks.ids)
        self.assertIn("140.00", html.decode())
        html, __ = report.with_user(self.technician_user)._render_qweb_html(name, tasks.ids)
        self.assertIn("Hydraulic pump", html.decode())
        self.assertNotIn("140.00", html.decode())
