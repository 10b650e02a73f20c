from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import AftersalesCommon

PIXEL = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


class AcceptanceCommon(AftersalesCommon):
    """Two machines of a customer whose warranty starts with the signed acceptance."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.start_event = "acceptance"
        cls.customer.email = "farm@example.com"
        cls.assets = cls.sell("ACC-1", "ACC-2")

    def make(self, assets=None, user=None):
        """Make the document as the button does, with the form."""
        assets = (assets or self.assets).with_user(user or self.agent_user)
        action = assets.action_sign_acceptance()
        documents = self.env[action["res_model"]].with_user(user or self.agent_user)
        with Form(documents.with_context(**action["context"])) as form:
            form.remarks = "Left mirror cracked"
        return form.record

    def sign(self, document, user=None, **values):
        """Sign in the dialog."""
        document = document.with_user(user or self.agent_user)
        action = document.action_sign()
        dialogs = self.env[action["res_model"]].with_user(user or self.agent_user)
        dialog = dialogs.with_context(**action["context"]).create(values)
        dialog.action_sign()

    def sign_customer(self, document, **values):
        self.sign(document, **{"signed_by": "Farmer", "signature": PIXEL, **values})


@tagged("post_install", "-at_install")
class TestAcceptance(AcceptanceCommon):
    """W06: acceptance is signed by both sides, once, and starts what the policy says."""

    def test_both_sign_on_the_screen(self):
        document = self.make()
        self.assertEqual(document.partner_id, self.customer)
        self.assertEqual(document.line_ids.asset_id, self.assets)
        self.sign_customer(document, company_signature=PIXEL, remarks="Tank empty")
        today = fields.Date.context_today(document)
        self.assertRecordValues(
            document,
            [
                {
                    "state": "signed",
                    "date": today,
                    "signed_by": "Farmer",
                    "company_user_id": self.agent_user.id,
                    "customer_remarks": "Tank empty",
                }
            ],
        )
        self.assertRecordValues(
            self.assets,
            [
                {
                    "date_acceptance": today,
                    "acceptance_document_id": document.id,
                    "acceptance_signed_by": "Farmer",
                    "acceptance_user_id": self.agent_user.id,
                    "warranty_state": "active",
                }
            ]
            * 2,
        )
        self.assertEqual(self.assets.warranty_ids.mapped("date_start"), [today] * 2)
        pdf = document.message_ids.attachment_ids
        self.assertEqual(pdf.mapped("name"), [f"{document.name}.pdf"])

    def test_customer_first_then_we(self):
        document = self.make()
        self.sign_customer(document)
        self.assertEqual(document.state, "to_countersign")
        self.assertEqual(document.activity_ids.user_id, self.agent_user)
        self.assertEqual(set(self.assets.mapped("warranty_state")), {"draft"})
        self.sign(document, user=self.manager_user, company_signature=PIXEL)
        self.assertEqual(document.state, "signed")
        self.assertFalse(document.activity_ids)

    def test_we_first_then_customer(self):
        document = self.make(user=self.technician_user)
        self.sign(document, user=self.technician_user, company_signature=PIXEL)
        self.assertEqual(document.state, "to_sign")
        with self.assertRefused("signed by t_technician"):
            document.with_user(self.manager_user).remarks = "Other"
        document.with_user(self.manager_user).action_draft()
        self.assertFalse(document.company_signed_on)
        self.sign(document, user=self.technician_user, company_signature=PIXEL)
        self.sign(document, user=self.technician_user, signed_by="Farmer", signature=PIXEL)
        self.assertEqual(document.state, "signed")
        self.assertEqual(self.assets.mapped("warranty_state"), ["active"] * 2)

    def test_name_and_signature_are_needed(self):
        document = self.make()
        with self.assertRefused("name and signature"):
            self.sign_customer(document, signed_by=" ")
        with self.assertRefused("nobody has signed"):
            self.sign(document)
        for malformed in ("no base64!", "aGVsbG8=", "iVBORw0KGgo=", 7, "A" * 3_000_000):
            with self.subTest(str(malformed)[:12]), self.assertRefused("cannot be read"):
                document._sign_customer("Farmer", malformed)
        self.assertEqual(document.state, "draft")
        self.assertFalse(document.signed_on)

    def test_signed_once_and_for_good(self):
        document = self.make()
        self.sign_customer(document)
        with self.assertRefused("was signed by Farmer"):
            document._sign_customer("Other", PIXEL)
        self.sign(document, company_signature=PIXEL)
        with self.assertRefused("not signed again"):
            document._sign_company(PIXEL)
        with self.assertRefused("was accepted by Farmer"):
            self.assets[0].action_sign_acceptance()
        manager = document.with_user(self.manager_user)
        for vals in (
            {"remarks": "x"},
            {"date": "2020-01-01"},
            {"partner_id": self.caller.id},
            {"line_ids": [Command.clear()]},
        ):
            with self.subTest(vals), self.assertRefused("is signed by"):
                manager.write(vals)
        for vals in ({"signed_by": "Me"}, {"signature": PIXEL}, {"company_signature": PIXEL}):
            with self.subTest(vals), self.assertRefused("not typed in"):
                manager.write(vals)
        for change in (
            lambda: manager.line_ids.write({"remark": "x"}),
            lambda: manager.line_ids[0].unlink(),
            lambda: manager.unlink(),
            lambda: manager.action_cancel(),
            lambda: manager.write({"state": "draft"}),
        ):
            with self.assertRaises(UserError):
                change()
        asset = self.assets[0].with_user(self.manager_user)
        with self.assertRefused("signed by Farmer"):
            asset.date_acceptance = fields.Date.add(asset.date_acceptance, days=30)

    def test_machine_is_in_one_acceptance(self):
        document = self.make()
        self.assertEqual(self.assets[1].action_sign_acceptance()["res_id"], document.id)
        with self.assertRefused("already", ValidationError):
            document.copy({"line_ids": [Command.create({"asset_id": self.assets[0].id})]})
        document.action_cancel()
        self.assertNotEqual(self.make(), document)

    def test_unique_index_is_the_last_word(self):
        first = self.make()
        lines = self.env["aftersales.acceptance.line"]
        first.line_ids.sudo().write({"is_signed": True})
        other = first.copy()
        self.env.flush_all()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env.cr.execute(
                "INSERT INTO aftersales_acceptance_line (document_id, asset_id, is_signed)"
                " VALUES (%s, %s, true)",
                [other.id, self.assets[0].id],
            )
        self.assertEqual(lines.search_count([("document_id", "=", other.id)]), 0)

    def test_machines_of_one_owner_only(self):
        stranger = self.env["res.partner"].create({"name": "Other Farm"})
        foreign = self.sell("ACC-9", partner=stranger)
        with self.assertRefused("one owner"):
            (self.assets | foreign).action_sign_acceptance()
        document = self.make()
        with self.assertRefused("belongs to Other Farm", ValidationError):
            document.write({"line_ids": [Command.create({"asset_id": foreign.id})]})
        self.assertEqual(document.line_ids.asset_id, self.assets)

    def test_dates(self):
        document = self.make()
        with self.assertRefused("in the future", ValidationError):
            document.date = fields.Date.add(fields.Date.today(), days=2)
        day = fields.Date.add(self.assets[0].date_delivery, days=-5)
        document.date = day
        with self.assertRefused("before the delivery", ValidationError):
            self.sign_customer(document, company_signature=PIXEL)
        self.assertEqual(document.state, "draft")

    def test_send_needs_an_address(self):
        document = self.make()
        self.customer.email = False
        with self.assertRefused("has no e-mail"):
            document.action_send()
        self.customer.email = "farm@example.com"
        document.with_user(self.agent_user).action_send()
        self.assertEqual(document.state, "to_sign")
        mail = self.env["mail.mail"].search(
            [("model", "=", document._name), ("res_id", "=", document.id)]
        )
        self.assertIn(f"/my/acceptances/{document.id}?access_token=", mail.body_html)

    def test_warranty_dates_come_from_events_only(self):
        warranty = self.assets[0].warranty_ids.with_user(self.manager_user)
        with self.assertRefused("not typed in"):
            warranty.date_start = "2020-01-01"
