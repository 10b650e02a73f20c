from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_notice import NoticeCommon


class RoleCommon(NoticeCommon):
    """A dealer with an owner and a clerk on the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_clerk = cls.make_portal_user("t_portal_clerk", cls.dealer_a)
        cls.portal_a.partner_id.dealer_role = "owner"
        cls.portal_clerk.partner_id.dealer_role = "clerk"
        cls.notice = cls.make_notice(cls.make_claim(100.0), "issued")


@tagged("post_install", "-at_install")
class TestDealerRoles(RoleCommon):
    """Who owner and who clerk is, and that records and methods go by it (D14)."""

    def test_without_a_role_owners_until_one_is_appointed(self):
        first, second = (
            self.make_portal_user(f"t_portal_{name}", self.dealer_b) for name in ("x", "y")
        )
        for user in (self.portal_b, first, second):
            self.assertEqual(user.owned_dealer_id, self.dealer_b)
        first.partner_id.dealer_role = "owner"
        self.assertFalse(second.owned_dealer_id)
        first.active = False
        first.partner_id.active = False
        self.assertFalse(second.owned_dealer_id, "an archived owner leaves no throne to all")
        self.assertFalse(self.portal_customer.owned_dealer_id)

    def test_the_role_stays_behind_when_the_contact_leaves(self):
        self.portal_a.partner_id.parent_id = self.dealer_b
        self.assertEqual(self.portal_a.partner_id.dealer_role, "clerk")
        self.assertFalse(self.portal_a.owned_dealer_id)

    def test_only_dealer_staff_sets_roles(self):
        contact = self.portal_clerk.partner_id
        contact.with_user(self.dealer_user).check_access("read")
        for user in (self.agent_user, self.portal_a, self.portal_clerk):
            with self.subTest(user.login), self.assertRaises(AccessError):
                contact.with_user(user).write({"dealer_role": "owner"})

    def test_clerk_does_not_read_money(self):
        owned = {
            "aftersales.notice": self.notice,
            "aftersales.notice.line": self.notice.line_ids,
            "aftersales.dealer.agreement": self.agreement_a,
        }
        for model, records in owned.items():
            with self.subTest(model):
                self.assertTrue(records)
                seen = self.env[model].with_user(self.portal_a).search([])
                self.assertEqual(seen.ids, records.ids)
                self.assertFalse(self.env[model].with_user(self.portal_clerk).search([]))
                with self.assertRaises(AccessError), self.cr.savepoint():
                    records.with_user(self.portal_clerk).read(["display_name"])

    def test_clerk_does_not_read_invoices(self):
        """Odoo shows a contact those of its whole company."""
        invoice = self.make_invoice(100.0)
        for records in (invoice, invoice.line_ids):
            own = records.with_user(self.portal_a)
            self.assertLessEqual(records, own.search([]))
            clerk = records.with_user(self.portal_clerk)
            self.assertFalse(clerk.search([]))
            with self.assertRaises(AccessError), self.cr.savepoint():
                clerk.read(["display_name"])
        # Neither the company's people nor customers are meant.
        self.assertIn(invoice, invoice.with_user(self.verifier).search([]))
        invoice = self.make_invoice(50.0, dealer=self.customer)
        self.assertIn(invoice, invoice.with_user(self.portal_customer).search([]))

    def test_clerk_does_not_answer_a_notice(self):
        notice = self.notice.with_user(self.portal_clerk)
        for answer in (notice.action_confirm, lambda: notice.action_dispute(reason="No")):
            with self.assertRaisesRegex(AccessError, "owner of the dealer"):
                answer()
        self.notice.with_user(self.portal_a).action_confirm()
        self.assertEqual(self.notice.state, "confirmed")

    def test_the_role_counts_at_once(self):
        """Domains of rules are cached by user."""
        notices = self.env["aftersales.notice"]
        self.assertTrue(notices.with_user(self.portal_a).search([]))
        self.portal_clerk.partner_id.dealer_role = "owner"
        self.portal_a.partner_id.dealer_role = "clerk"
        self.assertFalse(notices.with_user(self.portal_a).search([]))
        self.assertTrue(notices.with_user(self.portal_clerk).search([]))


@tagged("post_install", "-at_install")
class TestDealerUsers(HttpCase, RoleCommon):
    """An owner manages the dealer's users; a clerk sees neither them nor money (D14)."""

    def post(self, url, **data):
        page = self.url_open("/my/dealer")
        token = page.text.split('csrf_token: "')[1].split('"')[0]
        return self.url_open(url, data=dict(data, csrf_token=token))

    def find_user(self, login):
        return self.env["res.users"].with_context(active_test=False).search([("login", "=", login)])

    @mute_logger("odoo.http")
    def test_clerk_is_shown_to_the_owner(self):
        self.authenticate("t_portal_clerk", "t_portal_clerk")
        home = self.url_open("/my/dealer").text
        self.assertIn("Register a sale", home)
        for url in (
            "/my/notices",
            f"/my/notices/{self.notice.id}",
            "/my/statement",
            "/my/statement/pdf",
            "/my/dealer/users",
        ):
            with self.subTest(url):
                self.assertNotIn(f'"{url}"', home)
                page = self.url_open(url)
                self.assertEqual(page.status_code, 403)
                self.assertIn("for the owners of your company", page.text)
        self.assertNotIn("Labour per hour", home)
        self.assertNotIn("filterby=invoices", self.url_open("/my").text)
        contact = self.portal_a.partner_id
        for url in (
            f"/my/notices/{self.notice.id}/confirm",
            "/my/dealer/users/invite",
            f"/my/dealer/users/{contact.id}/access",
        ):
            self.assertEqual(self.post(url).status_code, 403)
        self.assertEqual(self.notice.state, "issued")
        self.assertTrue(self.portal_a.active)

    def test_owner_invites_and_ends_access(self):
        self.portal_a.partner_id.dealer_role = False
        self.portal_clerk.partner_id.dealer_role = False
        self.authenticate("t_portal_a", "t_portal_a")
        self.assertIn("filterby=invoices", self.url_open("/my").text)
        page = self.post(
            "/my/dealer/users/invite",
            name="New Colleague",
            email="New.Colleague@example.com",
            role="clerk",
        )
        self.assertIn("invitation is on its way", page.text)
        user = self.find_user("new.colleague@example.com")
        self.assertTrue(user._is_portal())
        self.assertEqual(user.partner_id.parent_id, self.dealer_a)
        self.assertEqual(user.partner_id.dealer_role, "clerk")
        self.assertEqual(self.portal_a.partner_id.dealer_role, "owner", "who was one stays one")
        self.assertFalse(self.portal_clerk.owned_dealer_id)
        url = f"/my/dealer/users/{user.partner_id.id}"
        self.post(f"{url}/role", role="owner")
        self.assertEqual(user.owned_dealer_id, self.dealer_a)
        self.post(f"{url}/access")
        self.assertFalse(user.active)
        self.assertFalse(user._is_portal())
        self.post(f"{url}/access", active="1")
        self.assertTrue(user.active and user._is_portal())

    def test_owner_leaves_others_alone(self):
        self.authenticate("t_portal_a", "t_portal_a")
        unknown = self.post(f"/my/dealer/users/{2**30}/access").text
        self.assertIn("no such user in your company", unknown)
        for contact in (self.portal_b.partner_id, self.dealer_user.partner_id, self.customer):
            for step in ("access", "role"):
                with self.subTest(contact=contact.name, step=step):
                    page = self.post(f"/my/dealer/users/{contact.id}/{step}", role="owner")
                    self.assertIn("no such user in your company", page.text)
        self.assertTrue(self.portal_b.active)
        page = self.post(f"/my/dealer/users/{self.portal_a.partner_id.id}/access")
        self.assertIn("your own access", page.text)
        count = self.env["res.partner"].search_count([])
        for data, error in (
            ({"name": "", "email": "a@example.com", "role": "clerk"}, "“Name”"),
            ({"name": "X", "email": "nonsense", "role": "clerk"}, "“E-mail”"),
            ({"name": "X", "email": "a@example.com", "role": "admin"}, "“Role”"),
            ({"name": "X", "email": self.portal_b.login + "@example.com", "role": ""}, "“Role”"),
        ):
            with self.subTest(error):
                self.assertIn(error, self.post("/my/dealer/users/invite", **data).text)
        self.portal_b.login = "taken@example.com"
        page = self.post(
            "/my/dealer/users/invite", name="X", email="Taken@example.com", role="clerk"
        )
        self.assertIn("in use already", page.text)
        self.assertEqual(self.env["res.partner"].search_count([]), count)
