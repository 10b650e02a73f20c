from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .campaign_common import CampaignCommon


@tagged("post_install", "-at_install")
class TestCampaignLetter(CampaignCommon):
    """W15: each owner is told once, about all their machines, and reminded."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "farm@example.com"
        cls.paper_owner = cls.env["res.partner"].create({"name": "Owner without e-mail"})
        cls.assets = cls.asset
        for number in range(3):
            lot = cls.env["stock.lot"].create(
                {"name": f"LT-{number}", "product_id": cls.machine.id}
            )
            cls.assets |= cls.env["aftersales.asset"].create(
                {
                    "product_id": cls.machine.id,
                    "lot_id": lot.id,
                    "partner_id": (cls.paper_owner if number else cls.customer).id,
                    "state": "in_service",
                }
            )
        cls.campaign._add_units(cls.assets.lot_id)
        cls.campaign.action_open()

    def _send(self, kind="first", user=None):
        wizard = self.env["aftersales.campaign.send"].with_user(user or self.manager_user)
        return wizard.create({"campaign_id": self.campaign.id, "kind": kind}).action_send()

    def test_one_message_for_each_owner(self):
        action = self._send()
        self.assertEqual(action["type"], "ir.actions.report")
        letters = self.campaign.letter_ids.sorted("channel")
        self.assertRecordValues(
            letters,
            [
                {"partner_id": self.customer.id, "channel": "email", "unit_count": 2},
                {"partner_id": self.paper_owner.id, "channel": "paper", "unit_count": 2},
            ],
        )
        self.assertEqual(set(letters.mapped("state")), {"sent"})
        mail = self.env["mail.mail"].search([("recipient_ids", "in", self.customer.ids)])
        self.assertEqual(len(mail), 1)
        self.assertIn("RC-1", mail.body_html)
        self.assertIn("LT-0", mail.body_html)
        self.assertNotIn("LT-1", mail.body_html)
        told = self.campaign.line_ids.filtered("asset_id")
        self.assertEqual(set(told.mapped("state")), {"informed"})
        self.assertEqual(set(told.mapped("date_informed")), {fields.Date.context_today(told)})
        self.assertEqual(self.unit_stock.state, "open")
        with self.assertRefused("no owner is left"):
            self._send()

    def test_letters_speak_the_owners_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.paper_owner.lang = "es_ES"
        self.campaign.with_context(lang="es_ES").title = "Manguera de freno"
        self._send()
        letter = self.campaign.letter_ids.filtered(lambda letter: letter.channel == "paper")
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("aftersales_service.report_aftersales_campaign_letter", letter.ids)[
                0
            ]
            .decode()
        )
        self.assertIn("Manguera de freno", html)
        self.assertIn("LT-1", html)

    def test_reminders_come_later_and_not_for_ever(self):
        self._send()
        with self.assertRefused("no owner is left"):
            self._send("reminder")
        lines = self.campaign.line_ids.filtered(lambda line: line.state == "informed")

        def pass_time():
            old = fields.Date.subtract(fields.Date.today(), days=31)
            for name in ("date_informed", "date_reminded"):
                lines.filtered(name)._write_past_guard({name: old})

        self.unit.with_user(self.agent_user).decide("refused", reason="Sells it")
        for count in (1, 2):
            pass_time()
            with self.enter_registry_test_mode():
                self.env.ref("aftersales_service.ir_cron_campaign_remind").method_direct_trigger()
                self.env.ref("aftersales_service.ir_cron_campaign_letter").method_direct_trigger()
            self.env.ref("aftersales_service.ir_cron_campaign_remind")
            paper = self.campaign.letter_ids.filtered(lambda letter: letter.state == "queued")
            self.assertEqual(paper.mapped("channel"), ["paper"])
            paper.with_user(self.manager_user).action_print()
            self.assertEqual(set((lines - self.unit).mapped("reminder_count")), {count})
        self.assertEqual(self.unit.reminder_count, 0)
        pass_time()
        self.assertFalse(self.campaign._write_letters("reminder"))
        self.assertTrue(self.campaign.activity_ids)

    def test_who_may_send(self):
        with self.assertRaises(AccessError):
            self._send(user=self.agent_user)
        self.campaign.action_close(reason="x")
        with self.assertRefused("not open"):
            self._send()
        letters = self.env["aftersales.campaign.letter"].with_user(self.manager_user)
        with self.assertRaises(AccessError):
            letters.create({"campaign_id": self.campaign.id, "partner_id": self.customer.id})

    def test_broken_template_loses_nobody_else(self):
        template = self.env.ref("aftersales_service.mail_template_campaign_letter")
        second = self.env["res.partner"].create({"name": "Broken", "email": "b@example.com"})
        self.assets[1].partner_id = second
        template.body_html = "<t t-if=\"1 / (object.partner_id.name != 'Broken')\">ok</t>"
        self._send()
        states = {letter.partner_id: letter.state for letter in self.campaign.letter_ids}
        self.assertEqual(states[second], "error")
        self.assertEqual(states[self.customer], "sent")
        failed = self.campaign.letter_ids.filtered(lambda letter: letter.state == "error")
        self.assertTrue(failed.error)
        template.body_html = "<p>ok</p>"
        failed.with_user(self.manager_user).action_retry()
        self.assertEqual(failed.state, "sent")

    def test_many_owners_cost_constant_queries(self):
        owners = self.env["res.partner"].create(
            [{"name": f"O{n}", "email": f"o{n}@example.com"} for n in range(40)]
        )
        lots = self.env["stock.lot"].create(
            [{"name": f"LQ-{n}", "product_id": self.machine.id} for n in range(40)]
        )
        self.env["aftersales.asset"].create(
            [
                {
                    "product_id": self.machine.id,
                    "lot_id": lot.id,
                    "partner_id": owner.id,
                    "state": "in_service",
                }
                for lot, owner in zip(lots, owners, strict=True)
            ]
        )

        def cost(chosen):
            campaign = self.make_campaign(part_ids=[Command.clear()])
            campaign._add_units(chosen)
            campaign.action_open()
            self.env.flush_all()
            before = self.cr.sql_log_count
            letters = campaign._write_letters("first")
            self.env.flush_all()
            return self.cr.sql_log_count - before, len(letters)

        (few, _one), (many, count) = cost(lots[:2]), cost(lots)
        self.assertEqual(count, 40)
        self.assertLessEqual(many, few + 3)
