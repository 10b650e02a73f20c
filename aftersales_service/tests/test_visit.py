from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import AftersalesCommon

PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    b"gg=="
)


class VisitCommon(AftersalesCommon):
    """A fault ticket of a machine that a technician is sent to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls.sell("V-1")
        cls.ticket = cls.make_ticket(cls.asset, technician_id=cls.technician.id)
        cls.repair = cls.env.ref("aftersales_service.aftersales_visit_type_repair")
        cls.monday = datetime(2030, 3, 4, 9, 0)

    @classmethod
    def make_visit(cls, hours=0, user=None, **values):
        """Return a draft repair visit of the technician, ``hours`` after Monday nine o'clock."""
        vals = cls.ticket._prepare_visit_vals() | {
            "date_start": cls.monday + timedelta(hours=hours),
            "technician_id": cls.technician.id,
        }
        return (
            cls.env["aftersales.visit"].with_user(user or cls.dispatcher_user).create(vals | values)
        )

    @classmethod
    def make_arrived(cls, **values):
        """Return a visit on site, as the technician, with a complete and signed voucher."""
        visit = cls.make_visit(**values)
        visit.action_schedule()
        visit = visit.with_user(cls.technician_user)
        visit.action_depart()
        visit.action_arrive()
        visit.write(
            {
                "work_done": "<p>New pump</p>",
                "fixed": "yes",
                "signed_by": "Farmer",
                "signature": PIXEL,
            }
        )
        return visit


