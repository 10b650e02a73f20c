from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .sla_common import SlaCommon


@tagged("post_install", "-at_install")
class TestSlaPolicy(SlaCommon):
    """S01: which promise applies, and why."""

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
        cases = [
            ({"duration": 0}, "no time .*above 0"),
            ({"duration": -4}, "no time .*above 0"),
            ({"duration": 10**8}, "too long"),
            ({"warning_percent": 0}, "between 1 and 100"),
            ({"warning_percent": 101}, "between 1 and 100"),
        ]
        for values, message in cases:
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError) as caught,
            ):
                self.make_policy("Bad", [("answer", 1, "hour", values)]).flush_recordset()
            self.assertClear(caught.exception, message)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError) as caught:
            self.make_policy(
                "Twice", [("answer", 1, "hour", {}), ("answer", 2, "hour", {})]
            ).flush_recordset()
        self.assertClear(caught.exception, "same kind")

    def assertClear(self, error, message):
        """What the client reads of the database's ``error`` matches ``message``."""
        text = self.env["aftersales.sla.target"]._sql_error_to_message(error)
        self.assertRegex(text, message)

    def test_own_hours_have_to_be_there(self):
        with self.assertRefused("choose working hours", ValidationError):
            self.make_policy("Bad", [("answer", 1, "hour", {"calendar_mode": "own"})])
        empty = self.env["resource.calendar"].create({"name": "Never", "attendance_ids": False})
        empty.attendance_ids.unlink()
        hours = {"calendar_mode": "own", "resource_calendar_id": empty.id}
        with self.assertRefused("choose working hours"):
            self.make_policy("Bad", [("answer", 1, "hour", hours)], company_id=self.company.id)

    def test_nothing_of_another_company(self):
        company = self.env["res.company"].create({"name": "Other company"})
        foreign_team = self.env["aftersales.team"].create(
            {"name": "Foreign", "company_id": company.id}
        )
        with self.assertRefused("belongs to Other company", ValidationError):
            self.make_policy("Bad", [], company_id=self.company.id, team_ids=foreign_team.ids)
        shared = self.make_policy("Shared", [], team_ids=(foreign_team | self.team).ids)
        with self.assertRefused("belongs to", ValidationError):
            shared.company_id = company
        hours = self.make_calendar("Theirs", "UTC", ((8, 12),))
        hours.company_id = company
        own = {"calendar_mode": "own", "resource_calendar_id": hours.id}
        with self.assertRefused("Theirs"):
            self.make_policy("Bad", [("answer", 1, "hour", own)], company_id=self.company.id)
        with self.assertRefused("Theirs"):
            self.make_policy("Shared, too", [("answer", 1, "hour", own)])

    def test_shared_policies_serve_every_company(self):
        company = self.env["res.company"].create({"name": "Other company"})
        team = self.env["aftersales.team"].create({"name": "Foreign", "company_id": company.id})
        ticket = self.env["aftersales.ticket"].create(
            {"subject": "x", "company_id": company.id, "team_id": team.id}
        )
        self.assertEqual(ticket.sla_policy_id, self.policy_fault)
        self.policy_fault.company_id = self.company
        other = ticket.copy({"team_id": team.id})
        self.assertFalse(other.sla_policy_id)

    def test_a_copied_policy_has_its_own_targets(self):
        copy = self.policy_fault.copy()
        self.assertEqual(len(copy.target_ids), 4)
        self.assertNotIn(copy.target_ids[0], self.policy_fault.target_ids)

    def test_contracts_are_a_condition(self):
        gold, silver = self.env["product.product"].create(
            [
                {"name": name, "type": "service", "aftersales_service_type": "contract"}
                for name in ("Gold", "Silver")
            ]
        )
        asset = self.sell("SLA-1")
        asset.date_delivery = "2026-01-01"
        under = self.make_policy(
            "Under contract", [("answer", 1, "hour", {})], contract_match="yes", sequence=1
        )
        without = self.make_policy(
            "Without", [("answer", 1, "hour", {})], contract_match="no", sequence=2
        )
        values = {"asset": asset, "date_failure": "2026-03-02"}
        self.assertEqual(self.make_ticket_at(**values).sla_policy_id, without)
        contract = self.env["aftersales.contract"].create(
            {
                "partner_id": self.customer.id,
                "product_id": gold.id,
                "date_start": "2026-01-01",
                "line_ids": [Command.create({"asset_id": asset.id})],
            }
        )
        contract.action_confirm()
        self.assertEqual(self.make_ticket_at(**values).sla_policy_id, under)
        under.contract_product_ids = silver
        ticket = self.make_ticket_at(**values)
        self.assertNotIn(ticket.sla_policy_id, under | without)
        under.contract_product_ids = silver | gold
        self.assertEqual(self.make_ticket_at(**values).sla_policy_id, under)

    def test_the_list_is_in_the_order_of_trying(self):
        policies = self.env["aftersales.sla.policy"]
        loose = self.make_policy("Loose", [], sequence=5)
        strict = self.make_policy("Strict", [], sequence=5, type_fault=True, channel="fax")
        middle = self.make_policy("Middle", [], sequence=5, type_fault=True)
        self.assertEqual(strict.condition_count, 2)
        found = policies.search([("id", "in", (loose | strict | middle).ids)])
        self.assertEqual(found.ids, (strict | middle | loose).ids)

    def test_the_form_says_what_is_promised_to_whom(self):
        zone = self.env["aftersales.zone"].create({"name": "North"})
        policy = self.make_policy(
            "North",
            [("on_site", 2, "hour", {"calendar_mode": "always"})],
            type_fault=True,
            emergency="yes",
            zone_match="in",
            zone_ids=zone.ids,
        )
        self.assertEqual(policy.scope, "Fault · Emergencies only · Inside these zones: North")
        self.assertEqual(policy.promise, "Technician on site within 2 h (round the clock)")
        self.assertIn("no policy before", self.make_policy("All", []).scope)

    def test_the_trial_says_which_and_why_not_the_others(self):
        zone = self.env["aftersales.zone"].create({"name": "North"})
        self.make_policy(
            "Emergency in the north",
            [("on_site", 2, "hour", {})],
            emergency="yes",
            zone_match="in",
            zone_ids=zone.ids,
            sequence=1,
        )
        trials = self.env["aftersales.sla.trial"].with_user(self.agent_user)
        with Form(trials) as form:
            form.partner_id = self.customer
            form.team_id = self.team
            self.assertIn("Test faults", form.answer)
            self.assertIn("Emergency in the north", form.answer)
            self.assertIn("asks for “Emergencies only”, here it is “no”", form.answer)
            form.emergency = True
            self.assertNotIn("Emergencies only", form.answer)
            self.assertIn("asks for “Inside these zones: North”, here it is “–”", form.answer)
            form.zone_id = zone
            self.assertNotIn("Tried before", form.answer)
            self.assertIn("Technician on site within 2 h", form.answer)
            form.emergency = False
            form.type = "training"
            self.assertIn("nothing is promised", form.answer)
        self.assertFalse(
            self.env["aftersales.ticket"].search([("partner_id", "=", self.customer.id)])
        )
        with self.assertRaises(AccessError):
            self.env["aftersales.sla.trial"].with_user(self.plain_user).create({})

    def test_matching_does_not_query_for_each_ticket(self):
        tickets = [self.make_ticket_at() for _i in range(20)]
        few, many = (
            self.env["aftersales.ticket"].union(*tickets[:2]),
            self.env["aftersales.ticket"].union(*tickets),
        )

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["aftersales.sla.policy"]._match_documents(records)
            return self.env.cr.sql_log_count - before

        count(few), count(many)
        self.assertLessEqual(count(many), count(few))
