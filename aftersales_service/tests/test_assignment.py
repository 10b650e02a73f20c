from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .sla_common import MONDAY, SlaCommon


class AssignmentCommon(SlaCommon):
    """Three technicians who work Monday to Friday 8–12 and 13–17 UTC, and one skill."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.assigned_by = "manager"
        cls.technician_3 = cls.env["hr.employee"].create(
            {"name": "Technician Three", "company_id": cls.company.id}
        )
        cls.technicians = cls.technician | cls.technician_2 | cls.technician_3
        cls.technicians.resource_calendar_id = cls.calendar
        cls.team.technician_ids = cls.technicians
        cls.kind = cls.env["hr.skill.type"].create(
            {
                "name": "Machines",
                "skill_ids": [Command.create({"name": "Pumps"}), Command.create({"name": "Belts"})],
                "skill_level_ids": [
                    Command.create({"name": "Beginner", "level_progress": 20}),
                    Command.create({"name": "Expert", "level_progress": 90}),
                ],
            }
        )
        cls.pumps, cls.belts = cls.kind.skill_ids
        cls.beginner, cls.expert = cls.kind.skill_level_ids.sorted("level_progress")
        cls.symptom = cls.env["aftersales.symptom"].create({"name": "Pump leaks"})

    @classmethod
    def teach(cls, technician, level, **values):
        return cls.env["hr.employee.skill"].create(
            {
                "employee_id": technician.id,
                "skill_type_id": cls.kind.id,
                "skill_id": cls.pumps.id,
                "skill_level_id": level.id,
                "valid_from": "2026-01-01",
                **values,
            }
        )

    def need(self, level, **owner):
        owner = owner or {"symptom_id": self.symptom.id}
        return self.env["aftersales.skill.need"].create(
            {
                "skill_type_id": self.kind.id,
                "skill_id": self.pumps.id,
                "skill_level_id": level.id,
                **owner,
            }
        )

    def send_away(self, technician, until):
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Leave",
                "resource_id": technician.resource_id.id,
                "calendar_id": self.calendar.id,
                "date_from": MONDAY - timedelta(days=1),
                "date_to": until,
            }
        )

    def assign(self, ticket, moment=MONDAY, user=None):
        with self.at(moment):
            ticket.with_user(user or self.dispatcher_user).action_assign()
        return ticket.technician_id


@tagged("post_install", "-at_install")
class TestAssignment(AssignmentCommon):
    """T10, T14: by skill, zone, past service, load and presence, with its reasons."""

    def test_only_the_qualified_with_a_valid_skill_are_chosen(self):
        self.need(self.expert)
        self.teach(self.technician, self.beginner)
        self.teach(self.technician_2, self.expert, valid_to="2026-02-28")
        self.teach(self.technician_3, self.expert)
        ticket = self.make_ticket_at(MONDAY, symptom_id=self.symptom.id)
        self.assertEqual(self.assign(ticket), self.technician_3)
        self.assertRegex(
            ticket.assignment_explanation,
            r"Technician Three: knows Pumps \(Expert\), open tickets: 0\.",
        )
        self.assertIn("Technician One: lacks Pumps (Expert)", ticket.assignment_explanation)
        self.assertIn("Technician Two: lacks Pumps (Expert)", ticket.assignment_explanation)

    def test_a_product_category_asks_for_skills_for_those_below_it(self):
        parent = self.env["product.category"].create({"name": "Pumped machines"})
        child = self.env["product.category"].create({"name": "Small", "parent_id": parent.id})
        self.need(self.beginner, product_category_id=parent.id)
        self.machine.categ_id = child
        with freeze_time(MONDAY):
            asset = self.sell("AS-1")
        self.teach(self.technician_2, self.expert)
        ticket = self.make_ticket_at(MONDAY, asset=asset)
        self.assertEqual(self.assign(ticket), self.technician_2)

    def test_people_on_leave_are_passed_over_and_named(self):
        self.send_away(self.technician, "2026-03-05 23:59:59")
        self.send_away(self.technician_2, "2026-03-03 12:30:00")
        ticket = self.make_ticket_at(MONDAY)
        self.assertEqual(self.assign(ticket), self.technician_3)
        self.assertIn("Technician One: away until 03/06/2026", ticket.assignment_explanation)
        self.assertIn("Technician Two: away until 03/03/2026", ticket.assignment_explanation)

    def test_the_out_of_office_notice_counts_as_a_leave(self):
        self.technician_user.out_of_office_from = MONDAY - timedelta(hours=1)
        (self.technician_2 | self.technician_3).active = False
        self.team.technician_ids = self.technician
        ticket = self.make_ticket_at(MONDAY)
        with self.assertRefused("until further notice"):
            self.assign(ticket)

    def test_nobody_available_names_everybody(self):
        self.need(self.expert)
        self.teach(self.technician, self.expert)
        self.send_away(self.technician, "2026-03-05 23:59:59")
        ticket = self.make_ticket_at(MONDAY, symptom_id=self.symptom.id)
        with self.assertRefused(r"(?s)Nobody.*One: .*away.*(Two|Three): lacks.*(Two|Three): lacks"):
            self.assign(ticket)
        self.assertFalse(ticket.technician_id)

    def test_public_holidays_and_nights_send_nobody_away(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": "2026-03-02 00:00:00",
                "date_to": "2026-03-02 23:59:59",
            }
        )
        ticket = self.make_ticket_at(MONDAY)
        self.assertTrue(self.assign(ticket))

    def test_an_emergency_at_night_goes_to_the_first_at_work(self):
        late = self.make_calendar("Late shift", "UTC", ((14, 22),))
        night = self.make_calendar("Night shift", "UTC", ((0, 6),))
        self.technician_2.resource_calendar_id = late
        self.technician_3.resource_calendar_id = night
        moment = datetime(2026, 3, 3, 3)
        ticket = self.make_ticket_at(moment, emergency=True)
        self.assertEqual(self.assign(ticket, moment), self.technician_3)
        self.technician_3.resource_calendar_id = late
        other = self.make_ticket_at(moment, emergency=True)
        self.assertEqual(self.assign(other, moment), self.technician)
        self.assertIn("at work from", other.assignment_explanation)

    def test_who_repaired_the_machine_goes_again_when_skill_decides(self):
        with freeze_time(MONDAY):
            asset = self.sell("AS-2")
        visit = self.env["aftersales.visit"].create(
            {"partner_id": self.customer.id, "asset_ids": [Command.set(asset.ids)]}
        )
        visit._write_past_guard(
            {
                "technician_id": self.technician_3.id,
                "state": "done",
                "fixed": "yes",
                "date_done": "2026-03-01 10:00:00",
            }
        )
        for __ in range(2):
            self.make_ticket_at(MONDAY).sudo().technician_id = self.technician_3
        self.team.assignment = "skill"
        ticket = self.make_ticket_at(MONDAY, asset=asset)
        self.assertEqual(ticket.technician_id, self.technician_3, "assigned on creation")
        self.assertIn("repaired this machine on 03/01/2026", ticket.assignment_explanation)
        self.team.assignment = "balanced"
        self.assertNotEqual(
            self.make_ticket_at(MONDAY, asset=asset).technician_id, self.technician_3
        )

    def test_the_zone_and_the_capacity_decide_before_the_load(self):
        zone = self.env["aftersales.zone"].create(
            {"name": "North", "technician_ids": [Command.set(self.technician_2.ids)]}
        )
        other = self.env["aftersales.zone"].create(
            {
                "name": "South",
                "technician_ids": [Command.set((self.technician | self.technician_3).ids)],
            }
        )
        self.assertEqual(self.technician_2.aftersales_zone_ids, zone)
        tickets = self.env["aftersales.ticket"]
        for __ in range(3):
            ticket = self.make_ticket_at(MONDAY, zone_id=zone.id)
            self.assertEqual(self.assign(ticket), self.technician_2)
            tickets |= ticket
        self.team.ticket_capacity = 3
        last = self.make_ticket_at(MONDAY, zone_id=zone.id)
        self.assertNotEqual(self.assign(last), self.technician_2)
        self.assertIn("does not work in North", last.assignment_explanation)
        self.assertTrue(other)

    def test_a_batch_is_balanced_in_constant_queries(self):
        self.need(self.beginner)
        for technician in self.technicians:
            self.teach(technician, self.expert)

        def count(number):
            tickets = self.env["aftersales.ticket"].create(
                [
                    {"subject": "x", "team_id": self.team.id, "symptom_id": self.symptom.id}
                    for __ in range(number)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            tickets.action_assign()
            self.env.flush_all()
            queries = self.cr.sql_log_count - before
            loads = [len(own) for own in tickets.grouped("technician_id").values()]
            self.assertLessEqual(max(loads) - min(loads), 1 if number > 2 else 2)
            return queries

        with freeze_time(MONDAY):
            count(3)
            few, many = count(3), count(60)
        self.assertLessEqual((many - few) / 57, 0.5)

    def test_new_tickets_wait_when_nobody_can(self):
        self.team.assignment = "balanced"
        self.need(self.expert)
        ticket = self.make_ticket_at(MONDAY, symptom_id=self.symptom.id)
        self.assertFalse(ticket.technician_id)
        self.assertIn("Nobody can take it", ticket.assignment_explanation)

    def test_the_dialog_ranks_and_the_choice_is_explained(self):
        self.need(self.expert)
        self.teach(self.technician_2, self.expert)
        ticket = self.make_ticket_at(MONDAY, symptom_id=self.symptom.id)
        dispatcher = ticket.with_user(self.dispatcher_user)
        with self.at(MONDAY):
            action = dispatcher.action_propose_technician()
            proposal = dispatcher.env[action["res_model"]].browse(action["res_id"])
            self.assertEqual(proposal.line_ids.mapped("possible"), [True, False, False])
            self.assertEqual(proposal.line_ids[0].technician_id, self.technician_2)
            proposal.line_ids[1].action_choose()
        self.assertEqual(ticket.technician_id, proposal.line_ids[1].technician_id)
        self.assertRegex(ticket.assignment_explanation, "Chosen by .*lacks Pumps")
        others = self.technicians - ticket.technician_id
        ticket.with_user(self.dispatcher_user).technician_id = others[0]
        self.assertFalse(ticket.assignment_explanation, "by hand: the reasons are another's")
        self.team.technician_ids -= self.technician_2
        with self.assertRefused("has changed"):
            proposal.line_ids[0].action_choose()

    # Who may

    def test_the_hotline_assigns_while_the_leader_is_away(self):
        ticket = self.make_ticket_at(MONDAY).with_user(self.agent_user)
        with self.at(MONDAY):
            self.assertFalse(ticket.may_assign)
            for act in (ticket.action_assign, ticket.action_propose_technician):
                with self.assertRefused("assigned by Leader, who is at work"):
                    act()
            with self.assertRefused("assigned by Leader"):
                ticket.technician_id = self.technician
            with self.assertRefused("assigned by Leader"):
                self.make_ticket(technician_id=self.technician.id)
        with self.at("20:00"):
            ticket.invalidate_recordset()
            self.assertTrue(ticket.may_assign)
            ticket.action_assign()
        self.assertTrue(ticket.technician_id)

    def test_the_leaders_leave_and_the_teams_rule_count(self):
        employee = self.env["hr.employee"].create(
            {
                "name": "Leader",
                "user_id": self.leader.id,
                "company_id": self.company.id,
                "resource_calendar_id": self.calendar.id,
            }
        )
        with self.at(MONDAY), self.assertRefused("at work"):
            self.make_ticket(technician_id=self.technician.id)
        self.send_away(employee, "2026-03-03 23:59:59")
        with self.at(MONDAY):
            self.assertTrue(self.make_ticket(technician_id=self.technician.id))
        self.env["resource.calendar.leaves"].search(
            [("resource_id", "=", employee.resource_id.id)]
        ).unlink()
        self.team.assigned_by = "hotline"
        with self.at(MONDAY):
            self.assertTrue(self.make_ticket(technician_id=self.technician.id))

    def test_dispatchers_managers_and_the_leader_assign_any_time(self):
        agent_leader = new_test_user(
            self.env, "t_agentlead", groups="aftersales_service.group_aftersales_agent"
        )
        for user in (self.dispatcher_user, self.manager_user):
            ticket = self.make_ticket_at(MONDAY)
            self.assertTrue(self.assign(ticket, user=user))
        self.team.user_id = agent_leader
        self.assertTrue(self.assign(self.make_ticket_at(MONDAY), user=agent_leader))

    def test_technicians_do_not_change_who_is_responsible(self):
        ticket = self.make_ticket_at(MONDAY)
        ticket.sudo().technician_id = self.technician
        mine = ticket.with_user(self.technician_user)
        for value in (self.technician_2.id, False):
            with self.assertRefused("Ask for Help"):
                mine.technician_id = value

    def test_closed_tickets_are_not_assigned(self):
        ticket = self.make_ticket_at(MONDAY, resolution="<p>x</p>")
        ticket.action_close()
        dispatcher = ticket.with_user(self.dispatcher_user)
        for act in (dispatcher.action_assign, dispatcher.action_propose_technician):
            with self.assertRefused("is closed"):
                act()

    def test_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.env["hr.employee"].create({"name": "Stranger", "company_id": other.id})
        ticket = self.make_ticket_at(MONDAY)
        with self.assertRefused("company"):
            ticket.with_user(self.dispatcher_user).technician_id = stranger
        self.dispatcher_user.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        with self.assertRaises(AccessError):
            ticket.with_user(self.dispatcher_user).action_assign()

    # Absent people

    def test_tickets_of_absent_people_are_listed_and_given_to_others(self):
        tickets = self.make_ticket_at(MONDAY) | self.make_ticket_at(MONDAY)
        tickets.sudo().technician_id = self.technician
        there = self.make_ticket_at(MONDAY)
        there.sudo().technician_id = self.technician_2
        self.send_away(self.technician, "2026-03-05 23:59:59")
        dispatcher = tickets.with_user(self.dispatcher_user)
        with self.at(MONDAY):
            found = dispatcher.search(
                [("technician_away", "=", True), ("team_id", "=", self.team.id)]
            )
            self.assertEqual(found, dispatcher)
            self.assertEqual(dispatcher[0].technician_back, "03/06/2026")
            with self.assertRefused("is not away"):
                there.with_user(self.dispatcher_user).action_reassign_absent()
            dispatcher.action_reassign_absent()
        self.assertFalse(self.technician & tickets.technician_id)
        self.assertRecordValues(
            tickets.handover_ids.sorted(),
            [{"kind": "absence", "technician_id": self.technician.id}] * 2,
        )

    # Configuration

    def test_the_manager_says_which_skills_a_symptom_needs(self):
        with (
            Form(self.symptom.with_user(self.manager_user)) as form,
            form.skill_need_ids.new() as need,
        ):
            need.skill_type_id = self.kind
            need.skill_id = self.pumps
            need.skill_level_id = self.expert
        self.assertEqual(self.symptom.skill_need_ids.display_name, "Pumps (Expert)")
        with self.assertRaises(AccessError):
            self.symptom.skill_need_ids.with_user(self.agent_user).skill_level_id = self.beginner
