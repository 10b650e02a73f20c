from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestWarrantyPolicy(AftersalesCommon):
    """W04: which policy counts, and what a policy may say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_2 = cls.env["res.company"].create({"name": "Second Maker"})
        cls.foreign = cls.policy.copy({"name": "Foreign", "company_id": cls.company_2.id})

    def nearest(self, template, company=None):
        return template._get_warranty_policies(company or self.company)[template]

    def test_policy_of_another_company_is_passed_over(self):
        top = self.env["product.category"].create(
            {"name": "Top", "warranty_policy_id": self.policy.id}
        )
        child = self.env["product.category"].create(
            {"name": "Child", "parent_id": top.id, "warranty_policy_id": self.foreign.id}
        )
        template = self.env["product.template"].create({"name": "Shared", "categ_id": child.id})
        self.assertEqual(self.nearest(template), self.policy)
        self.assertEqual(self.nearest(template, self.company_2), self.foreign)
        self.assertEqual(
            self.nearest(template.with_user(self.technician_user)),
            self.policy,
            "also for who may not see the other company's policy",
        )

    def test_archived_policy_is_passed_over(self):
        own = self.policy.copy({"name": "Own"})
        self.company.aftersales_warranty_policy_id = self.policy
        template = self.env["product.template"].create(
            {"name": "Product", "warranty_policy_id": own.id}
        )
        self.assertEqual(self.nearest(template), own)
        own.action_archive()
        self.assertEqual(self.nearest(template), self.policy)

    def test_default_of_another_company_is_refused(self):
        with self.assertRefused("Second Maker", ValidationError):
            self.company.aftersales_warranty_policy_id = self.foreign

    def test_queries_do_not_grow(self):
        def make(count):
            top = self.env["product.category"].create(
                {"name": "T", "warranty_policy_id": self.policy.id}
            )
            children = self.env["product.category"].create(
                [{"name": f"C{index}", "parent_id": top.id} for index in range(count)]
            )
            return self.env["product.template"].create(
                [
                    {
                        "name": f"P{index}",
                        "categ_id": child.id,
                        "warranty_policy_id": self.policy.id if index % 2 else False,
                    }
                    for index, child in enumerate(children)
                ]
            )

        few, many = make(2), make(60)
        for templates in (few, many):
            self.env.invalidate_all()
            with self.assertQueryCount(8):
                policies = templates._get_warranty_policies(self.company)
            self.assertEqual(set(policies.values()), {self.policy})

    def test_terms_must_not_overlap(self):
        whole = self.policy.term_ids[0]
        for vals in (
            {},
            {"component": "  WEAR  parts", "part_category_id": self.category_wear.id},
            {"component": "Belts", "part_category_id": self.category_wear.id},
        ):
            with self.subTest(vals), self.assertRefused("Test 24 months.*Merge", ValidationError):
                self.policy.write({"term_ids": [Command.create(vals)]})
        self.assertEqual(len(self.policy.term_ids), 2)
        whole.covers_labour = False
        self.policy.write(
            {
                "term_ids": [
                    Command.create({"duration": 12, "covers_parts": False, "covers_travel": False})
                ]
            }
        )
        with self.assertRefused("Merge", ValidationError):
            whole.covers_labour = True

    def test_values_out_of_range_are_refused(self):
        term = self.policy.term_ids[0]
        for vals, message in (
            ({"duration": 0}, "Test 24 months.*duration is 0"),
            ({"duration": -3}, "duration is -3"),
            ({"meter_limit": -1}, "meter limit is -1"),
        ):
            with self.subTest(vals), self.assertRefused(message, ValidationError):
                term.write(vals)
            with self.subTest(vals), self.assertRefused(message, ValidationError):
                self.policy.copy({"name": "Test 24 months", "term_ids": [Command.create(vals)]})
        for vals, message in (
            ({"fallback_event": "delivery"}, "start event itself"),
            ({"fallback_event": "completion", "fallback_days": -1}, "Enter 0 or more"),
        ):
            with self.subTest(vals), self.assertRefused(message, ValidationError):
                self.policy.write(vals)
        self.assertEqual(term.duration, 24)

    def test_who_writes_policies(self):
        self.policy.with_user(self.manager_user).name = "By the manager"
        with self.assertRaises(AccessError):
            self.policy.with_user(self.agent_user).name = "By the agent"

    def test_used_policy_is_archived_not_deleted(self):
        unused = self.policy.copy()
        self.assertEqual(unused.name, "Test 24 months (copy)")
        self.assertEqual(len(unused.term_ids), 2)
        unused.unlink()
        self.sell("P-1")
        with self.assertRefused("Archive"):
            self.policy.unlink()

    @freeze_time("2026-03-10 12:00:00")
    def test_preview_while_writing(self):
        with Form(self.env["aftersales.warranty.policy"].with_user(self.manager_user)) as form:
            form.name = "New"
            self.assertIn("delivery", form.preview)
            with form.term_ids.new() as term:
                term.duration = 24
                term.meter_limit = 2000
            self.assertIn("24 months or 2,000 hours, whichever comes first", form.preview)
            self.assertIn("03/10/2028", form.preview)
            form.start_event = "acceptance"
            self.assertIn("waits for its start event", form.preview)
            form.fallback_event = "delivery"
            form.fallback_days = 30
            self.assertIn("start on 04/09/2026 at the latest", form.preview)
            self.assertIn("04/09/2028", form.preview)

    def test_changes_do_not_reach_back(self):
        self.policy.start_event = "acceptance"
        asset = self.sell("P-2")
        self.policy.write({"start_event": "delivery", "fallback_event": "completion"})
        self.policy.term_ids[0].duration = 1
        asset.write({"date_completion": asset.date_delivery})
        warranty = asset.warranty_ids
        self.assertRecordValues(
            warranty,
            [{"state": "draft", "start_event": "acceptance", "fallback_event": False}],
        )
        asset.date_acceptance = asset.date_delivery
        self.assertEqual(warranty.date_end, fields.Date.add(asset.date_delivery, months=24))
