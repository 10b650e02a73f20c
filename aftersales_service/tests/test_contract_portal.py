from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractPortal(ContractCommon, HttpCase):
    """W11: customers see their own contracts, and nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.make_contract(cls.sell("P-1"))
        cls.contract.action_confirm()
        cls.draft = cls.make_contract(cls.sell("P-2"))
        stranger = cls.env["res.partner"].create({"name": "Stranger"})
        cls.portal_user = new_test_user(
            cls.env, "p_owner", groups="base.group_portal", password="p_owner_pw"
        )
        cls.portal_user.partner_id.parent_id = cls.customer
        cls.stranger_user = new_test_user(
            cls.env, "p_stranger", groups="base.group_portal", password="p_stranger_pw"
        )
        cls.stranger_user.partner_id.parent_id = stranger

    def test_owner_sees_list_page_and_document(self):
        self.authenticate("p_owner", "p_owner_pw")
        page = self.url_open("/my/contracts").text
        self.assertIn(self.contract.name, page)
        self.assertNotIn(self.draft.name, page)
        self.assertIn(self.contract.name, self.url_open("/my/contracts?search=P-1").text)
        self.assertNotIn(self.contract.name, self.url_open("/my/contracts?search=P-9").text)
        page = self.url_open(f"/my/contracts/{self.contract.id}").text
        self.assertIn("P-1", page)
        self.assertIn("Parts, Labour", page)
        document = self.url_open(f"/my/contracts/{self.contract.id}?report_type=html")
        self.assertIn("Service Contract", document.text)

    @mute_logger("odoo.http")
    def test_stranger_sees_nothing(self):
        self.authenticate("p_stranger", "p_stranger_pw")
        self.assertNotIn(self.contract.name, self.url_open("/my/contracts").text)
        for url in (
            f"/my/contracts/{self.contract.id}",
            f"/my/contracts/{self.contract.id}?report_type=html",
            f"/my/contracts/{self.contract.id}?access_token=guess",
            f"/report/html/aftersales_service.report_aftersales_contract/{self.contract.id}",
        ):
            self.assertNotIn(self.contract.name, self.url_open(url).text, url)
        contracts = self.env["aftersales.contract"].with_user(self.stranger_user)
        self.assertFalse(contracts.search([]))
        with self.assertRaises(AccessError):
            contracts.browse(self.contract.id).read(["name"])
        with self.assertRaises(AccessError):
            self.contract.line_ids.with_user(self.stranger_user).read(["price"])

    def test_owner_changes_nothing(self):
        contract = self.contract.with_user(self.portal_user)
        self.assertEqual(contract.name, self.contract.name)
        with self.assertRaises(AccessError):
            contract.write({"note": "Mine"})
        with self.assertRaises(AccessError):
            contract.action_cancel(reason="Mine")
        with self.assertRaises(AccessError):
            contract.period_ids.read(["amount"])
