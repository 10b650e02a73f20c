from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .mail_common import AftersalesMailCommon

BOUNCE = """From: MAILER-DAEMON@mx.example
To: service@maker.example
Subject: Undelivered Mail Returned to Sender
Message-Id: <bounce.%(number)s@mx.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain

Not delivered.
--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; joe@farm.example
Action: failed
Status: 5.1.1
--cut
Content-Type: message/rfc822

From: service@maker.example
To: joe@farm.example
Message-Id: %(message_id)s
Subject: x

x
--cut--
"""


@tagged("post_install", "-at_install")
class TestTicketMailThread(AftersalesMailCommon):
    """T15: answers land on their ticket, one confirmation is sent, nothing loops."""

    def close(self, ticket, days=0):
        ticket.write({"resolution": "<p>Tightened.</p>"})
        ticket.action_close()
        ticket._write_past_guard({"date_closed": fields.Datetime.now() - timedelta(days=days)})

    def test_one_confirmation(self):
        ticket = self.receive()
        self.assertEqual(len(self.sent), 1)
        mail = self.sent[0]
        self.assertIn("joe@farm.example", mail.email_to)
        self.assertIn(ticket.name, mail.subject)
        self.assertIn(ticket.name, mail.body_html)
        self.assertIn("auto-replied", mail.headers)
        self.assertEqual(mail.references, self.mails(ticket).message_id)
        self.assertIn("service@maker.example", mail.reply_to)
        self.assertIn(ticket._get_customer_link(), mail.body_html)
        self.assertTrue(ticket.date_confirmed)
        confirmation = mail.mail_message_id
        self.assertFalse(self.answer(ticket, to=confirmation), "lands on the ticket")
        self.assertFalse(self.sent)
        self.assertEqual(len(self.mails(ticket)), 2)

    def test_confirmation_is_no_answer(self):
        ticket = self.receive()
        clocks = ticket.clock_ids.filtered(lambda c: c.kind in ("first_response", "answer"))
        self.assertTrue(clocks)
        self.assertTrue(all(clock.is_open for clock in clocks))
        ticket.with_user(self.agent_user).message_post(
            body="We are on it.", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertFalse(any(clock.is_open for clock in clocks))

    def test_language_of_the_confirmation(self):
        self.env["res.lang"]._activate_lang("es_ES")
        template = self.team.confirm_template_id
        template.with_context(lang="es_ES").subject = "Recibido {{ object.name }}"
        self.caller.lang = "es_ES"
        self.receive()
        self.assertIn("Recibido", self.sent[0].subject)

    def test_no_confirmation_for_machines_and_without_template(self):
        for header in (
            {"Auto_Submitted": "auto-replied"},
            {"Auto_Submitted": "auto-generated"},
            {"Precedence": "bulk"},
            {"List_Id": "<news.farm.example>"},
            {"X_Auto_Response_Suppress": "OOF, AutoReply"},
            {"Return_Path": "<>"},
            {"From": "no-reply@farm.example"},
            {"From": "service@maker.example"},
        ):
            self.assertTrue(self.receive(**header), "nothing is lost")
            self.assertFalse(self.sent, header)
        self.team.confirm_template_id = False
        self.receive()
        self.assertFalse(self.sent)

    def test_bounces_make_no_ticket(self):
        ticket = self.receive()
        message = self.sent[0].mail_message_id
        raw = BOUNCE % {"number": 1, "message_id": message.message_id}
        self.assertFalse(self.receive(raw=raw))
        self.assertFalse(self.sent)
        self.assertTrue(any("came back" in m.body for m in ticket.message_ids))
        self.assertFalse(self.receive(raw=BOUNCE % {"number": 2, "message_id": "<x@y.example>"}))

    def test_loop_of_a_hundred(self):
        tickets, sent = self.tickets, 0
        for number in range(100):
            tickets |= self.receive(
                f"I am away. {number}", Subject="Away", Auto_Submitted="auto-replied"
            )
            sent += len(self.sent)
        self.assertEqual(len(tickets), 1)
        self.assertEqual(sent, 0)
        self.assertLessEqual(len(self.mails(tickets)), 21)
        self.assertEqual(len(tickets.activity_ids), 1)
        self.assertIn("loop", tickets.activity_ids.note)

    def test_loop_without_headers(self):
        tickets, sent = self.tickets, 0
        for number in range(24):
            tickets |= self.receive(f"Body {number}")
            sent += len(self.sent)
        self.assertLessEqual(len(tickets), 20)
        self.assertLessEqual(sent, 5)

    def test_same_mail_again(self):
        ticket = self.receive("The very same.", Subject="Pump")
        self.assertFalse(self.receive("The  very same.", Subject="RE: pump"))
        self.assertEqual(len(self.mails(ticket)), 2)
        self.assertTrue(self.receive("Something else.", Subject="Pump"))

    def test_answer_by_reference(self):
        ticket = self.receive()
        sent = ticket.with_user(self.agent_user).message_post(
            body="Which machine?", subtype_xmlid="mail.mt_comment"
        )
        ticket._enter_stage("waiting")
        self.assertFalse(self.answer(ticket, to=sent))
        self.assertEqual(ticket.stage_id.kind, "progress")
        self.assertEqual(self.mails(ticket)[-1].author_id, self.caller)
        self.assertFalse(self.mails(ticket)[-1].subtype_id.internal)

    def test_robots_move_nothing(self):
        ticket = self.receive()
        ticket._enter_stage("waiting")
        self.answer(ticket, Auto_Submitted="auto-replied")
        self.assertEqual(ticket.stage_id.kind, "waiting")
        self.assertEqual(len(self.mails(ticket)), 2)

    def test_answer_by_number(self):
        ticket = self.receive()
        self.assertFalse(self.receive(Subject=f"[{ticket.name}] photos"))
        self.assertEqual(len(self.mails(ticket)), 2)
        stranger = self.receive(sender=self.stranger, Subject=f"[{ticket.name}] photos")
        self.assertTrue(stranger, "a number is easily guessed")
        self.assertEqual(len(self.mails(ticket)), 2)
        other = self.env["res.partner"].create({"name": "Other", "email": "o@other.example"})
        theirs = self.receive(sender=other.email, Subject=f"Re: {ticket.name}")
        self.assertEqual(theirs.partner_id, other)

    def test_strangers_get_their_own(self):
        ticket = self.receive()
        own = self.answer(ticket, sender=self.stranger)
        self.assertEqual(len(own), 1)
        self.assertIn(ticket.name, own.intake_note)
        self.assertEqual(len(self.mails(ticket)), 1)
        self.assertFalse(own.link_ids)

    def test_people_the_customer_copied_may_answer(self):
        ticket = self.receive(Cc="foreman@contractor.example")
        self.assertFalse(self.answer(ticket, sender="foreman@contractor.example"))
        self.assertEqual(len(self.mails(ticket)), 2)

    def test_a_part_of_an_address_is_another_address(self):
        ticket = self.receive(Cc="joann@partner.example, x_y@partner.example")
        for sender in ("ann@partner.example", "joann@partner.exam", "x%@partner.example"):
            own = self.answer(ticket, sender=sender)
            self.assertEqual(len(own), 1, f"{sender} has no part in the ticket")
        self.assertFalse(self.answer(ticket, sender="joann@partner.example"))

    def test_suppliers_answer_is_internal(self):
        supplier = self.env["res.partner"].create({"name": "Pumps Ltd", "email": "p@pumps.example"})
        ticket = self.receive()
        asked = ticket.with_user(self.agent_user).message_post(
            body="Is it yours?", partner_ids=supplier.ids, subtype_xmlid="mail.mt_note"
        )
        ticket._enter_stage("waiting")
        self.assertFalse(self.answer(ticket, sender="p@pumps.example", to=asked))
        self.assertTrue(self.mails(ticket)[-1].subtype_id.internal)
        self.assertNotIn(self.caller, self.mails(ticket)[-1].notified_partner_ids)
        self.assertEqual(ticket.stage_id.kind, "progress")

    def test_colleague_with_the_number_is_internal(self):
        ticket = self.receive()
        self.assertFalse(self.receive(sender="agent@maker.example", Subject=f"Fwd: {ticket.name}"))
        self.assertTrue(self.mails(ticket)[-1].subtype_id.internal)

    def test_closed_ticket_is_reopened(self):
        ticket = self.receive()
        self.close(ticket, days=10)
        self.assertFalse(self.answer(ticket))
        self.assertFalse(ticket.is_closed)
        self.assertEqual(ticket.reopen_count, 1)
        self.assertTrue(any("wrote again" in m.body for m in ticket.message_ids))

    def test_closed_long_ago_makes_a_linked_one(self):
        ticket = self.receive()
        self.close(ticket, days=31)
        followed = self.answer(ticket)
        self.assertEqual(len(followed), 1)
        self.assertTrue(ticket.is_closed)
        self.assertEqual(followed.link_ids.other_id, ticket)
        self.assertEqual(followed.partner_id, self.customer)
        self.assertEqual(followed.team_id, self.team)

    def test_closed_makes_a_linked_one_by_setting(self):
        self.team.closed_reply = "new"
        ticket = self.receive()
        self.close(ticket)
        followed = self.answer(ticket)
        self.assertEqual(followed.link_ids.kind, "follow_up")
        self.assertTrue(ticket.is_closed)

    def test_solved_is_worked_on_again(self):
        ticket = self.receive()
        ticket.resolution = "<p>Done</p>"
        ticket.action_solve()
        self.answer(ticket)
        self.assertEqual(ticket.stage_id.kind, "progress")
