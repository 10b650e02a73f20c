from odoo.tests import tagged

from .mail_common import AftersalesMailCommon


@tagged("post_install", "-at_install")
class TestTicketMailHostile(AftersalesMailCommon):
    """T15: mail that comes twice, to many, by itself, or to what is no longer there."""

    def close(self, ticket):
        ticket.sudo().write({"resolution": "<p>Done</p>"})
        ticket.sudo().action_close()

    def test_two_answers_to_a_closed_ticket_make_one_linked_ticket(self):
        self.team.closed_reply = "new"
        ticket = self.receive()
        self.close(ticket)
        closed_mail = ticket.message_ids.sorted("id")[-1:]
        followed = self.answer(ticket, "It leaks again.", to=closed_mail)
        self.assertEqual(len(followed), 1)
        self.assertFalse(self.answer(ticket, "And it smokes.", to=closed_mail))
        self.assertIn("smokes", self.mails(followed)[-1].body)
        self.assertEqual(len(self.mails(followed)), 2)
        self.assertFalse(self.sent, "the one confirmation was for the first answer")
        # By its number, too.
        self.assertFalse(self.receive("Photos", Subject=f"[{ticket.name}] photos"))
        # Once that one is closed as well, the matter goes on in a third.
        self.close(followed)
        third = self.answer(ticket, "Once more.", to=closed_mail)
        self.assertEqual(third.link_ids.other_id, ticket)

    def test_what_goes_on_for_another_customer_is_not_joined(self):
        self.team.closed_reply = "new"
        ticket = self.receive()
        self.close(ticket)
        closed_mail = ticket.message_ids.sorted("id")[-1:]
        followed = self.answer(ticket, to=closed_mail)
        other = self.env["res.partner"].create({"name": "Other", "email": "o@other.example"})
        followed.sudo().write({"partner_id": other.id, "caller_id": other.id})
        followed.sudo().write({"caller_email": other.email})
        followed.sudo().message_unsubscribe(self.caller.ids)
        self.mails(followed).sudo().write({"email_from": other.email, "author_id": other.id})
        self.assertEqual(len(self.answer(ticket, "Mine", to=closed_mail)), 1)

    def test_an_automatic_answer_to_our_confirmation_goes_nowhere(self):
        ticket = self.receive()
        self.assertEqual(len(self.sent), 1)
        confirmation = self.sent[0]
        for number, headers in enumerate(
            (
                {"References": confirmation.message_id, "Auto_Submitted": "auto-replied"},
                {"In_Reply_To": confirmation.message_id, "Precedence": "auto_reply"},
                {"Subject": f"Away: {confirmation.subject}", "X_Autoreply": "yes"},
            )
        ):
            headers = {"Subject": "Away until Monday", **headers}
            made = self.receive("I am away.", Message_Id=f"<fresh{number}@farm.example>", **headers)
            self.assertFalse(made, headers)
            self.assertFalse(self.sent, headers)
        self.assertEqual(len(self.mails(ticket)), 4)

    def test_an_automatic_answer_that_names_nothing_joins_what_its_sender_wrote(self):
        ticket = self.receive()
        made = self.receive("I am away.", Subject="Out of office", Auto_Submitted="auto-replied")
        self.assertFalse(made, "nobody asked for a ticket")
        self.assertIn("away", self.mails(ticket)[-1].body)
        self.assertFalse(self.sent)

    def test_answer_to_a_merged_ticket_lands_on_the_one_that_goes_on(self):
        ticket, survivor = self.receive(), self.receive()
        first = self.mails(ticket)[-1:]
        reference = first.message_id
        ticket.sudo().action_merge_into(survivor.id, "Twice")
        made = self.receive(
            "More of the merged.", Subject="Re: x", In_Reply_To=reference, References=reference
        )
        self.assertFalse(made)
        self.assertIn("More of the merged", self.mails(survivor)[-1].body)
        self.assertFalse(self.receive("By number", Subject=f"Re: {ticket.name}"))
        self.assertIn("By number", self.mails(survivor)[-1].body)

    def test_two_hundred_people_in_copy(self):
        copies = ", ".join(f"p{number}@crowd.example" for number in range(200))
        partners = self.env["res.partner"].search_count([])
        ticket = self.receive(Cc=copies)
        self.assertEqual(len(ticket), 1)
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        self.assertEqual(ticket.message_partner_ids, self.caller)
        self.assertEqual(
            [mail.email_to for mail in self.sent], ['"Test Caller" <joe@farm.example>']
        )
        self.assertFalse(any(mail.email_cc for mail in self.sent))

    def test_two_hundred_copies_cost_what_two_cost(self):
        def count(number):
            copies = ", ".join(f"q{number}-{i}@crowd.example" for i in range(number))
            raw = self.message(Cc=copies)
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.receive(raw=raw)
            return self.env.cr.sql_log_count - start

        count(2)
        self.assertLessEqual(count(200), count(2) + 10)

    def test_both_teams_and_the_answer_to_all(self):
        self.team.copy({"name": "Second", "alias_name": "second", "sequence": 50})
        both = "second@maker.example, service@maker.example"
        ticket = self.receive(To=both)
        self.assertEqual(len(ticket), 1)
        self.assertEqual(len(self.sent), 1)
        self.assertFalse(self.answer(ticket, To=both))
        self.assertFalse(self.sent)
        # One address writes for the other: a forwarding rule at the provider.
        self.assertFalse(self.receive(Subject=f"Fwd: {ticket.name}", To="second@maker.example"))

    def test_headers_within_headers(self):
        raw = self.message(
            sender="=?utf-8?q?Joe=0D=0ABcc=3A_victim=40x=2Eexample?= <joe@new.example>",
            Subject="=?utf-8?q?Pump=0D=0ABcc=3A_victim=40x=2Eexample?=",
        )
        ticket = self.receive(raw=raw)
        self.assertEqual(len(ticket), 1)
        for text in (ticket.subject, ticket.caller_name, ticket.caller_email):
            self.assertNotIn("\n", text)
            self.assertNotIn("\r", text)
        for mail in self.sent:
            self.assertNotRegex(f"{mail.subject}{mail.email_to}", "[\r\n]")