@tagged("post_install", "-at_install")
class TestVisit(VisitCommon):
    """V01, V02, V05, V07: planned by the office, executed by the technician, signed by the
    customer.
    """

    def test_plan_from_ticket_is_prefilled(self):
        action = self.ticket.with_user(self.agent_user).action_plan_visit()
        visits = (
            self.env["aftersales.visit"]
            .with_user(self.agent_user)
            .with_context(**action["context"])
        )
        with Form(visits, view=action["views"][0][0]) as form:
            form.date_start = self.monday
        visit = form.record
        self.assertRecordValues(
            visit,
            [
                {
                    "ticket_id": self.ticket.id,
                    "type_id": self.repair.id,
                    "partner_id": self.customer.id,
                    "asset_ids": self.asset.ids,
                    "technician_id": self.technician.id,
                    "date_end": self.monday + timedelta(hours=2),
                    "state": "draft",
                }
            ],
        )
        self.assertRegex(visit.name, r"^V\d+$")
        self.assertEqual(self.ticket.visit_count, 1)
        self.assertEqual(self.asset.visit_count, 1)

    def test_closed_ticket_gets_no_visit(self):
        self.ticket.resolution = "<p>Told how.</p>"
        self.ticket.action_close()
        with self.assertRaisesRegex(UserError, "reopen it"):
            self.ticket.action_plan_visit()

    def test_execution_from_departure_to_done(self):
        visit = self.make_visit()
        visit.action_schedule()
        visit.action_confirm()
        self.assertEqual(visit.state, "confirmed")
        visit = visit.with_user(self.technician_user)
        visit.action_depart()
        self.assertEqual(self.ticket.stage_id, self.ticket._get_stage("progress"))
        visit.action_arrive()
        visit.write(
            {
                "work_done": "<p>New pump</p>",
                "fixed": "yes",
                "meter": 120.0,
                "customer_rating": "5",
                "customer_opinion": "Quick",
                "signed_by": "Farmer",
                "signature": PIXEL,
            }
        )
        visit.action_done()
        self.assertEqual(visit.state, "done")
        self.assertTrue(visit.date_departed <= visit.date_arrived <= visit.date_done)
        self.assertEqual(self.ticket.stage_id, self.ticket._get_stage("solved"))
        self.assertIn("New pump", self.ticket.resolution)
        self.assertEqual(visit.rating_last_value, 5)
        self.assertEqual(self.asset.meter, 120.0)
        self.assertTrue(visit.signed_on)

    def test_hours_are_proposed_from_arrival_to_finish(self):
        visit = self.make_arrived()
        now = fields.Datetime.now()
        visit.write(
            {"date_departed": now - timedelta(hours=3), "date_arrived": now - timedelta(hours=2.5)}
        )
        visit.action_done()
        self.assertEqual(visit.hours, 2.5)

    def test_incomplete_vouchers_are_refused(self):
        cases = [
            ({"work_done": "<p><br></p>"}, "Work Done"),
            ({"fixed": False}, "Fixed"),
            ({"fixed": "no"}, "Next Step"),
            ({"signature": False}, "not signed"),
            ({"refusal_reason": "In a hurry"}, "Clear one"),
        ]
        visit = self.make_arrived()
        for vals, message in cases:
            with self.subTest(vals=vals), self.cr.savepoint():
                visit.write(
                    {
                        "signature": False,
                        "work_done": "<p>Done</p>",
                        "fixed": "yes",
                        "refusal_reason": False,
                    }
                )
                visit.write({"signature": PIXEL} | vals)
                with self.assertRaisesRegex(UserError, message):
                    visit.action_done()
                self.assertEqual(visit.state, "on_site")

    def test_refused_signature_needs_its_reason(self):
        visit = self.make_arrived()
        visit.signature = False
        visit.refusal_reason = "Customer had left"
        visit.action_done()
        self.assertEqual(visit.state, "done")

    def test_signed_voucher_does_not_change(self):
        visit = self.make_arrived()
        with self.assertRaisesRegex(UserError, "Clear the signature"):
            visit.hours = 8
        with self.assertRaisesRegex(UserError, "signed"):
            self.env["aftersales.visit.line"].with_user(self.technician_user).create(
                {"visit_id": visit.id, "product_id": self.part.id}
            )
        visit.write({"signature": False})
        visit.hours = 8
        visit.signature = PIXEL
        visit.action_done()
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            visit.work_done = "<p>Something else</p>"
        visit.with_user(self.dispatcher_user).office_note = "Filed"
        with self.assertRaisesRegex(UserError, "cannot become"):
            visit.action_done()

    def test_done_before_arrival_is_refused(self):
        visit = self.make_visit()
        visit.action_schedule()
        visit = visit.with_user(self.technician_user)
        for action in (visit.action_arrive, visit.action_done):
            with self.assertRaisesRegex(UserError, "cannot become"):
                action()

    def test_contradicting_times_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "is before"):
            self.make_visit(date_end=self.monday - timedelta(hours=1))
        visit = self.make_arrived()
        with self.assertRaisesRegex(ValidationError, "Arrived.*is before.*Set off"):
            visit.date_arrived = visit.date_departed - timedelta(minutes=5)

    def test_state_cannot_be_written(self):
        with self.assertRaisesRegex(UserError, "buttons"):
            self.make_visit().state = "done"

    def test_schedule_needs_technician_and_time(self):
        with self.assertRaisesRegex(UserError, "Technician"):
            self.make_visit(technician_id=False).action_schedule()
        with self.assertRaisesRegex(UserError, "Appointment"):
            self.make_visit(date_start=False).action_schedule()

    def test_technicians_execute_their_own_visits_only(self):
        other = self.make_visit(technician_id=self.technician_2.id)
        mine = self.make_visit(hours=4)
        (mine | other).action_schedule()
        visits = self.env["aftersales.visit"].with_user(self.technician_user)
        self.assertEqual(visits.search([("id", "in", (mine | other).ids)]), mine)
        for action in ("action_depart", "action_arrive", "action_done"):
            with self.assertRaises(AccessError):
                getattr(other.with_user(self.technician_user), action)()
        with self.assertRaises(AccessError):
            other.with_user(self.technician_user).write({"work_done": "<p>x</p>"})
        with self.assertRaisesRegex(UserError, "planned by the office"):
            mine.with_user(self.technician_user).date_start = self.monday + timedelta(days=1)
        with self.assertRaisesRegex(UserError, "planned by the office"):
            mine.with_user(self.technician_user).action_cancel()

    def test_agents_plan_but_do_not_execute(self):
        visit = self.make_visit(user=self.agent_user)
        visit.action_schedule()
        with self.assertRaisesRegex(UserError, "only they or a dispatcher"):
            visit.action_depart()
        visit.with_user(self.dispatcher_user).action_depart()
        self.assertEqual(visit.state, "travelling")

    def test_the_office_does_not_report_for_the_technician(self):
        visit = self.make_arrived()
        for vals in ({"signature": False}, {"date_arrived": False}, {"customer_rating": "5"}):
            with self.assertRaisesRegex(UserError, "only they or a dispatcher"):
                visit.with_user(self.agent_user).write(vals)
        with self.assertRaisesRegex(UserError, "under way"):
            visit.with_user(self.agent_user).action_draft()
        early = self.make_visit(hours=4)
        with self.assertRaisesRegex(UserError, "when the technician is on site"):
            early.signature = PIXEL

    def test_helping_out_on_a_ticket_of_another_technician(self):
        self.ticket.technician_id = self.technician_2
        visit = self.make_arrived()
        self.assertEqual(visit.ticket_id.with_user(self.technician_user).subject, "Does not start")
        visit.action_done()
        self.assertEqual(self.ticket.stage_id, self.ticket._get_stage("solved"))
        self.assertEqual(self.ticket.technician_id, self.technician_2)

    def test_plain_users_see_no_visits(self):
        visit = self.make_visit()
        with self.assertRaises(AccessError):
            visit.with_user(self.plain_user).read(["name"])
        with self.assertRaises(AccessError):
            visit.with_user(self.plain_user).action_schedule()
        self.assertEqual(self.asset.with_user(self.plain_user).visit_count, 0)

    def test_other_companies_see_nothing(self):
        company = self.env["res.company"].create({"name": "Other maker"})
        user = new_test_user(
            self.env,
            "t_other_company",
            groups="aftersales_service.group_aftersales_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        visit = self.make_visit()
        self.assertFalse(
            self.env["aftersales.visit"].with_user(user).search([("id", "=", visit.id)])
        )
        with self.assertRaises(AccessError):
            visit.with_user(user).read(["name"])

    def test_foreign_assets_are_refused(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        foreign = self.sell("V-2", partner=stranger)
        with self.assertRaisesRegex(ValidationError, "belongs to Stranger"):
            self.make_visit(asset_ids=[Command.set(foreign.ids)])

    def test_cancelling_a_promised_visit_needs_a_reason(self):
        visit = self.make_visit()
        visit.action_schedule()
        visit.action_confirm()
        with self.assertRaisesRegex(UserError, "Cancel Reason"):
            visit.action_cancel()
        visit.action_cancel(reason="Customer called it off")
        self.assertRecordValues(
            visit, [{"state": "cancelled", "cancel_reason": "Customer called it off"}]
        )
        visit.action_draft()
        self.assertEqual(visit.state, "draft")

    def test_nobody_home_goes_back_to_the_office(self):
        visit = self.make_visit()
        visit.action_schedule()
        visit = visit.with_user(self.technician_user)
        with self.assertRaisesRegex(UserError, "set off first"):
            visit.action_nobody_home()
        visit.action_depart()
        visit.action_arrive()
        visit.action_nobody_home()
        self.assertRecordValues(
            visit, [{"state": "draft", "nobody_home_count": 1, "date_arrived": False}]
        )
        activity = visit.sudo().activity_ids
        self.assertEqual(activity.user_id, self.ticket.user_id)
        self.assertIn("Nobody was there", activity.summary)

    def test_not_fixed_makes_the_next_visit(self):
        visit = self.make_arrived()
        visit.write({"signature": False})
        visit.write(
            {
                "fixed": "no",
                "failure_note": "Valve block leaks",
                "next_step": "visit",
                "signature": PIXEL,
            }
        )
        visit.action_done()
        following = self.ticket.visit_ids - visit
        self.assertRecordValues(
            following,
            [
                {
                    "state": "draft",
                    "previous_visit_id": visit.id,
                    "instructions": "Valve block leaks",
                }
            ],
        )
        self.assertNotEqual(self.ticket.stage_id, self.ticket._get_stage("solved"))
        self.assertFalse(self.ticket.return_visit_ids)

    def test_meter_below_the_last_reading_is_refused_and_changes_nothing(self):
        self.env["aftersales.asset.meter"].create({"asset_id": self.asset.id, "value": 500.0})
        visit = self.make_arrived(meter=100.0)
        with self.assertRaisesRegex(ValidationError, "below"), self.cr.savepoint():
            visit.action_done()
        self.assertEqual(visit.state, "on_site")

    def test_executed_visits_are_records_that_stay(self):
        visit = self.make_arrived()
        visit.action_done()
        with self.assertRaisesRegex(UserError, "kept as a record"):
            visit.with_user(self.dispatcher_user).unlink()
        draft = self.make_visit(hours=8)
        draft.unlink()
        self.assertFalse(draft.exists())

    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def test_voucher_names_everything(self):
        visit = self.make_arrived(
            line_ids=[Command.create({"product_id": self.part.id, "quantity": 2})],
            customer_opinion="Quick work",
        )
        visit.action_done()
        html, __ = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_service.report_visit_voucher", visit.ids
        )
        html = html.decode()
        for text in (
            visit.name,
            "Test Farm",
            "V-1",
            "New pump",
            "Test Pump",
            "Quick work",
            "Farmer",
        ):
            self.assertIn(text, html)


@tagged("post_install", "-at_install")
class TestVisitOverlap(VisitCommon):
    """V02: nobody is in two places at once, or working on a holiday, without a reason."""

    def schedule(self, *visits, user=None):
        for visit in visits:
            visit.with_user(user or self.agent_user).action_schedule()

    def test_overlap_is_refused_until_a_dispatcher_gives_a_reason(self):
        first, second = self.make_visit(), self.make_visit(hours=1)
        self.schedule(first)
        with (
            self.assertRaisesRegex(ValidationError, f"not free.*{first.name}"),
            self.cr.savepoint(),
        ):
            self.schedule(second)
        self.assertEqual(second.state, "draft")
        with self.assertRaisesRegex(UserError, "Only a dispatcher"):
            second.with_user(self.agent_user).overlap_reason = "Same farm"
        second.with_user(self.dispatcher_user).overlap_reason = "Same farm"
        self.schedule(second)
        self.assertEqual(second.state, "scheduled")
        first.with_user(self.technician_user).action_depart()

    def test_touching_visits_are_fine(self):
        first, second = self.make_visit(), self.make_visit(hours=2)
        self.schedule(first, second)
        self.assertEqual(second.state, "scheduled")

    def test_visits_of_one_call_are_checked_against_each_other(self):
        visits = self.make_visit() | self.make_visit(hours=1)
        with self.assertRaisesRegex(ValidationError, "not free"):
            visits.action_schedule()

    def test_moving_into_an_overlap_is_refused_and_forgets_an_old_reason(self):
        first, second = self.make_visit(), self.make_visit(hours=5, overlap_reason="Once")
        self.schedule(first, second)
        with self.assertRaisesRegex(ValidationError, "not free"), self.cr.savepoint():
            second.date_start = self.monday
        second.technician_id = self.technician_2
        self.assertFalse(second.overlap_reason)

    def test_cancelled_visits_take_no_time(self):
        first, second = self.make_visit(), self.make_visit()
        self.schedule(first)
        first.action_cancel()
        self.schedule(second)
        self.assertEqual(second.state, "scheduled")

    def test_leave_and_public_holiday_are_refused(self):
        leave = {
            "date_from": self.monday - timedelta(hours=2),
            "date_to": self.monday + timedelta(hours=8),
            "calendar_id": self.technician.resource_calendar_id.id,
        }
        leaves = self.env["resource.calendar.leaves"]
        own = leaves.create(
            dict(
                leave, name="Holiday of Technician One", resource_id=self.technician.resource_id.id
            )
        )
        with self.assertRaises(ValidationError) as refusal:
            self.schedule(self.make_visit())
        self.assertIn("a leave", str(refusal.exception))
        # Why somebody is absent is not for the dispatcher to read.
        self.assertNotIn("Holiday of Technician One", str(refusal.exception))
        self.schedule(self.make_visit(technician_id=self.technician_2.id))
        own.unlink()
        leaves.create(dict(leave, name="Spring Festival"))
        with self.assertRaisesRegex(ValidationError, "Spring Festival"):
            self.schedule(self.make_visit())
        self.schedule(self.make_visit(hours=24))

    def test_batches_cost_a_constant_number_of_queries(self):
        def vals(count, day):
            return [
                self.ticket._prepare_visit_vals()
                | {
                    "technician_id": (self.technician if index % 2 else self.technician_2).id,
                    "date_start": self.monday + timedelta(days=day, hours=index * 2),
                }
                for index in range(count)
            ]

        visits = self.env["aftersales.visit"].with_user(self.dispatcher_user)
        costs = []
        for count, day in ((2, 0), (10, 10), (50, 30)):
            batch_vals = vals(count, day)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            batch = visits.create(batch_vals)
            self.env.flush_all()
            created = self.cr.sql_log_count - before
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            batch.action_schedule()
            self.env.flush_all()
            costs.append((created, self.cr.sql_log_count - before))
        self.assertLessEqual(costs[2][0], costs[1][0] + 5, costs)
        self.assertLessEqual(costs[2][1], costs[1][1] + 5, costs)
