from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestWhatIf(AftersalesCommon):
    """W17: another date, meter, part or fault; the answer can be printed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls.sell("WHAT-1")
        cls.end = cls.asset.warranty_date_end
        cls.after = fields.Date.add(cls.end, days=1)

    def ask(self, user=None, **context):
        questions = self.env["aftersales.cover.question"].with_user(user or self.agent_user)
        return Form(questions.with_context(**context))

    def test_answer_follows_what_is_typed(self):
        action = self.asset.with_user(self.agent_user).action_what_if()
        form = self.ask(**action["context"])
        self.assertIn("Free of charge", form.answer)
        self.assertIn(f"/odoo/aftersales.warranty/{self.asset.warranty_ids.id}", form.answer)
        self.assertNotIn("Today:", form.answer)
        form.date = self.after
        self.assertIn("The customer pays", form.answer)
        self.assertIn("Today:", form.answer)
        form.date = self.end
        self.assertIn("Free of charge", form.answer)
        self.assertIn("as well", form.answer)
        form.exclusion = "misuse"
        self.assertIn("Not covered: Misuse.", form.answer)
        form.exclusion = False
        form.part_id = self.wear_part
        self.assertIn("The customer pays", form.answer)
        self.assertIn("ended on", form.answer)

    def test_what_the_machine_has_is_listed(self):
        form = self.ask(default_asset_ids=self.asset.ids)
        self.assertIn("✓ applies", form.answer)
        self.assertIn("It is for another part or fault.", form.answer)
        self.assertIn("Wear parts", form.answer)

    def test_wrong_meter_is_told_in_place_of_the_answer(self):
        form = self.ask(default_asset_ids=self.asset.ids)
        form.meter = -5
        self.assertIn("is not a meter reading", form.answer)

    def test_several_assets(self):
        second = self.sell("WHAT-2")
        second.warranty_ids._void("Sold abroad")
        both = self.asset | second
        form = self.ask(active_model="aftersales.asset", active_ids=both.ids)
        self.assertIn("1 × Free of charge", " ".join(form.answer.split()))
        self.assertIn("1 × The customer pays", " ".join(form.answer.split()))
        self.assertIn("WHAT-2", form.answer)

    def test_question_of_a_ticket(self):
        ticket = self.make_ticket(self.asset, exclusion="human_damage")
        form = self.ask(**ticket.action_what_if()["context"])
        self.assertIn("Human damage", form.answer)
        self.assertEqual(form.date, ticket.date_failure)
        form.exclusion = False
        self.assertIn("Free of charge", form.answer)
        form.save()
        self.assertEqual(ticket.service_category, "paid", "nothing is changed")

    def test_print_out_is_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.customer.lang = "es_ES"
        question = self.ask(default_asset_ids=self.asset.ids).save()
        report = question.action_print()
        self.assertEqual(report["report_name"], question.action_print()["report_name"])
        self.assertEqual(question._get_language(), "es_ES")
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("aftersales_service.report_aftersales_cover_question", question.ids)[
                0
            ]
            .decode()
        )
        for text in (self.company.name, self.customer.name, "WHAT-1", "not a promise"):
            self.assertIn(text, html)
        self.assertNotIn("/odoo/aftersales.warranty", html)
        day = self.end.strftime("%d/%m/%Y")
        self.assertIn(day, html, "dates as the customer writes them")

    def test_roles(self):
        for user in (self.technician_user, self.manager_user):
            with self.subTest(user.login):
                form = self.ask(user, default_asset_ids=self.asset.ids)
                self.assertIn("Free of charge", form.answer)
        with self.assertRaises(AccessError):
            self.ask(self.plain_user, default_asset_ids=self.asset.ids)
