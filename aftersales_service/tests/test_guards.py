import base64
import struct
import zlib

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .contract_common import ContractCommon
from .test_acceptance import PIXEL


def make_png(width, height):
    """Return a PNG that claims to have this size and holds almost nothing."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@tagged("post_install", "-at_install")
class TestGuards(ContractCommon):
    """What the API must not do although no screen offers it (J01, J04)."""

    def make_acceptance(self, asset, user=None):
        documents = self.env["aftersales.acceptance.document"].with_user(
            user or self.technician_user
        )
        return documents.create(
            {
                "partner_id": self.customer.id,
                "line_ids": [Command.create({"asset_id": asset.id})],
            }
        )

    def test_agent_changes_no_term(self):
        warranty = self.sell("G-1").warranty_ids.with_user(self.agent_user)
        self.assertEqual(warranty.term_ids[0].duration, 24)
        for vals in (
            {"duration": 999},
            {"given_end": "2099-01-01"},
            {"meter_limit": 9.0},
            {"covers_travel": True},
        ):
            for write in (
                lambda vals=vals: warranty.term_ids[1].write(vals),
                lambda vals=vals: warranty.write(
                    {"term_ids": [Command.update(warranty.term_ids[1].id, vals)]}
                ),
            ):
                with self.subTest(vals), self.assertRaises(AccessError):
                    write()

    def test_nobody_types_the_dates_of_a_term(self):
        warranty = self.sell("G-1").warranty_ids.with_user(self.manager_user)
        with self.assertRefused("follows from the start"):
            warranty.term_ids[0].date_end = "2099-01-01"
        terms = self.env["aftersales.warranty.term"].with_user(self.manager_user)
        with self.assertRefused("follows from the start"):
            terms.create({"warranty_id": warranty.id, "component": "X", "date_end": "2099-01-01"})
        terms = terms.with_context(default_date_end="2099-01-01")
        term = terms.create({"warranty_id": warranty.id, "component": "X"})
        self.assertFalse(term.date_end)

    def test_agent_makes_no_warranty_of_a_chosen_policy(self):
        asset = self.sell("G-1")
        policy = self.policy.copy({"name": "Generous"})
        vals = {"asset_id": asset.id, "policy_id": policy.id}
        with self.assertRaises(AccessError):
            self.env["aftersales.warranty"].with_user(self.agent_user).create(vals)
        made = self.env["aftersales.warranty"].with_user(self.manager_user).create(vals)
        self.assertEqual(len(made.policy_id.term_ids), 2)

    def test_agent_enters_an_asset_with_the_warranty_of_its_policy(self):
        asset = (
            self.env["aftersales.asset"]
            .with_user(self.agent_user)
            .create({"product_id": self.machine.id, "partner_id": self.customer.id})
        )
        asset.date_delivery = fields.Date.today()
        self.assertEqual(asset.warranty_ids.term_ids.mapped("duration"), [24, 3])
        self.assertEqual(asset.warranty_state, "active")

    def test_a_warranty_stays_with_its_asset_and_policy(self):
        first, second = self.sell("G-1"), self.sell("G-2")
        second.warranty_ids._void("Test")
        policy = self.policy.copy({"name": "Generous"})
        for user in (self.agent_user, self.manager_user):
            warranty = first.warranty_ids.with_user(user)
            with self.assertRefused("“Asset” does not change"):
                warranty.asset_id = second
            with self.assertRefused("“Policy” does not change"):
                warranty.policy_id = policy
            warranty.write({"asset_id": first.id, "policy_id": self.policy.id})  # as imports do

    def test_owner_changes_by_transfer(self):
        asset = self.sell("G-1")
        buyer = self.env["res.partner"].create({"name": "Buyer"})
        with self.assertRefused("Transfer Ownership"):
            asset.with_user(self.agent_user).partner_id = buyer
        asset.with_user(self.agent_user).partner_id = self.customer  # as imports do
        asset.with_user(self.manager_user).partner_id = buyer
        self.assertEqual(asset.partner_id, buyer)

    def test_links_end_with_the_owner(self):
        asset = self.sell("G-1")
        token = asset._portal_ensure_token()
        asset.with_user(self.manager_user).partner_id = self.caller  # of the same customer
        self.assertEqual(asset.access_token, token)
        buyer = self.env["res.partner"].create({"name": "Buyer"})
        asset.with_user(self.agent_user)._transfer_ownership(buyer, fields.Date.today())
        self.assertFalse(asset.access_token)

    def test_company_of_an_asset_in_service_stays(self):
        asset = self.sell("G-1")
        other = self.env["res.company"].create({"name": "Other"})
        self.manager_user.company_ids += other
        assets = asset.with_user(self.manager_user).with_context(
            allowed_company_ids=[self.company.id, other.id]
        )
        with self.assertRefused("its company no longer changes"):
            assets.company_id = other

    def test_no_line_comes_to_a_running_contract(self):
        running, draft = self.make_contract(self.sell("G-1")), self.make_contract(self.sell("G-2"))
        running.action_confirm()
        with self.assertRefused("no longer change by hand"):
            draft.line_ids.contract_id = running
        with self.assertRefused("no longer change by hand"):
            running.line_ids = [Command.link(draft.line_ids.id)]

    def test_defaults_of_the_context_do_not_pass_the_guard(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        order = self.sell_service(self.contract_product, self.sell("G-1"))
        contract = self.make_contract(self.sell("G-2"))
        lines = self.env["aftersales.contract.line"].with_user(self.manager_user)
        lines = lines.with_context(
            default_sale_line_id=order.order_line.id, default_invoiced_through="2099-01-01"
        )
        line = lines.create({"contract_id": contract.id, "asset_id": self.sell("G-3").id})
        self.assertFalse(line.sale_line_id or line.invoiced_through)
        asset = self.sell("G-4", partner=stranger)
        with self.assertRefused("belongs to Stranger"):
            lines.create({"contract_id": contract.id, "asset_id": asset.id})

    def test_services_are_sold_for_assets_of_the_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        asset = self.env["aftersales.asset"].create(
            {"product_id": self.machine.id, "company_id": other.id, "state": "in_service"}
        )
        for product in (self.contract_product, self.extension_product):
            with self.assertRefused("company"):
                self.sell_service(product, asset, confirm=False)

    def test_no_machine_comes_to_a_signed_acceptance(self):
        signed, draft = (self.make_acceptance(self.sell(name)) for name in ("G-1", "G-2"))
        signed.sudo()._sign_customer("Farmer", PIXEL)
        with self.assertRefused("is signed by Farmer"):
            draft.line_ids.document_id = signed
        lines = draft.line_ids.with_context(default_is_signed=True)
        draft.line_ids.unlink()
        asset = self.env["aftersales.asset"].search([("serial", "=", "G-2")])
        line = lines.create({"document_id": draft.id, "asset_id": asset.id})
        self.assertFalse(line.is_signed)

    def test_who_sold_the_machine_does_not_accept_it(self):
        asset = self.sell("G-1")
        document = self.make_acceptance(asset, self.agent_user)
        document.sudo()._sign_customer("Farmer", PIXEL)
        buyer = self.env["res.partner"].create({"name": "Buyer"})
        asset.with_user(self.agent_user)._transfer_ownership(buyer, fields.Date.today())
        with self.assertRefused("belongs to Buyer"):
            document._sign_company(PIXEL)
        self.assertFalse(asset.date_acceptance)

    def test_signatures_that_are_bombs_or_no_text(self):
        document = self.make_acceptance(self.sell("G-1"))
        bomb = base64.b64encode(make_png(60000, 60000))
        for signature in (bomb, bomb.decode(), 2_000_000_000, True, [1], "é", "<svg/>"):
            with self.subTest(str(signature)[:20]), self.assertRefused("cannot be read"):
                document.sudo()._sign_customer("Farmer", signature)

    def test_no_part_comes_to_a_finished_visit(self):
        visits = self.env["aftersales.visit"].create(
            [
                {"ticket_id": self.make_ticket(self.sell(name)).id, "partner_id": self.customer.id}
                for name in ("G-1", "G-2")
            ]
        )
        line = self.env["aftersales.visit.line"].create(
            {"visit_id": visits[0].id, "product_id": self.part.id, "quantity": 1.0}
        )
        visits[1]._write_past_guard({"state": "cancelled"})
        with self.assertRefused("can no longer be changed"):
            line.visit_id = visits[1]
