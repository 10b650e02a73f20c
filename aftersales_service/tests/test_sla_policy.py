from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .sla_common import MONDAY, SlaCommon


@tagged("post_install", "-at_install")
class TestSlaPolicy(SlaCommon):
    """S01, S02: which promise applies, and the presets."""

    def preset(self, name):
        return self.env.ref(f"aftersales_service.aftersales_sla_policy_{name}")

    def use_presets(self):
        self.policy_fault.active = False
        self.env["aftersales.sla.policy"].with_context(active_test=False).search(
            [("id", "in", [self.preset(name).id for name in self.PRESETS])]
        ).active = True

    PRESETS = (
        "emergency",
        "complaint",
        "region_inside",
        "region_outside",
        "fax",
        "hotline",
        "contact",
        "enquiry",
        "unresolved",
    )

    def test_presets_promise_what_the_documents_say(self):
        self.use_presets()
        cases = [
            ({}, "hotline", {"first_response", "technician_contact", "phone_solution", "solution"}),
            ({"emergency": True}, "emergency", {"first_response", "on_site", "solution"}),
            ({"type": "complaint"}, "complaint", {"answer", "close"}),
            (
                {"channel": "fax"},
                "fax",
                {"first_response", "technician_contact", "phone_solution", "solution"},
            ),
            ({"type": "installation"}, "contact", {"technician_contact"}),
            ({"type": "enquiry"}, "enquiry", {"answer", "solution"}),
            ({"type": "other"}, "unresolved", {"answer"}),
        ]
        for values, name, kinds in cases:
            with self.subTest(name):
                ticket = self.make_ticket_at(**values)
                self.assertEqual(ticket.sla_policy_id, self.preset(name))
                self.assertEqual(set(ticket.clock_ids.mapped("kind")), kinds)
        emergency = self.make_ticket_at(emergency=True)
        deadlines = {c.kind: c.date_deadline - MONDAY for c in emergency.clock_ids}
        self.assertEqual(
            deadlines,
            {
                "first_response": timedelta(minutes=30),
                "on_site": timedelta(hours=2),
                "solution": timedelta(hours=4),
            },
        )
        complaint = self.make_ticket_at(type="complaint")
        self.assertEqual(self.clock(complaint, "close").date_deadline, MONDAY.replace(month=4))

    def test_regions_wait_for_their_zones(self):
        self.use_presets()
        inside, outside = self.preset("region_inside"), self.preset("region_outside")
        self.assertTrue(inside.needs_zones)
        province = self.env["aftersales.zone"].create({"name": "Province"})
        (inside | outside).zone_ids = province
        near, far = self.make_ticket_at(zone_id=province.id), self.make_ticket_at()
        self.assertEqual(near.sla_policy_id, inside)
        self.assertEqual(far.sla_policy_id, outside)
        self.assertEqual(self.clock(near, "on_site").date_deadline, MONDAY + timedelta(hours=12))
        self.assertEqual(self.clock(far, "on_site").date_deadline, MONDAY + timedelta(hours=48))

    def test_order_then_number_of_conditions_decide(self):
        general = self.make_policy("General", [("answer", 1, "hour", {})])
        vip = self.env["res.partner.category"].create({"name": "VIP"})
        special = self.make_policy(
            "Special",
            [("answer", 1, "hour", {})],
            type_fault=True,
            partner_category_ids=[Command.link(vip.id)],
        )
        ticket = self.make_ticket_at()
        self.assertEqual(ticket.sla_policy_id, self.policy_fault)
        self.customer.category_id = vip
        self.assertEqual(self.make_ticket_at().sla_policy_id, special)
        general.sequence = 1
        self.assertEqual(self.make_ticket_at().sla_policy_id, general)

    def test_priority_team_category_and_channel_are_conditions(self):
        high = self.make_policy("High", [("answer", 1, "hour", {})], priority="1", sequence=1)
        self.assertNotEqual(self.make_ticket_at().sla_policy_id, high)
        self.assertEqual(self.make_ticket_at(priority="2").sla_policy_id, high)
        high.write(
            {"priority": "0", "team_ids": [Command.set(self.team.ids)], "service_category": "paid"}
        )
        self.assertEqual(self.make_ticket_at().sla_policy_id, high)
        high.write({"channel": "letter"})
        self.assertNotEqual(self.make_ticket_at().sla_policy_id, high)

    def test_no_policy_is_said(self):
        self.policy_fault.active = False
        ticket = self.make_ticket_at()
        self.assertFalse(ticket.clock_ids)
        self.assertIn("nothing is promised", ticket.sla_explanation)

    def test_another_companys_policy_does_not_apply(self):
        company = self.env["res.company"].create({"name": "Other company"})
        self.make_policy("Foreign", [("answer", 1, "hour", {})], company_id=company.id, sequence=0)
        self.assertEqual(self.make_ticket_at().sla_policy_id, self.policy_fault)

    def test_managers_write_policies_agents_read_them(self):
        with Form(self.env["aftersales.sla.policy"].with_user(self.manager_user)) as form:
            form.name = "New promise"
            with form.target_ids.new() as target:
                target.kind = "answer"
                target.duration = 2
        self.assertEqual(form.record.target_ids.duration_unit, "hour")
        agent = self.policy_fault.with_user(self.agent_user)
        self.assertTrue(agent.name)
        with self.assertRaises(AccessError):
            agent.name = "No"
        with self.assertRaises(AccessError):
            self.policy_fault.with_user(self.plain_user).read(["name"])

    def test_malformed_targets_are_refused(self):
        for values in ({"duration": 0}, {"warning_percent": 0}, {"warning_percent": 101}):
            with (
                self.subTest(values),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
            ):
                self.make_policy("Bad", [("answer", 1, "hour", values)]).flush_recordset()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.make_policy(
                "Twice", [("answer", 1, "hour", {}), ("answer", 2, "hour", {})]
            ).flush_recordset()

    def test_a_copied_policy_has_its_own_targets(self):
        copy = self.policy_fault.copy()
        self.assertEqual(len(copy.target_ids), 4)
        self.assertNotIn(copy.target_ids[0], self.policy_fault.target_ids)
