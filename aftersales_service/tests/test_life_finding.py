from datetime import date

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_service.tools import part_life

from .parts_common import AftersalesPartsCommon


@tagged("post_install", "-at_install")
class TestLifeFinding(AftersalesPartsCommon):
    """A part that fails far below its normal life is replaced free of charge (W08)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager_2 = new_test_user(
            cls.env, "t_manager_2", groups="aftersales_service.group_aftersales_manager"
        )
        with freeze_time("2024-01-15"):
            cls.asset = cls.sell("LF-1")
        cls.pump_line.warranty_duration = 3
        cls.installed = cls.env["aftersales.asset.part"].create(
            {
                "asset_id": cls.asset.id,
                "product_id": cls.part.id,
                "date_fitted": date(2026, 2, 1),
                "meter_fitted": 1000,
            }
        )

    def make_paid_ticket(self, day="2026-08-01", **values):
        return self.make_ticket(
            self.asset, part_id=self.part.id, date_failure=day, meter=1300, **values
        )

    def report(self, ticket, user=None):
        """Report the ticket's part by its button, as the agent."""
        user = user or self.agent_user
        action = ticket.with_user(user).action_report_short_life()
        findings = self.env["aftersales.life.finding"].with_user(user)
        with Form(findings.with_context(**action["context"])) as form:
            form.description = "Seal torn after half a year"
        return form.record

    def make_requested(self):
        finding = self.report(self.make_paid_ticket())
        finding.action_request()
        return finding

    def test_hint_and_prefilled_report(self):
        ticket = self.make_paid_ticket()
        self.assertEqual(ticket.service_category, "paid")
        self.assertRegex(ticket.short_life_hint, "reached only 25 % of its normal life")
        finding = self.report(ticket)
        self.assertRecordValues(
            finding,
            [
                {
                    "asset_part_id": self.installed.id,
                    "date_in_use": date(2026, 2, 1),
                    "months_lived": 5.9,
                    "meter_lived": 300.0,
                    "life_months": 24,
                    "is_short": True,
                    "state": "draft",
                }
            ],
        )
        self.assertFalse(ticket.short_life_hint, "no nagging once it is reported")

    def test_no_hint_when_it_lived_long_or_is_covered(self):
        self.assertFalse(self.make_paid_ticket("2027-06-01").short_life_hint)
        self.assertFalse(self.make_paid_ticket("2026-03-01").short_life_hint, "own warranty")
        self.assertFalse(self.make_paid_ticket(exclusion="misuse").short_life_hint)

    def test_accepted_finding_makes_it_free(self):
        finding = self.make_requested()
        ticket = finding.ticket_id
        decided = finding.with_user(self.manager_user)
        decided.finding = "<p>Faulty seal of lot 7.</p>"
        decided.action_accept()
        self.assertEqual(ticket.service_category, "warranty")
        self.assertEqual(ticket.entitlement_source, f"aftersales.life.finding,{finding.id}")
        self.assertIn("abnormally short life", ticket.entitlement_reasons)
        self.assertEqual(finding.decided_by, self.manager_user)
        self.assertEqual(self.asset.life_finding_count, 1)
        other = self.asset.get_entitlement(date="2026-08-01", part=self.other_part)
        self.assertEqual(other[self.asset.id]["category"], "paid", "that part only")
        late = fields.Date.add(finding.date_cover_end, days=1)
        again = self.asset.get_entitlement(date=late, part=self.part)
        self.assertEqual(again[self.asset.id]["category"], "paid")

    def test_refused_finding_changes_nothing(self):
        finding = self.make_requested().with_user(self.manager_user)
        with self.assertRefused("what was found"):
            finding.action_refuse()
        finding.finding = "<p>Ran dry.</p>"
        finding.action_refuse()
        self.assertEqual(finding.ticket_id.service_category, "paid")
        with self.assertRefused("cannot become"):
            finding.action_accept()

    def test_who_decides(self):
        finding = self.make_requested()
        finding.finding = "<p>Bad.</p>"
        with self.assertRefused("Only a service manager", AccessError):
            finding.action_accept()
        own = self.report(self.make_paid_ticket("2026-08-02"), user=self.manager_user)
        own.action_request()
        own.finding = "<p>Bad.</p>"
        with self.assertRefused("requested it yourself"):
            own.action_accept()
        own.with_user(self.manager_2).action_accept()
        self.assertEqual(own.state, "accepted")

    def test_long_life_is_not_accepted(self):
        finding = self.report(self.make_paid_ticket("2027-10-01"))
        finding.action_request()
        finding = finding.with_user(self.manager_user)
        finding.finding = "<p>Still.</p>"
        with self.assertRefused("reached 83 % of its normal life"):
            finding.action_accept()

    def test_what_is_requested_is_frozen(self):
        finding = self.make_requested()
        with self.assertRefused("can no longer be changed"):
            finding.date_failed = "2026-08-05"
        with self.assertRefused("not by writing it"):
            finding.with_user(self.manager_user).state = "accepted"
        with self.assertRefused("not typed in"):
            finding.with_user(self.manager_user).decided_by = self.manager_2

    def test_request_needs_facts(self):
        finding = self.env["aftersales.life.finding"].create(
            {
                "asset_id": self.asset.id,
                "product_id": self.other_part.id,
                "date_failed": "2026-08-01",
            }
        )
        with self.assertRefused("normal life of the part is not known"):
            finding.action_request()
        finding.life_months = 60
        with self.assertRefused("What Was Seen"):
            finding.action_request()
        finding.description = "Broken"
        finding.action_request()
        self.assertRecordValues(
            finding, [{"date_in_use": self.asset.date_delivery, "state": "requested"}]
        )

    def test_one_finding_a_failure(self):
        finding = self.report(self.make_paid_ticket())
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            finding.copy({"date_failed": finding.date_failed})
            self.env.flush_all()

    def test_asset_shows_it(self):
        finding = self.make_requested()
        asset = self.asset.with_user(self.agent_user)
        matters = asset._get_open_matters()[asset.id]
        self.assertTrue(any(finding.name in matter["title"] for matter in matters), matters)
        self.assertEqual(len(asset.get_timeline(kinds=["life"])["entries"]), 1)

    def test_department_is_asked(self):
        department = self.env["hr.department"].create(
            {"name": "Engineering", "manager_id": self.technician.id}
        )
        self.company.aftersales_life_department_id = department
        finding = self.make_requested()
        self.assertEqual(finding.activity_ids.user_id, self.technician_user)

    def test_other_company_sees_nothing(self):
        finding = self.make_requested()
        company = self.env["res.company"].create({"name": "Other Maker"})
        self.manager_2.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        findings = self.env["aftersales.life.finding"].with_user(self.manager_2)
        self.assertFalse(findings.search([("id", "=", finding.id)]))

    def test_arithmetic(self):
        self.assertIsNone(part_life.lived_share(5, 0, None, 100))
        self.assertEqual(part_life.lived_share(12, 24, 1900, 2000), 0.95)
        self.assertEqual(part_life.months_between(date(2026, 5, 2), date(2026, 5, 1)), 0.0)
