import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestEntitlementApi(AftersalesCommon, HttpCase):
    """W07, J03, J06: many questions at once, from clients of every kind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset, cls.second = cls.sell("API-1"), cls.sell("API-2")
        cls.assets = cls.asset | cls.second
        cls.assets.date_delivery = fields.Date.subtract(fields.Date.today(), months=6)
        cls.stranger = cls.env["res.partner"].create({"name": "Stranger", "is_company": True})
        cls.foreign = cls.sell("API-3", partner=cls.stranger)
        cls.portal = new_test_user(cls.env, "t_cover_portal", groups="base.group_portal")
        cls.portal.partner_id.parent_id = cls.customer
        cls.stock_user = new_test_user(cls.env, "t_stock", groups="stock.group_stock_user")

    def _json2(self, user, method, **body):
        keys = self.env(user=user)["res.users.apikeys"].sudo()
        key = keys._generate("rpc", "test", self.env.cr.now() + timedelta(hours=1))
        return self.url_open(
            f"/json/2/aftersales.asset/{method}",
            data=json.dumps(body),
            headers={"Authorization": f"bearer {key}", "Content-Type": "application/json"},
            method="POST",
        )

    def test_different_questions_get_their_own_answers_in_order(self):
        questions = [
            {"asset": self.asset.id},
            {"asset": self.asset.id, "exclusion": "misuse"},
            {"asset": self.second, "date": "2000-01-01"},
            {"asset": self.asset.id, "part": self.wear_part},
        ]
        answers = self.env["aftersales.asset"].get_entitlements(questions)
        self.assertEqual(
            [answer["category"] for answer in answers], ["warranty", "paid", "paid", "paid"]
        )
        self.assertEqual(answers[0], self.asset.get_entitlement()[self.asset.id])

    def test_queries_do_not_grow_with_questions(self):
        assets = self.sell(*[f"API-{n}" for n in range(10, 30)])
        today = fields.Date.today()
        questions = [
            {"asset": asset.id, "date": today - timedelta(days=n), "part": self.part, "meter": n}
            for n, asset in enumerate(assets)
        ]

        def count(some):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["aftersales.asset"].get_entitlements(some)
            return self.cr.sql_log_count - before

        count(questions[:1])
        self.assertEqual(count(questions), count(questions[:2]))

    def test_who_pays_for_what_is_told(self):
        answer = self.asset.get_entitlement()[self.asset.id]
        term = self.asset.warranty_ids.term_ids.filtered(lambda t: not t.part_category_id)
        self.assertEqual(set(answer["by"]), {"parts", "labour", "travel"})
        self.assertEqual(
            answer["by"]["parts"],
            {
                "category": "warranty",
                "kind": "warranty",
                "name": self.asset.warranty_ids.name,
                "source": f"aftersales.warranty.term,{term.id}",
                "date_end": self.asset.warranty_date_end,
            },
        )

    def test_bad_questions_are_refused_with_their_cure(self):
        for question, message in (
            ({"date": "soon"}, "“soon” is not a date"),
            ({"date": 12}, "“12” is not a date"),
            ({"date": "2026-02-30"}, "not a date"),
            ({"part": 2**30}, "no part with the id"),
            ({"part": "Pump"}, "“Pump” is not a record"),
            ({"symptom": 2**30}, "no Symptom|no .*ymptom with the id"),
            ({"meter": -1}, "“-1” is not a meter reading"),
            ({"meter": "many"}, "not a meter reading"),
            ({"meter": float("nan")}, "not a meter reading"),
            ({"exclusion": "bad_luck"}, "Choose one of: human_damage"),
        ):
            with self.subTest(question), self.assertRefused(message):
                self.asset.get_entitlement(**question)
        ask = self.env["aftersales.asset"].get_entitlements
        with self.assertRefused("names no asset"):
            ask([{"date": "2026-01-01"}])
        with self.assertRefused("“colour” is not part of a question"):
            ask([{"asset": self.asset.id, "colour": "red"}])
        with self.assertRefused("not part of a question"):
            ask(["when?"])

    def test_unknown_asset_is_refused(self):
        gone = self.env["aftersales.asset"].browse(2**30)
        for user in (self.agent_user, self.env.user):
            with self.subTest(user.login), self.assertRaises(Exception) as caught:
                gone.with_user(user).get_entitlement()
            self.assertIn("exist", str(caught.exception).replace("deleted", "exist"))

    def test_whoever_sees_the_asset_sees_what_covers_it(self):
        for user in (self.technician_user, self.agent_user, self.stock_user, self.plain_user):
            with self.subTest(user.login):
                answer = self.asset.with_user(user).get_entitlement()[self.asset.id]
                self.assertEqual(answer["category"], "warranty")

    def test_portal_asks_about_own_assets_only(self):
        own = self.asset.with_user(self.portal)
        answer = own.get_entitlement(part=self.wear_part.id)[self.asset.id]
        self.assertEqual(answer["category"], "paid")
        with self.assertRaises(AccessError):
            self.foreign.with_user(self.portal).get_entitlement()
        with self.assertRaises(AccessError):
            own.get_entitlements([{"asset": self.asset.id}, {"asset": self.foreign.id}])

    def test_other_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other After-sales"})
        user = new_test_user(
            self.env,
            "t_other_agent",
            groups="aftersales_service.group_aftersales_agent",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        with self.assertRaises(AccessError):
            self.asset.with_user(user).get_entitlement()

    @mute_logger("odoo.http")
    def test_json2(self):
        end = fields.Date.to_string(self.asset.warranty_date_end)
        found = self._json2(self.agent_user, "get_entitlement", ids=self.assets.ids, date=end)
        self.assertEqual(found.status_code, 200, found.text)
        answer = found.json()[str(self.asset.id)]
        self.assertEqual((answer["category"], answer["date_end"]), ("warranty", end))
        self.assertEqual(answer["by"]["travel"]["date_end"], end)
        asked = [{"asset": self.asset.id, "date": end}, {"asset": self.second.id, "meter": 5}]
        found = self._json2(self.portal, "get_entitlements", questions=asked)
        self.assertEqual([row["category"] for row in found.json()], ["warranty", "warranty"])
        foreign = self._json2(self.portal, "get_entitlement", ids=self.foreign.ids)
        self.assertEqual(foreign.status_code, 403)
        wrong = self._json2(self.agent_user, "get_entitlement", ids=self.asset.ids, date="soon")
        self.assertEqual(wrong.status_code, 422)
        self.assertIn("not a date", wrong.json()["message"])
