import json
import logging
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from odoo.exceptions import AccessError, RedirectWarning, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .sla_common import MONDAY, SlaCommon

BREACH = "odoo.addons.aftersales_service.models.aftersales_ticket_breach"


@tagged("post_install", "-at_install")
class TestSlaReason(SlaCommon):
    """S05: breaches need a reason, coded and in words; the team leader hears of missing ones."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.response = cls.policy_fault.target_ids.filtered(lambda t: t.kind == "first_response")
        (cls.policy_fault.target_ids - cls.response).unlink()
        cls.parts, cls.force = (
            cls.env.ref(f"aftersales_service.aftersales_sla_reason_{name}")
            for name in ("parts", "force")
        )

    def make_late_ticket(self, **values):
        ticket = self.make_ticket_at(resolution="<p>Done</p>", **values)
        self.run_cron("10:30")
        return ticket

    def test_closing_asks_for_the_reason(self):
        ticket = self.make_late_ticket()
        clock = self.clock(ticket, "first_response")
        with self.at("10:40"):
            action = ticket.action_close()
            self.assertFalse(ticket.is_closed)
            self.assertEqual(action["res_model"], "aftersales.sla.breach")
            dialogs = self.env["aftersales.sla.breach"].with_user(self.agent_user)
            dialog = dialogs.browse(action["res_id"])
            self.assertEqual(dialog.line_ids.clock_id, clock)
            with self.assertRefused("choose a reason"):
                dialog.action_confirm()
            with Form(dialog) as form:
                form.reason_id = self.parts
                form.text = "The pump came on Tuesday"
            self.assertEqual(dialog.line_ids.reason_id, self.parts)
            dialog.action_confirm()
        self.assertTrue(ticket.is_closed)
        self.assertRecordValues(
            clock,
            [{"breach_reason_id": self.parts.id, "breach_reason": "The pump came on Tuesday"}],
        )
        self.assertFalse(clock.is_unexplained)

    def test_the_dialog_tells_nothing_of_tickets_of_others(self):
        clock = self.clock(self.make_late_ticket(), "first_response")
        dialogs = self.env["aftersales.sla.breach"]
        for user, sees in ((self.agent_user, True), (self.technician_user, False)):
            vals = {"line_ids": [Command.create({"clock_id": clock.id})]}
            line = dialogs.with_user(user).create(vals).line_ids
            if sees:
                self.assertEqual(line.document, clock.ticket_id.display_name)
                continue
            with self.assertRaises(AccessError):
                line.read(["document", "promise", "late"])

    def test_other_ways_of_closing_say_what_is_missing(self):
        ticket = self.make_late_ticket()
        with (
            self.at("10:40"),
            self.assertRefused("close it with its button, which asks", RedirectWarning),
        ):
            ticket.stage_id = ticket._get_stage("closed")
        self.clock(ticket, "first_response").with_user(
            self.agent_user
        ).breach_reason = "Line was busy"
        with self.at("10:45"):
            ticket.stage_id = ticket._get_stage("closed")
        self.assertTrue(ticket.is_closed)

    def test_dragged_on_the_board_the_dialog_is_one_click_away(self):
        tickets = self.make_late_ticket() | self.make_late_ticket()
        tickets = tickets.with_user(self.agent_user)
        with self.at("10:40"), self.assertRaises(RedirectWarning) as caught:
            tickets.stage_id = tickets._get_stage("closed")
        # Odoo logs it as an error with its traceback unless it says otherwise.
        self.assertEqual(getattr(caught.exception, "loglevel", None), logging.INFO)
        _message, action_id, _button, context = caught.exception.args
        action = self.env["ir.actions.act_window"].browse(action_id)
        # The client sends the context as it came, and stores the dialog when it is confirmed.
        context = json.loads(json.dumps(context))
        dialogs = self.env[action.res_model].with_user(self.agent_user).with_context(**context)
        with self.at("10:45"):
            form = Form(dialogs)
            self.assertEqual(len(form.line_ids), 2)
            form.reason_id = self.parts
            form.save().action_confirm()
        self.assertEqual(tickets.mapped("is_closed"), [True, True])
        clocks = self.clock(tickets, "first_response")
        self.assertEqual(clocks.breach_reason_id, self.parts)

    def test_imports_and_other_programs_are_told_in_words(self):
        """There nobody can click: what is missing is refused as anything else is."""
        ticket, stage = self.make_late_ticket(), self.env["aftersales.ticket"]._get_stage("closed")
        tickets = self.env["aftersales.ticket"].with_user(self.agent_user)
        with self.at("10:40"):
            sheet = tickets.with_context(import_file=True)
            result = sheet.load([".id", "stage_id/.id"], [[str(ticket.id), str(stage.id)]])
        self.assertFalse(result["ids"])
        self.assertIn("Write the reason under", result["messages"][0]["message"])
        self.assertNotIn("Unknown error", result["messages"][0]["message"])
        for routing_type in ("json2", "http"):
            asked = SimpleNamespace(dispatcher=SimpleNamespace(routing_type=routing_type))
            with (
                self.subTest(routing_type),
                self.at("10:40"),
                patch(f"{BREACH}.request", asked, create=True),
                self.assertRefused("Write the reason under"),
            ):
                tickets.browse(ticket.id).stage_id = stage

    def test_the_satisfied_customer_of_a_late_ticket(self):
        """The answer is kept, tickets in time are closed, the agent is asked about the late one."""
        late, good = self.make_late_ticket(), self.make_ticket_at(resolution="<p>Done</p>")
        with self.at("10:05"):
            good._reach_sla("first_response")
        with self.at("10:40"):
            (late | good)._enter_stage("solved")
            asked = (late | good).return_visit_ids.with_user(self.agent_user)
            self.assertEqual(len(asked), 2)
            asked.satisfied = "yes"
            action = asked.action_done()
            self.assertEqual(set(asked.mapped("state")), {"done"})
            self.assertEqual((late.is_closed, good.is_closed), (False, True))
            self.assertEqual(action["res_model"], "aftersales.sla.breach")
            dialog = self.env["aftersales.sla.breach"].with_user(self.agent_user)
            dialog = dialog.browse(action["res_id"])
            dialog.line_ids.reason_id = self.parts
            dialog.action_confirm()
        self.assertTrue(late.is_closed)

    def test_jobs_and_customers_are_not_asked(self):
        ticket = self.make_late_ticket()
        with self.at("10:40"):
            ticket.with_user(self.env.ref("base.user_root")).action_close()
        self.assertTrue(ticket.is_closed)
        self.assertTrue(self.clock(ticket, "first_response").is_unexplained)

    def test_where_no_reason_is_wanted_none_is_asked(self):
        self.response.reason_required = False
        ticket = self.make_late_ticket()
        with self.at("10:40"):
            self.assertFalse(ticket.action_close())
        self.assertTrue(ticket.is_closed)

    def test_a_reason_that_has_to_be_explained(self):
        clock = self.clock(self.make_late_ticket(), "first_response").with_user(self.agent_user)
        with self.assertRefused("write down what happened", ValidationError):
            clock.breach_reason_id = self.force
        clock.write({"breach_reason_id": self.force.id, "breach_reason": "The bridge was closed"})

    def test_only_what_was_broken_has_a_reason(self):
        clock = self.clock(self.make_ticket_at(), "first_response").with_user(self.agent_user)
        with self.assertRefused("was not broken", ValidationError):
            clock.breach_reason_id = self.parts

    def test_reasons_of_other_companies_and_used_ones(self):
        company = self.env["res.company"].create({"name": "Other company"})
        foreign = self.env["aftersales.sla.reason"].create(
            {"name": "Theirs", "company_id": company.id}
        )
        clock = self.clock(self.make_late_ticket(), "first_response")
        with self.assertRefused("another company", ValidationError):
            clock.breach_reason_id = foreign
        clock.breach_reason_id = self.parts
        with self.assertRefused("Archive it instead"):
            self.parts.unlink()
        self.assertEqual(self.parts.clock_count, 1)

    def test_managers_keep_the_list_agents_use_it(self):
        reasons = self.env["aftersales.sla.reason"]
        reasons.with_user(self.manager_user).create({"name": "Snow"})
        with self.assertRaises(AccessError):
            reasons.with_user(self.agent_user).create({"name": "Snow"})

    def test_technicians_explain_their_own_only(self):
        own = self.make_late_ticket(technician_id=self.technician.id)
        other = self.make_late_ticket(technician_id=self.technician_2.id)
        user = self.technician_user
        self.clock(own, "first_response").with_user(user).breach_reason_id = self.parts
        with self.assertRaises(AccessError):
            self.clock(other, "first_response").with_user(user).breach_reason_id = self.parts

    def asked(self, user):
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", user.partner_id.ids),
                ("subject", "like", "reason"),
            ]
        )

    def test_the_leader_is_told_once_and_again_after_a_week(self):
        late = [self.make_late_ticket() for _i in range(3)]
        self.run_cron(MONDAY + timedelta(days=1), "ask_reasons")
        self.assertEqual(len(self.asked(self.leader)), 1)
        for ticket in late:
            self.assertIn(ticket.name, self.asked(self.leader).body)
        self.run_cron(MONDAY + timedelta(days=2), "ask_reasons")
        self.assertEqual(len(self.asked(self.leader)), 1)
        self.clock(late[0], "first_response").breach_reason_id = self.parts
        self.run_cron(MONDAY + timedelta(days=9), "ask_reasons")
        newest = self.asked(self.leader)[0]
        self.assertEqual(len(self.asked(self.leader)), 2)
        self.assertNotIn(late[0].name, newest.body)
        self.assertIn(late[1].name, newest.body)

    def test_the_list_finds_what_is_missing(self):
        ticket = self.make_late_ticket()
        clocks = self.env["aftersales.sla.clock"].with_user(self.agent_user)
        domain = [("is_unexplained", "=", True), ("ticket_id", "=", ticket.id)]
        self.assertTrue(clocks.search(domain))
        self.clock(ticket, "first_response").breach_reason_id = self.parts
        self.assertFalse(clocks.search(domain))

    def test_many_are_explained_at_once(self):
        tickets = [self.make_late_ticket() for _i in range(3)]
        clocks = self.env["aftersales.sla.clock"].union(
            *(self.clock(ticket, "first_response") for ticket in tickets)
        )
        head = new_test_user(
            self.env, "t_head", groups="aftersales_service.group_aftersales_manager"
        )
        action = clocks.with_user(head).sudo(False).action_explain()
        dialog = self.env["aftersales.sla.breach"].with_user(head).browse(action["res_id"])
        dialog.line_ids = [
            Command.update(line.id, {"reason_id": self.parts.id}) for line in dialog.line_ids
        ]
        dialog.action_confirm()
        self.assertEqual(clocks.breach_reason_id, self.parts)
