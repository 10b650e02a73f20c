"""J01, J02: every model has rights and rules, and what one dealer or company has is nobody
else's.
"""

from odoo.tests import TransactionCase, tagged

# Master data that all companies share; the rest has a company rule.
SHARED = {
    "aftersales.goodwill.reason",
    "aftersales.symptom",
    "aftersales.cause",
    "aftersales.ticket.stage",
    "aftersales.visit.type",
    "aftersales.sla.sweep",  # what a job has to look at again, of all companies
    "aftersales.skill.need",  # of symptoms and product categories, which are shared
    "aftersales.throttle",  # counts requests of visitors, who are of no company
    "aftersales.dealer.grade",
    "aftersales.claim.progress",  # how far nightly jobs over all claims came
}


@tagged("post_install", "-at_install")
class TestEveryModel(TransactionCase):
    def setUp(self):
        super().setUp()
        self.models = [
            model
            for name, model in self.env.items()
            if name.startswith("aftersales.") and not model._abstract
        ]

    def test_every_model_has_access_rights(self):
        granted = set(
            self.env["ir.model.access"].search([("active", "=", True)]).model_id.mapped("model")
        )
        self.assertTrue(self.models)
        self.assertEqual([model._name for model in self.models if model._name not in granted], [])

    def test_no_right_is_for_everybody(self):
        rights = self.env["ir.model.access"].search(
            [("model_id.model", "=like", "aftersales.%"), ("group_id", "=", False)]
        )
        self.assertEqual(rights.mapped("name"), [])

    def test_every_model_keeps_to_its_company(self):
        ruled = set(
            self.env["ir.rule"]
            .search([("groups", "=", False), ("domain_force", "ilike", "company")])
            .model_id.mapped("model")
        )
        open_models = [
            model._name
            for model in self.models
            if not model._transient and model._name not in ruled | SHARED
        ]
        self.assertEqual(open_models, [])

    def test_portal_reads_only_through_a_rule_and_never_writes(self):
        portal = self.env.ref("base.group_portal")
        rights = self.env["ir.model.access"].search(
            [("model_id.model", "=like", "aftersales.%"), ("group_id", "=", portal.id)]
        )
        self.assertTrue(rights)
        writing = rights.filtered(lambda r: r.perm_write or r.perm_create or r.perm_unlink)
        self.assertEqual(writing.mapped("name"), [])
        ruled = set(
            self.env["ir.rule"].search([("groups", "in", portal.ids)]).model_id.mapped("model")
        )
        read = set(rights.model_id.mapped("model"))
        self.assertEqual(sorted(read - ruled - SHARED), [])

    def test_public_visitors_have_no_rights(self):
        rights = self.env["ir.model.access"].search(
            [
                ("model_id.model", "=like", "aftersales.%"),
                ("group_id", "=", self.env.ref("base.group_public").id),
            ]
        )
        self.assertFalse(rights)
