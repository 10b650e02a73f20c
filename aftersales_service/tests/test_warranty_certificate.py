from datetime import date
from io import BytesIO

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestWarrantyCertificate(AftersalesCommon):
    """W05: cards are issued by a deadline, chased once, voided and reinstated with reasons."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time("2026-01-31 12:00:00"))
        cls.boss = new_test_user(cls.env, "t_boss", groups="base.group_user")
        employee = cls.env["hr.employee"].create({"name": "Boss", "user_id": cls.boss.id})
        cls.department = cls.env["hr.department"].create(
            {"name": "Quality", "manager_id": employee.id}
        )
        cls.policy.write(
            {
                "department_id": cls.department.id,
                "issue_event": "delivery",
                "issue_duration": 1,
                "issue_unit": "month",
            }
        )
        cls.customer.email = "farm@example.com"
        cls.asset = cls.sell("C-1")
        cls.warranty = cls.asset.warranty_ids

    def run_cron(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f"aftersales_service.ir_cron_warranty_{name}").method_direct_trigger()

    def get_mails(self, warranty=None):
        return self.env["mail.mail"].search(
            [("model", "=", "aftersales.warranty"), ("res_id", "=", (warranty or self.warranty).id)]
        )

    def test_deadline_of_policy_and_company(self):
        self.assertRecordValues(
            self.warranty,
            [{"date_issue_deadline": date(2026, 2, 28), "department_id": self.department.id}],
        )
        self.policy.issue_event = False
        self.company.write(
            {"aftersales_issue_duration": 10, "aftersales_issue_unit": "day"}
        )  # after completion
        warranty = self.sell("C-2").warranty_ids
        self.assertFalse(warranty.date_issue_deadline)
        warranty.asset_id.date_completion = "2026-02-20"
        self.assertEqual(warranty.date_issue_deadline, date(2026, 3, 2))
        self.policy.issue_event = "none"
        self.assertFalse(self.sell("C-3").warranty_ids.date_issue_deadline)

    def test_deadline_of_the_past_is_none(self):
        asset = self.env["aftersales.asset"].create(
            {
                "product_id": self.machine.id,
                "partner_id": self.customer.id,
                "date_delivery": "2020-01-01",
                "state": "in_service",
            }
        )
        self.assertTrue(asset.warranty_ids)
        self.assertFalse(asset.warranty_ids.date_issue_deadline)

    def test_negative_time_is_refused(self):
        with self.assertRefused("Test 24 months.*at least 1", ValidationError):
            self.policy.issue_duration = -1

    def test_issue_mails_the_card(self):
        warranty = self.warranty.with_user(self.agent_user)
        warranty.action_issue()
        self.assertRecordValues(
            warranty, [{"date_issued": date(2026, 1, 31), "issue_user_id": self.agent_user.id}]
        )
        mail = self.get_mails()
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertEqual(len(mail.attachment_ids), 1)
        self.assertIn(self.warranty.name, mail.subject)
        self.assertIn(self.warranty.check_url, mail.body_html)

    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def test_issued_card_is_kept_as_it_was(self):
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() not in ("ok", "upgrade"):
            self.skipTest("wkhtmltopdf makes the PDF")
        self.warranty.action_issue()
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        name = "aftersales_service.report_aftersales_warranty"
        pdf = report._render_qweb_pdf(name, self.warranty.ids)[0]
        self.assertTrue(pdf.startswith(b"%PDF"))
        kept = self.env["ir.attachment"].search(
            [("res_model", "=", "aftersales.warranty"), ("res_id", "=", self.warranty.id)]
        )
        self.assertEqual(kept.mapped("name"), [f"{self.warranty.name}.pdf"])
        self.policy.exclusions = "<p>New exclusion</p>"
        self.assertEqual(report._render_qweb_pdf(name, self.warranty.ids)[0], pdf)
        self.warranty.action_issue()
        self.assertFalse(kept.exists())

    def test_issue_is_printed_without_mail(self):
        self.customer.email = False
        action = self.warranty.with_user(self.agent_user).action_issue()
        self.assertEqual(action["type"], "ir.actions.report")
        self.assertFalse(self.get_mails())
        self.assertTrue(self.warranty.date_issued)

    def test_bulk_issue_in_the_background(self):
        assets = self.sell(*[f"C-1{index}" for index in range(8)])
        done = assets.warranty_ids.with_user(self.agent_user)
        done.action_issue()
        self.assertEqual(done.mapped("issue_requested"), [True] * 8)
        assets[0].warranty_ids._void("Mistake")
        self.run_cron("issue")
        self.assertEqual(done.mapped("issue_requested"), [False] * 8)
        self.assertEqual(len(done.filtered("date_issued")), 7)
        self.assertEqual(done[1].issue_user_id, self.agent_user)
        self.assertEqual(len(self.get_mails(done[1])), 1)
        self.run_cron("issue")
        self.assertEqual(len(self.get_mails(done[1])), 1)

    def test_selection_leaves_out_who_has_a_card(self):
        warranties = self.sell("C-31", "C-32", "C-33").warranty_ids.with_user(self.agent_user)
        warranties[0].action_issue()
        warranties[1].sudo()._void("Mistake")
        sent = len(self.get_mails(warranties[0]))
        action = warranties.action_issue_selected()
        self.assertIn("2 selected", action["params"]["message"])
        self.assertTrue(warranties[2].date_issued)
        self.assertEqual(len(self.get_mails(warranties[0])), sent)
        with self.assertRefused("None of the selected"):
            warranties.action_issue_selected()

    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def test_many_cards_are_printed_as_one_file(self):
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() not in ("ok", "upgrade"):
            self.skipTest("wkhtmltopdf makes the PDF")
        warranties = self.sell("C-41", "C-42", "C-43").warranty_ids
        warranties[1].action_issue()
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        name = "aftersales_service.report_aftersales_warranty"
        pdf = report._render_qweb_pdf(name, warranties.ids)[0]
        self.assertEqual(PdfFileReader(BytesIO(pdf)).getNumPages(), 3)
        kept = self.env["ir.attachment"].search(
            [("res_model", "=", "aftersales.warranty"), ("res_id", "in", warranties.ids)]
        )
        self.assertEqual(kept.mapped("res_id"), warranties[1].ids, "only what was issued is kept")

    def test_who_and_when_may_not_issue(self):
        with self.assertRaises(AccessError):
            self.warranty.with_user(self.technician_user).action_issue()
        with self.assertRefused("not typed in"):
            self.warranty.with_user(self.manager_user).date_issued = "2026-01-01"
        self.asset.partner_id = False
        with self.assertRefused("Owner"):
            self.warranty.with_user(self.agent_user).action_issue()
        self.warranty._void("Mistake")
        with self.assertRefused("is Void"):
            self.warranty.with_user(self.agent_user).action_issue()

    def test_changed_after_issue(self):
        self.warranty.action_issue()
        self.assertFalse(self.warranty.issue_outdated)
        self.asset.date_delivery = "2026-01-30"
        self.assertTrue(self.warranty.issue_outdated)
        self.warranty.action_issue()
        self.assertFalse(self.warranty.issue_outdated)
        self.asset.partner_id = self.caller
        self.assertTrue(self.warranty.issue_outdated)

    def test_overdue_is_chased_once(self):
        others = self.sell("C-21", "C-22", "C-23").warranty_ids
        others[0].action_issue()
        others[1]._void("Mistake")
        overdue = self.warranty | others[2]
        with freeze_time("2026-02-28 12:00:00"):
            self.run_cron("chase")
            self.assertFalse(overdue.activity_ids)
        with freeze_time("2026-03-01 12:00:00"):
            self.assertEqual(
                self.env["aftersales.warranty"].search(
                    [("is_issue_overdue", "=", True), ("partner_id", "=", self.customer.id)]
                ),
                overdue.sorted("id", reverse=True),
            )
            self.run_cron("chase")
            self.run_cron("chase")
        self.assertEqual(len(overdue.activity_ids), 2)
        self.assertEqual(overdue.activity_ids.user_id, self.boss)
        self.assertFalse((others - overdue).activity_ids)
        digest = self.env["mail.message"].search(
            [("partner_ids", "in", self.boss.partner_id.ids), ("subject", "ilike", "overdue")]
        )
        self.assertEqual(len(digest), 1)
        self.assertIn(self.warranty.name, digest.body)
        self.warranty.action_issue()
        self.assertFalse(self.warranty.activity_ids)

    def test_chase_without_department(self):
        self.warranty.department_id = False
        self.company.aftersales_issue_user_id = self.manager_user
        with freeze_time("2026-03-01 12:00:00"):
            self.run_cron("chase")
        self.assertEqual(self.warranty.activity_ids.user_id, self.manager_user)

    def reinstate(self, user, reason="Voided by mistake"):
        self.env["aftersales.warranty.reinstate"].with_user(user).create(
            {"warranty_ids": [Command.set(self.warranty.ids)], "reason": reason}
        ).action_reinstate()

    def test_reinstate(self):
        end = self.warranty.date_end
        self.warranty._void("Mistake")
        with self.assertRaises(AccessError):
            self.reinstate(self.agent_user)
        with self.assertRefused("give the reason"):
            self.reinstate(self.manager_user, reason="  ")
        self.reinstate(self.manager_user)
        self.assertRecordValues(
            self.warranty, [{"state": "active", "date_end": end, "void_reason": False}]
        )
        self.assertIn("Voided by mistake", " ".join(self.warranty.message_ids.mapped("body")))
        with self.assertRefused("not void"):
            self.reinstate(self.manager_user)

    def test_reinstate_needs_asset_and_place(self):
        self.warranty._void("Mistake")
        again = self.warranty.create(self.asset._prepare_warranty_vals())
        with self.assertRefused(f"has the warranty {again.name}"):
            self.reinstate(self.manager_user)
        self.asset.action_scrap()
        with self.assertRefused("not in service"):
            self.reinstate(self.manager_user)

    def test_card_in_the_owner_s_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.customer.lang = "es_ES"
        self.policy.exclusions = "<p>Misuse</p>"
        report = self.env["ir.actions.report"]
        html = report._render_qweb_html(
            "aftersales_service.report_aftersales_warranty", self.warranty.ids
        )[0].decode()
        self.assertIn(self.warranty.name, html)
        self.assertIn("31/01/2028", html)
        self.assertIn("Misuse", html)
        self.assertIn("Quality", html)
        self.assertEqual(self.warranty.date_end, fields.Date.to_date("2028-01-31"))
