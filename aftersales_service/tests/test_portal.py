from odoo.tests import HttpCase, new_test_user, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestPortal(AftersalesCommon, HttpCase):
    """J01: a customer sees their machines and tickets on the portal, and nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_user = new_test_user(cls.env, "t_portal_customer", groups="base.group_portal")
        cls.portal_user.partner_id.parent_id = cls.customer
        cls.asset = cls.sell("P-1")
        cls.foreign = cls.sell(
            "P-2", partner=cls.env["res.partner"].create({"name": "Somebody else"})
        )
        cls.ticket = cls.make_ticket(cls.asset, subject="Leaks oil")
        cls.foreign_ticket = cls.make_ticket(cls.foreign, subject="Secret matter")

    def test_lists_show_own_records_only(self):
        self.authenticate("t_portal_customer", "t_portal_customer")
        machines = self.url_open("/my/assets").text
        self.assertIn("P-1", machines)
        self.assertNotIn("P-2", machines)
        tickets = self.url_open("/my/tickets?search=leaks").text
        self.assertIn("Leaks oil", tickets)
        self.assertNotIn("Secret matter", self.url_open("/my/tickets").text)

    def test_owner_may_read_what_the_machine_is(self):
        self.env.invalidate_all()
        name = self.asset.with_user(self.portal_user).read(["display_name"])[0]["display_name"]
        self.assertEqual(name, "Test Tractor · P-1")

    def test_pages_of_others_lead_home(self):
        self.authenticate("t_portal_customer", "t_portal_customer")
        self.assertIn("Leaks oil", self.url_open(f"/my/tickets/{self.ticket.id}").text)
        page = self.url_open(f"/my/tickets/{self.foreign_ticket.id}")
        self.assertNotIn("Secret matter", page.text)
        page = self.url_open(f"/my/assets/{self.foreign.id}?report_type=pdf")
        self.assertNotEqual(page.headers["Content-Type"], "application/pdf")

    def test_warranty_card_is_printed_for_the_owner(self):
        self.authenticate("t_portal_customer", "t_portal_customer")
        page = self.url_open(f"/my/assets/{self.asset.id}")
        self.assertIn(self.asset.serial, page.text)
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html(
                "aftersales_service.report_aftersales_warranty", self.asset.warranty_ids.ids
            )[0]
            .decode()
        )
        for expected in (self.asset.warranty_ids.name, "P-1", "Wear parts", self.customer.name):
            self.assertIn(expected, html)
