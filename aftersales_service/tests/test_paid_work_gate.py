from odoo.fields import Command
from odoo.tests import tagged

from .paid_work_common import PaidWorkCommon

REFUSED = "%s.*paid service, and the customer has not accepted.*none made.*a manager may"


@tagged("post_install", "-at_install")
class TestWorkDoors(PaidWorkCommon):
    """T11: by no door does paid work start before the customer has accepted."""

    def setUp(self):
        super().setUp()
        self.progress = self.ticket._get_stage("progress")
        self.refused = REFUSED % self.ticket.name

    def look(self, **values):
        """Do a visit that finds out what to quote."""
        inspection = self.env.ref("aftersales_service.aftersales_visit_type_inspection")
        visit = self.make_visit(type_id=inspection.id).with_user(self.technician_user)
        visit.action_depart()
        visit.action_arrive()
        report = {"work_done": "<p>Looked</p>", "hours": 1.0, "refusal_reason": "in a hurry"}
        visit.write({**report, **values})
        return visit

    def fitted(self):
        return [Command.create({"product_id": self.part.id, "quantity": 1.0})]

    def test_stage_in_progress_waits_for_the_acceptance(self):
        ticket = self.ticket.with_user(self.agent_user)
        with self.assertRefused(self.refused):
            ticket.stage_id = self.progress
        self.quote()
        with self.assertRefused("Quotation being prepared"):
            ticket.stage_id = self.progress
        self.assertEqual(ticket.stage_kind, "assigned")
        self.answer()
        ticket.stage_id = self.progress
        self.assertEqual(ticket.stage_kind, "progress")

    def test_many_at_once_and_reading_the_change_as_a_whole(self):
        free = self.make_ticket(self.asset)
        both = (free | self.ticket).with_user(self.agent_user)
        with self.assertRefused(self.refused):
            both.write({"stage_id": self.progress.id})
        self.assertNotEqual(free.stage_id, self.progress)
        with self.assertRefused("paid service"):
            free.write({"stage_id": self.progress.id, "exclusion": "misuse"})
        self.company.aftersales_spot_limit = 30
        self.ticket.write({"stage_id": self.progress.id, "agreed_amount": 30})
        self.assertEqual(self.ticket.stage_id, self.progress)

    def test_a_ticket_is_not_made_in_progress(self):
        with self.assertRefused("paid service"):
            self.make_ticket(self.asset, exclusion="misuse", stage_id=self.progress.id)
        self.make_ticket(self.asset, stage_id=self.progress.id)

    def test_manager_and_settings_let_it_through(self):
        self.ticket.with_user(self.manager_user).action_allow_unquoted("Good customer")
        self.ticket.stage_id = self.progress
        other = self.make_ticket(self.asset, exclusion="misuse")
        self.company.aftersales_quotation_required = False
        other.stage_id = self.progress

    def test_desk_work_and_callers_nobody_knows_go_on(self):
        question = self.make_ticket(self.asset, exclusion="misuse", type="enquiry")
        question.stage_id = self.progress
        unknown = self.env["aftersales.ticket"].create({"subject": "Who is it?"})
        unknown.stage_id = self.progress
        self.assertEqual(unknown.service_category, "paid")
        with self.assertRefused("paid service"):
            unknown._check_work_may_start()

    def test_phone_advice_and_closing_stay_possible(self):
        self.ticket.with_user(self.agent_user).action_solve_by_phone("What?", "Turn it round")
        self.assertEqual(self.ticket.stage_kind, "solved")
        self.ticket.action_close()
        self.ticket.action_reopen("it came back")
        self.assertEqual(self.ticket.stage_kind, "assigned", "open again, and not begun")

    def test_the_customers_answer_does_not_begin_the_work(self):
        order = self.quote()
        self.ticket.with_user(self.agent_user).action_send_quotation()
        self.assertEqual(self.ticket.stage_kind, "waiting")
        self.ticket._wake_up("customer")
        self.assertEqual(self.ticket.stage_kind, "assigned")
        self.assertEqual(order.state, "sent")

    def test_where_no_stage_comes_before_the_work_being_there_says_nothing(self):
        early = ("open", "assigned", "waiting", "solved")
        self.env["aftersales.ticket.stage"].search([("kind", "in", early)]).kind = "progress"
        ticket = self.make_ticket(self.asset, exclusion="misuse")
        self.assertEqual(ticket.stage_kind, "progress")
        self.assertTrue(ticket._is_held())

    def test_looking_at_it_is_not_the_work(self):
        visit = self.look(fixed="no", failure_note="Pump broken", next_step="office")
        self.assertEqual(self.ticket.stage_kind, "assigned")
        visit.line_ids = self.fitted()
        with self.assertRefused(self.refused):
            visit.action_done()
        self.assertFalse(visit.sudo().picking_ids)
        visit.line_ids.unlink()
        visit.action_done()
        order = self.quote()
        self.answer()
        self.assertEqual(sum(order.order_line.mapped("qty_delivered")), 0.0)

    def test_signed_while_looking_is_done_and_invoiced_at_once(self):
        visit = self.look(fixed="yes")
        order = self.quote()
        self.answer()
        visit.line_ids = self.fitted()
        visit.action_done()
        self.assertEqual(order._create_invoices().amount_untaxed, 75.0 + 120.0 + 40.0)

    def test_misuse_found_on_site_is_quoted_before_it_is_repaired(self):
        self.ticket.exclusion = False
        visit = self.make_visit().with_user(self.technician_user)
        visit.action_depart()
        visit.action_arrive()
        self.ticket.exclusion = "misuse"
        report = {"work_done": "<p>Pump</p>", "fixed": "yes", "refusal_reason": "left"}
        visit.write(report)
        with self.assertRefused(self.refused):
            visit.action_done()
        self.quote()
        self.answer()
        visit.action_done()
        self.assertEqual(self.ticket.stage_kind, "solved")

    def test_repair_is_not_begun_by_writing_its_state(self):
        repair = self.env["repair.order"].browse(self.ticket.action_create_repair()["res_id"])
        repair.action_validate()
        for door in (
            lambda: repair.write({"state": "under_repair"}),
            lambda: repair.write({"state": "done"}),
            repair.action_repair_done,
            lambda: repair.copy({"state": "under_repair"}),
        ):
            with self.assertRefused("paid service"):
                door()
        self.quote()
        self.answer()
        repair.write({"state": "under_repair"})

    def test_a_repair_under_way_is_not_put_on_a_paid_ticket(self):
        repair = self.env["repair.order"].create({"partner_id": self.customer.id})
        repair.action_validate()
        repair.action_repair_start()
        with self.assertRefused("paid service"):
            repair.aftersales_ticket_id = self.ticket
        repair.action_repair_done()
        repair.aftersales_ticket_id = self.ticket
