from odoo.tests import tagged

from .test_portal_ticket import PortalTicketCommon, picture


@tagged("post_install", "-at_install")
class TestPortalTicketNew(PortalTicketCommon):
    """T01: the portal's form, with own machines, photos and what is open already."""

    def report(self, files=None, **values):
        vals = {"asset_id": self.asset.id, "type": "fault", "subject": "Smokes", **values}
        return self.post("/my/tickets/new", files=files, **vals)

    def get_tickets(self, subject="Smokes"):
        return self.env["aftersales.ticket"].search([("subject", "=", subject)])

    def test_choosing_the_machine(self):
        self.login()
        page = self.url_open("/my/tickets/new").text
        self.assertIn("P-1", page)
        self.assertNotIn("P-2", page)
        self.assertIn("P-1", self.url_open("/my/tickets/new?search=tractor").text)
        self.assertIn("None of your machines", self.url_open("/my/tickets/new?search=P-2").text)
        page = self.url_open(f"/my/tickets/new?asset_id={self.asset.id}").text
        self.assertIn("Leaks oil", page, "what is open on the machine is shown")
        for forged in (self.foreign_asset.id, "x", "999999999999", "-1"):
            page = self.url_open(f"/my/tickets/new?asset_id={forged}").text
            self.assertNotIn("P-2", page)
            self.assertNotIn("Secret matter", page)

    def test_report_with_photo(self):
        self.login()
        page = self.report(
            description="Since <b>today</b>",
            phone="+1 555 0101",
            files={"photos": ("a.png", picture(), "image/png")},
        )
        ticket = self.get_tickets()
        self.assertIn(f"/my/tickets/{ticket.id}", page.url)
        self.assertIn(f"its number is <strong>{ticket.name}", page.text)
        self.assertEqual((ticket.channel, ticket.asset_id), ("portal", self.asset))
        self.assertEqual(ticket.partner_id, self.customer)
        self.assertEqual(ticket.caller_id, self.portal_user.partner_id)
        self.assertEqual((ticket.caller_phone, ticket.user_id.id), ("+1 555 0101", False))
        self.assertIn("&lt;b&gt;today", ticket.description)
        self.assertEqual(ticket.photo_ids.create_uid, self.portal_user)
        self.assertIn(f"file/{ticket.photo_ids.id}", page.text)
        self.assertIn(self.portal_user.partner_id, ticket.message_partner_ids)

    def test_sent_twice_is_one(self):
        self.login()
        self.report()
        self.report()
        self.assertEqual(len(self.get_tickets()), 1)
        self.report(description="Another one")
        self.assertEqual(len(self.get_tickets()), 2)

    def test_forged_values_are_not_read(self):
        self.login()
        self.report(asset_id=self.foreign_asset.id)
        self.assertFalse(self.get_tickets())
        self.report(
            partner_id=self.foreign_ticket.partner_id.id,
            company_id=99,
            user_id=self.manager_user.id,
            service_category="warranty",
        )
        ticket = self.get_tickets()
        self.assertEqual((ticket.partner_id, ticket.user_id.id), (self.customer, False))

    def test_what_is_missing_is_said(self):
        self.login()
        for message, values in (
            ("in a few words", {"subject": " "}),
            ("choose what it is", {"type": "preventive"}),
            ("neither a picture", {"files": {"photos": ("a.png", b"<svg/>", "image/png")}}),
        ):
            page = self.report(**{"description": "typed text", **values}).text
            self.assertIn(message, page)
            self.assertIn("typed text", page)
        self.assertFalse(self.get_tickets())

    def test_unknown_serial_is_written_down(self):
        self.login()
        self.assertIn("X-77", self.url_open("/my/tickets/new?serial=X-77").text)
        self.report(asset_id="", serial="X-77")
        ticket = self.get_tickets()
        self.assertFalse(ticket.asset_id)
        self.assertIn("X-77", ticket.description)

    def test_throttled_and_not_for_colleagues(self):
        self.login()
        for _attempt in range(20):
            self.env["aftersales.throttle"]._allow(
                "ticket-new", f"user {self.portal_user.id}", 20, 3600
            )
        self.assertIn("wait an hour", self.report().text)
        self.login(self.agent_user)
        self.assertIn("under Hotline", self.report().text)
        self.assertFalse(self.get_tickets())
