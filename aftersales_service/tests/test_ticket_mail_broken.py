from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import BaseCase, tagged

from ..tools import mail_intake
from .mail_common import AftersalesMailCommon


@tagged("post_install", "-at_install")
class TestMailIntakeTools(BaseCase):
    """T15: what messages say about themselves."""

    def test_codes_and_serials(self):
        self.assertEqual(
            mail_intake.find_serials("Nr. ab 12-x, leaks", ["AB12-X", "B12", "X"]), ["AB12-X"]
        )
        self.assertEqual(mail_intake.find_serials("AB-1001-2", ["AB-1001"]), [])
        self.assertEqual(mail_intake.get_codes(None), [])

    def test_mending_keeps_what_is_well(self):
        raw = b"From: a@b.example\nSubject: =?utf-8?q?gr=C3=BCn?=\n\nhello\n"
        self.assertIn(b"hello", mail_intake.mend(raw))
        self.assertEqual(mail_intake.get_header(mail_intake.mend(raw), "Subject"), "grün")
        self.assertEqual(mail_intake.get_header(b"Subject: =?x?q?a?=\n\n", "Subject"), "=?x?q?a?=")


@tagged("post_install", "-at_install")
class TestTicketMailBroken(AftersalesMailCommon):
    """T01: nothing that arrives is lost, however broken."""

    def test_broken_headers(self):
        for raw in (
            b'From: "joe@farm.example\nTo: service@maker.example\nMessage-Id: <[]>\n\nhi',
            b"From: =?utf-99?q?Joe?= <joe@farm.example>\nTo: service@maker.example\n"
            b"Subject: =?utf-8?b?broken\n\nbody \xff\xfe",
            b"From: joe@farm.example\nTo: service@maker.example\nDate: yesterday\n"
            b"References: <[x]@y> =?x?=\nContent-Type: multipart/mixed\n\nhi",
            b"From: joe@farm.example\nTo: service@maker.example\nContent-Type: ;;\n\nhi",
        ):
            ticket = self.receive(raw=raw)
            self.assertEqual(len(ticket), 1, raw)
            self.assertEqual(ticket.partner_id, self.customer, raw)
            self.assertTrue(ticket.subject)

    def test_unknown_charset(self):
        for raw in (
            b"From: joe@farm.example\nTo: service@maker.example\nSubject: s\n"
            b'Content-Type: text/plain; charset="x-unknown"\n\ngr\xc3\xbcn',
            b"From: joe@farm.example\nTo: service@maker.example\nSubject: s2\n"
            b"Content-Type: multipart/mixed; boundary=x\n\n--x\n"
            b"Content-Type: text/html; charset=bogus\n\n<p>gr\xfcn</p>\n--x--\n",
        ):
            self.assertIn("grün", self.receive(raw=raw).description)

    def test_no_sender(self):
        for sender in (None, "<>", "nonsense"):
            ticket = self.receive(sender=sender)
            self.assertEqual(len(ticket), 1)
            self.assertFalse(ticket.partner_id | ticket.caller_id)
            self.assertTrue(ticket.caller_name)
            self.assertFalse(self.sent)

    def test_no_subject_no_text(self):
        self.assertEqual(self.receive("First line\nmore", Subject=None).subject, "First line")
        self.assertTrue(self.receive("", Subject="  ").subject)

    def test_refused_values_make_a_bare_ticket(self):
        self.sell("RF-0001")
        original = type(self.tickets).create

        def create(records, vals_list):
            if any(vals.get("asset_id") for vals in vals_list):
                raise ValidationError(records.env._("No such thing"))
            return original(records, vals_list)

        with patch.object(type(self.tickets), "create", create):
            ticket = self.receive("RF-0001 leaks")
        self.assertFalse(ticket.asset_id)
        self.assertEqual(ticket.activity_ids.user_id, self.manager_user)
        self.assertIn("No such thing", ticket.activity_ids.note)
        self.assertIn("RF-0001 leaks", self.mails(ticket).body)

    def test_unreadable_becomes_a_ticket_with_the_original(self):
        with patch.object(type(self.tickets), "_prepare_mail_vals", side_effect=RuntimeError("x")):
            self.env["mail.alias"].search([]).alias_status = "valid"
            with patch.object(type(self.env["mail.alias"]), "_alias_bounce_incoming_email"):
                ticket = self.receive("Important", Subject="Help")
        self.assertEqual(ticket.subject, "Help")
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(self.mails(ticket).attachment_ids.name, "message.eml")
        self.assertIn(b"Important", self.mails(ticket).attachment_ids.raw)
        self.assertEqual(ticket.activity_ids.user_id, self.manager_user)

    def test_mail_for_others_is_none_of_ours(self):
        with self.assertRaises(ValueError):
            self.receive(To="nobody@maker.example")
