from odoo.tests import HttpCase, new_test_user, tagged

from .test_acceptance import PIXEL, AcceptanceCommon


@tagged("post_install", "-at_install")
class TestAcceptancePortal(HttpCase, AcceptanceCommon):
    """W06: the owner signs online, logged in or by the signed link; nobody else does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(
            cls.env, "t_owner", groups="base.group_portal"
        ).partner_id.parent_id = cls.customer
        new_test_user(cls.env, "t_stranger", groups="base.group_portal")
        cls.document = cls.env["aftersales.acceptance.document"].create(
            {
                "partner_id": cls.customer.id,
                "user_id": cls.agent_user.id,
                "line_ids": [(0, 0, {"asset_id": asset.id}) for asset in cls.assets],
            }
        )

    def accept(self, token=None, **values):
        params = {"name": "Farmer", "signature": PIXEL, "access_token": token, **values}
        url = f"/my/acceptances/{self.document.id}/accept"
        return self.make_jsonrpc_request(url, params)

    def test_owner_signs(self):
        self.document.with_user(self.agent_user).action_send()
        self.authenticate("t_owner", "t_owner")
        self.assertIn("waits for your signature", self.url_open(self.assets[0].access_url).text)
        self.assertIn(self.document.name, self.url_open("/my/acceptances").text)
        page = self.url_open(self.document.access_url).text
        self.assertIn("ACC-2", page)
        self.assertIn("modalaccept", page)
        answer = self.accept()
        self.assertTrue(answer["force_refresh"], answer)
        self.assertRecordValues(self.document, [{"state": "to_countersign", "signed_by": "Farmer"}])
        self.assertIn("already", self.accept()["error"])
        self.document.with_user(self.agent_user)._sign_company(PIXEL)
        self.assertEqual(self.assets.mapped("warranty_state"), ["active"] * 2)
        self.assertIn("Signed by both", self.url_open(self.document.access_url).text)
        pdf = self.url_open(f"{self.document.access_url}?report_type=pdf&download=1")
        self.assertEqual(pdf.headers["Content-Type"], "application/pdf")

    def test_by_signed_link_after_our_signature(self):
        self.document.with_user(self.agent_user)._sign_company(PIXEL)
        self.document.action_send()
        token = self.document.access_token
        self.authenticate(None, None)
        page = self.url_open(f"{self.document.access_url}?access_token={token}").text
        self.assertIn("ACC-1", page)
        self.assertTrue(self.accept(token)["force_refresh"])
        self.assertEqual(self.document.state, "signed")
        self.assertEqual(self.assets.mapped("warranty_state"), ["active"] * 2)

    def test_nobody_else(self):
        self.document.action_send()
        for login in (None, "t_stranger"):
            with self.subTest(login):
                self.authenticate(login, login)
                self.assertNotIn("ACC-1", self.url_open(self.document.access_url).text)
                for token in (None, "wrong"):
                    self.assertIn("error", self.accept(token))
        self.assertFalse(self.document.signed_on)

    def test_not_before_it_is_sent(self):
        self.document._portal_ensure_token()
        self.authenticate("t_owner", "t_owner")
        self.assertNotIn("ACC-1", self.url_open(self.document.access_url).text)
        self.assertIn("error", self.accept(self.document.access_token))
        self.assertEqual(self.document.state, "draft")

    def test_bad_input_changes_nothing(self):
        self.document.action_send()
        self.authenticate("t_owner", "t_owner")
        for values in (
            {"name": ""},
            {"name": ["x"]},
            {"signature": None},
            {"signature": "not an image"},
            {"signature": "aGVsbG8="},
            {"signature": {"a": 1}},
        ):
            with self.subTest(values):
                self.assertIn("error", self.accept(**values))
        self.assertEqual(self.document.state, "to_sign")
        self.assertFalse(self.document.signed_on)
        for _index in range(5):
            answer = self.accept(name="")
        self.assertIn("Too many attempts", answer["error"])

    def test_remarks_before_signing_only(self):
        self.document.action_send()
        self.authenticate("t_owner", "t_owner")
        url = f"{self.document.access_url}/remarks"
        data = {"remarks": "Horn is silent", "csrf_token": self.csrf_token()}
        self.url_open(url, data=data)
        self.assertEqual(self.document.customer_remarks, "Horn is silent")
        self.accept()
        self.url_open(url, data=dict(data, remarks="Later"))
        self.assertEqual(self.document.customer_remarks, "Horn is silent")

    def csrf_token(self):
        """Return the token of the session, as the page of the portal has it."""
        page = self.url_open(self.document.access_url).text
        return page.split('name="csrf_token" value="')[1].split('"')[0]
