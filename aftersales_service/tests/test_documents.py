import base64

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common import AftersalesCommon

TEXT = b"Read this first"


@tagged("post_install", "-at_install")
class TestDocuments(AftersalesCommon, HttpCase):
    """Documents of products and assets, who got which version, and who must not (K02)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_user = new_test_user(cls.env, "t_portal_docs", groups="base.group_portal")
        cls.portal_user.partner_id.parent_id = cls.customer
        cls.customer.email = "farm@example.com"
        cls.asset = cls.sell("D-1")
        cls.manual = cls.make_document("Manual.txt", version="1.0", for_customer=True)
        cls.drawing = cls.make_document("Secret drawing.txt", kind="drawing")
        cls.report = cls.env["aftersales.asset.document"].create(
            {
                "name": "Test report",
                "asset_id": cls.asset.id,
                "aftersales_kind": "certificate",
                "file": base64.b64encode(TEXT),
                "file_name": "report.txt",
                "for_customer": True,
            }
        )
        cls.tuning = cls.report.copy({"name": "Tuning data", "for_customer": False})
        cls.handovers = cls.env["aftersales.document.handover"]

    @classmethod
    def make_document(cls, name, version="1.0", kind="manual", **values):
        template = cls.machine.product_tmpl_id
        return cls.env["product.document"].create(
            {
                "name": name,
                "raw": TEXT,
                "res_model": template._name,
                "res_id": template.id,
                "aftersales_kind": kind,
                "aftersales_version": version,
                **values,
            }
        )

    def hand_over(self, user=None, **values):
        action = self.asset.action_hand_over()
        wizards = self.env["aftersales.hand.over"].with_user(user or self.agent_user)
        with Form(wizards.with_context(**action["context"])) as form:
            for name, value in values.items():
                setattr(form, name, value)
        form.record.action_hand_over()
        return self.asset.handover_ids

    def url(self, owner, document, asset=None):
        return f"/my/assets/{(asset or self.asset).id}/documents/{owner}/{document.id}"

    def test_asset_shows_documents_in_force(self):
        self.assertEqual(self.asset.product_document_ids, self.manual | self.drawing)
        self.manual.replaced_by_id = self.make_document("Manual 2.txt", version="2.0")
        self.asset.invalidate_recordset(["product_document_ids"])
        self.assertNotIn(self.manual, self.asset.product_document_ids)

    def test_hand_over_by_mail_is_recorded(self):
        handovers = self.hand_over()
        self.assertEqual(len(handovers), 2, "the manual and the test report, no internal ones")
        manual = handovers.filtered("document_id")
        self.assertRecordValues(
            manual,
            [
                {
                    "title": "Manual.txt",
                    "version": "1.0",
                    "partner_id": self.customer.id,
                    "user_id": self.agent_user.id,
                    "method": "mail",
                    "is_outdated": False,
                }
            ],
        )
        messages = self.asset.message_ids.filtered(lambda m: self.customer in m.partner_ids)
        self.assertEqual(set(messages.attachment_ids.mapped("name")), {"Manual.txt", "report.txt"})

    def test_on_paper_needs_no_address(self):
        self.customer.email = False
        with self.assertRefused("no e-mail address"):
            self.hand_over()
        self.assertEqual(len(self.hand_over(method="paper")), 2)

    def test_internal_documents_are_not_handed_over(self):
        with self.assertRefused("internal document"):
            self.asset.with_user(self.agent_user)._hand_over(self.customer, self.drawing, "paper")

    def test_new_version_goes_to_who_has_the_old_one(self):
        old = self.hand_over().filtered("document_id")
        newer = self.make_document("Manual.txt", version="2.0", for_customer=True)
        self.manual.replaced_by_id = newer
        self.assertTrue(old.is_outdated)
        domain = newer.action_view_outdated()["domain"]
        self.assertEqual(self.handovers.search(domain), old)
        old.with_user(self.agent_user).action_send_newest()
        self.assertFalse(old.is_outdated)
        sent = self.asset.handover_ids.filtered(lambda h: h.document_id == newer)
        self.assertEqual(sent.version, "2.0")
        with self.assertRefused("replace itself", ValidationError):
            newer.replaced_by_id = self.manual

    def test_roles(self):
        self.hand_over()
        handover = self.asset.handover_ids[0]
        for user in (self.agent_user, self.manager_user):
            with self.assertRaises(AccessError):
                handover.with_user(user).version = "9"
            with self.assertRaises(AccessError):
                handover.with_user(user).unlink()
        with self.assertRaises(AccessError):
            self.hand_over(user=self.technician_user)
        self.assertTrue(self.tuning.with_user(self.technician_user).read(["file"]))
        with self.assertRaises(AccessError):
            self.tuning.with_user(self.plain_user).read(["name"])

    def test_other_company_sees_nothing(self):
        self.hand_over()
        company = self.env["res.company"].create({"name": "Other Maker"})
        user = self.manager_user
        user.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        for model in ("aftersales.asset.document", "aftersales.document.handover"):
            self.assertFalse(
                self.env[model].with_user(user).search([("asset_id", "=", self.asset.id)])
            )

    def test_owner_fetches_documents_and_it_is_recorded_once(self):
        self.authenticate("t_portal_docs", "t_portal_docs")
        page = self.url_open(f"/my/assets/{self.asset.id}").text
        self.assertIn("Manual.txt 1.0", page)
        self.assertIn("Test report", page)
        self.assertNotIn("Secret drawing", page)
        self.assertNotIn("Tuning data", page)
        for _time in range(2):
            self.assertEqual(self.url_open(self.url("product", self.manual)).content, TEXT)
        self.assertEqual(self.url_open(self.url("asset", self.report)).content, TEXT)
        self.assertRecordValues(
            self.asset.handover_ids.sorted("id"),
            [
                {
                    "document_id": document.id if owner == "product" else False,
                    "partner_id": self.portal_user.partner_id.id,
                    "method": "portal",
                    "user_id": False,
                }
                for owner, document in (("product", self.manual), ("asset", self.report))
            ],
        )

    def test_internal_documents_stay_inside(self):
        foreign = self.sell("D-2", partner=self.env["res.partner"].create({"name": "Other"}))
        self.authenticate("t_portal_docs", "t_portal_docs")
        token = self.asset._portal_ensure_token()
        secret = [
            self.url("product", self.drawing),
            self.url("asset", self.tuning),
            self.url("product", self.drawing) + f"?access_token={token}",
            self.url("product", self.manual, asset=foreign),
            f"/web/content/{self.drawing.ir_attachment_id.id}",
            f"/web/content/{self.drawing.ir_attachment_id.id}?access_token={token}",
            f"/web/content/{self.tuning._get_attachment().id}",
            f"/web/content/{self.tuning._get_attachment().id}?access_token={token}",
            f"/web/content/aftersales.asset.document/{self.tuning.id}/file",
            f"/web/content/product.document/{self.drawing.id}/raw",
        ]
        for url in secret:
            with self.subTest(url):
                self.assertNotEqual(self.url_open(url).content, TEXT)
        self.assertFalse(self.asset.handover_ids | foreign.handover_ids)

    def test_signed_link_without_login(self):
        token = self.asset._portal_ensure_token()
        url = self.url("product", self.manual)
        self.assertNotEqual(self.url_open(url).content, TEXT)
        self.assertEqual(self.url_open(f"{url}?access_token={token}").content, TEXT)
        self.assertEqual(self.asset.handover_ids.partner_id, self.customer)
        wrong = self.url_open(f"{self.url('product', self.drawing)}?access_token={token}")
        self.assertNotEqual(wrong.content, TEXT)
