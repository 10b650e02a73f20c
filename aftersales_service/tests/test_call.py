from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import AftersalesCommon

CALL_FORM = "aftersales_service.aftersales_ticket_view_form_call"


@tagged("post_install", "-at_install")
class TestCall(AftersalesCommon):
    """T01, T02: who calls, when, how long until answered; from the ring to the ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset, cls.asset_2 = cls.sell("C-1", "C-2")
        cls.tickets = cls.env["aftersales.ticket"].with_user(cls.agent_user)
        cls.symptom = cls.env["aftersales.symptom"].create({"name": "Smokes"})

    def take_call(self, **defaults):
        return Form(self.tickets.with_context(**defaults), view=CALL_FORM)

    # The form

    def test_form_makes_ticket_and_call_with_the_time_to_answer(self):
        with self.take_call() as call:
            call.partner_id = self.customer
            call.caller_id = self.caller
            call.asset_id = self.asset
            call.symptom_id = self.symptom
            self.assertEqual(call.subject, "Smokes", "the symptom says it in one line")
            call.call_words = "Black smoke\nsince <noon>"
            call.call_rings = 3
        ticket = call.record
        self.assertRecordValues(
            ticket, [{"seconds_to_answer": 15, "call_count": 1, "caller_name": "Test Caller"}]
        )
        self.assertIn("Black smoke<br>since &lt;noon&gt;", ticket.description)
        self.assertRecordValues(
            ticket.call_ids,
            [
                {
                    "state": "answered",
                    "seconds_to_answer": 15,
                    "in_time_rate": 100,
                    "phone": self.caller.phone,
                    "user_id": self.agent_user.id,
                    "team_id": self.team.id,
                }
            ],
        )

    def test_what_is_written_by_hand_stays_when_the_symptom_changes(self):
        with self.take_call() as call:
            call.subject = "Makes black smoke"
            call.symptom_id = self.symptom
            self.assertEqual(call.subject, "Makes black smoke")
            call.subject = "Smokes"
            other = self.env["aftersales.symptom"].create({"name": "Leaks"})
            call.symptom_id = other
            self.assertEqual(call.subject, "Leaks")

    def test_unknown_caller_becomes_a_contact_only_on_request(self):
        for keep in (False, True):
            with self.take_call() as call:
                call.partner_id = self.customer
                call.caller_name = "New Driver"
                call.caller_phone = "+1 555 0199"
                call.call_new_contact = keep
                call.subject = "x"
            ticket = call.record
            self.assertEqual(ticket.caller_name, "New Driver")
            self.assertEqual(bool(ticket.caller_id), keep)
        self.assertRecordValues(
            ticket.caller_id,
            [{"name": "New Driver", "phone": "+1 555 0199", "parent_id": self.customer.id}],
        )
        [known] = self.tickets.find_caller("5550199")
        self.assertEqual(known["values"]["caller_id"]["id"], ticket.caller_id.id)

    def test_letter_with_its_date_and_scan(self):
        scan = (
            self.env["ir.attachment"]
            .with_user(self.agent_user)
            .create({"name": "letter.pdf", "raw": b"%PDF-1.4", "res_model": "aftersales.ticket"})
        )
        yesterday = fields.Datetime.now() - timedelta(days=1)
        with self.take_call() as call:
            call.partner_id = self.customer
            call.subject = "Wrote a letter"
            call.channel = "letter"
            call.date_open = yesterday
            call.scan_ids.add(scan)
        ticket = call.record
        self.assertRecordValues(
            ticket, [{"date_open": yesterday.replace(microsecond=0), "call_count": 0}]
        )
        self.assertFalse(ticket.call_ids, "a letter does not ring")
        self.assertRecordValues(scan, [{"res_id": ticket.id}])

    def test_what_came_tomorrow_is_refused(self):
        with self.assertRefused("still to come"):
            self.make_ticket(date_open=fields.Datetime.now() + timedelta(days=1))

    def test_other_attachments_are_not_drawn_to_the_ticket(self):
        secret = self.env["ir.attachment"].create(
            {"name": "s", "raw": b"s", "res_model": "res.partner", "res_id": self.customer.id}
        )
        self.make_ticket(scan_ids=[fields.Command.link(secret.id)])
        self.assertEqual(secret.res_model, "res.partner")

    def test_screen_shows_the_customers_records(self):
        open_ticket = self.make_ticket(self.asset)
        self.make_ticket(self.asset, resolution="<p>x</p>").action_close()
        self.customer.user_id = self.plain_user
        records = self.tickets.new({"partner_id": self.caller.id}).caller_records
        self.assertEqual(records["customer"]["salesperson"], self.plain_user.name)
        parts = {part["key"]: part["lines"] for part in records["parts"]}
        self.assertEqual({line["serial"] for line in parts["assets"]}, {"C-1", "C-2"})
        self.assertEqual(parts["assets"][0]["state_kind"], "running")
        self.assertEqual([line["id"] for line in parts["tickets"]], open_ticket.ids)
        self.assertFalse(self.tickets.new({}).caller_records)

    # The same matter again

    def test_repeated_call_is_added_to_the_open_ticket(self):
        ticket = self.make_ticket(self.asset)
        [proposal] = self.tickets.new({"asset_id": self.asset.id}).duplicate_proposals
        self.assertEqual(proposal["id"], ticket.id)
        count = self.env["aftersales.ticket"].search_count([])
        action = ticket.add_call(words="Still <b>smokes</b>", caller="Test Caller")
        self.assertEqual((action["res_id"], ticket.call_count), (ticket.id, 1))
        self.assertIn("Still &lt;b&gt;smokes", ticket.message_ids[0].body)
        self.assertEqual(self.env["aftersales.ticket"].search_count([]), count)
        with self.assertRaises(AccessError):
            ticket.with_user(self.plain_user).add_call(words="x")

    def test_repeated_call_opens_a_closed_ticket_again(self):
        ticket = self.make_ticket(self.asset, resolution="<p>x</p>")
        ticket.action_close()
        ticket.add_call(words="Smokes again")
        self.assertFalse(ticket.is_closed)
        self.assertEqual(ticket.reopen_count, 1)

    def test_new_ticket_may_be_linked(self):
        before = self.make_ticket(self.asset)
        with self.take_call(default_call_follows_id=before.id) as call:
            call.partner_id = self.customer
            call.subject = "Again"
        self.assertEqual(call.record.link_ids.other_id, before)

    # Recognising the caller

    def test_number_name_serial_and_ticket_find_the_caller(self):
        def first(text):
            values = self.tickets.find_caller(text)[0]["values"]
            return {name: value["id"] for name, value in values.items() if isinstance(value, dict)}

        known = {"partner_id": self.customer.id, "caller_id": self.caller.id}
        for number in ("001 (555) 0100", "555-0100"):
            self.assertLessEqual(known.items(), first(number).items())
        self.assertEqual(first("Test Caller"), known)
        self.assertEqual(
            first("C-2"), {"partner_id": self.customer.id, "asset_id": self.asset_2.id}
        )
        ticket = self.make_ticket(self.asset)
        self.assertEqual(first(ticket.name)["asset_id"], self.asset.id)
        self.assertEqual(self.tickets.find_caller("x"), [])
        [new] = self.tickets.find_caller("+86 21 5555 4444")
        self.assertEqual(new["values"]["caller_phone"], "+86 21 5555 4444")
        [extension] = self.tickets.find_caller("0141")
        self.assertEqual(extension["values"]["caller_phone"], "0141")
        with self.assertRaises(AccessError):
            self.tickets.with_user(self.technician_user).find_caller("Test")

    def test_two_customers_with_one_number_are_both_offered(self):
        other = self.env["res.partner"].create({"name": "Neighbour", "phone": "15550100"})
        found = self.tickets.find_caller("15550100")
        self.assertEqual(len(found), 2)
        self.assertFalse(self.tickets.log_call("15550100")["partner_id"])
        other.unlink()
        self.assertEqual(self.tickets.log_call("15550100")["partner_id"], self.customer.id)

    def test_stranger_is_recognised_from_an_earlier_ticket(self):
        self.make_ticket(caller_name="Stranger", caller_phone="0211234567")
        defaults = self.tickets.log_call("+49 30 1234567")["defaults"]
        self.assertFalse(defaults["caller_name"])
        defaults = self.tickets.log_call("+49 (0)21 1234567")["defaults"]
        self.assertEqual(
            (defaults["caller_name"], defaults["partner_id"]), ("Stranger", self.customer.id)
        )

    # Telephones

    def test_telephone_reports_one_call_in_three_steps(self):
        since = datetime(2026, 3, 1, 9, 30)
        ringing = self.tickets.log_call(
            self.caller.phone, ringing_since="2026-03-01T10:30:00+01:00", reference="pbx-1"
        )
        self.assertEqual((ringing["state"], ringing["caller_id"]), ("ringing", self.caller.id))
        answered = self.tickets.log_call(reference="pbx-1", answered_at="2026-03-01 09:30:25")
        self.assertEqual(answered["call_id"], ringing["call_id"])
        call = self.env["aftersales.call"].browse(ringing["call_id"])
        self.assertRecordValues(
            call,
            [
                {
                    "state": "answered",
                    "date_ringing": since,
                    "seconds_to_answer": 25,
                    "answered_rate": 100,
                    "in_time_rate": 0,
                    "hour": "09",
                }
            ],
        )
        with self.take_call(**answered["action"]["context"]) as form:
            self.assertEqual(form.seconds_to_answer, 25)
            self.assertEqual(form.caller_id, self.caller)
            form.subject = "x"
        self.assertEqual(call.ticket_id, form.record)
        self.assertEqual(form.record.call_count, 1)
        self.tickets.log_call(reference="pbx-1", ended_at="2026-03-01 09:40:00")
        self.assertEqual((call.state, call.ticket_id), ("answered", form.record))

    def test_ringing_is_shown_to_whom_it_rings_for_until_it_is_taken(self):
        self.team.agent_ids = self.agent_user | self.manager_user
        with patch.object(type(self.env["res.users"]), "_bus_send", autospec=True) as sent:
            logged = self.tickets.log_call("+1 555 0100", team_id=self.team.id, reference="r1")
            told = {call.args[0].id: call.args[2]["ringing"] for call in sent.call_args_list}
            self.assertEqual(told, {self.agent_user.id: True, self.manager_user.id: True})
            sent.reset_mock()
            call = self.env["aftersales.call"].with_user(self.agent_user).browse(logged["call_id"])
            action = call.action_take()
            self.assertFalse(sent.call_args.args[2]["ringing"])
        self.assertRecordValues(call, [{"state": "answered", "user_id": self.agent_user.id}])
        self.assertEqual(action["context"]["default_caller_id"], self.caller.id)

    def test_missed_call_waits_until_it_is_returned(self):
        logged = self.tickets.log_call("+1 555 0100", ended_at=fields.Datetime.now())
        call = self.env["aftersales.call"].with_user(self.agent_user).browse(logged["call_id"])
        self.assertEqual((call.state, call.answered_rate), ("missed", 0))
        action = call.action_take()
        self.assertEqual(call.state, "missed", "until there is a ticket, or it is settled")
        with self.take_call(**action["context"]) as form:
            form.subject = "Called back"
        self.assertRecordValues(call, [{"state": "returned", "ticket_id": form.record.id}])
        with self.assertRefused("was not missed"):
            call.action_returned()

    def test_missed_call_is_written_down_and_settled_by_hand(self):
        calls = self.env["aftersales.call"].with_user(self.agent_user)
        call = calls.create({"phone": "+1 555 0100", "note": "Answering machine"})
        self.assertEqual((call.state, call.team_id.company_id), ("missed", self.company))
        call.action_returned()
        self.assertEqual((call.state, call.user_id), ("returned", self.agent_user))
        with self.assertRefused("Status"):
            call.write({"state": "missed"})

    def test_impossible_calls_are_refused(self):
        with self.assertRefused("is no time: yesterday"):
            self.tickets.log_call("1234567", ringing_since="yesterday")
        with self.assertRefused("before"):
            self.tickets.log_call(
                "1234567", ringing_since="2026-03-01T10:00:00", answered_at="2026-03-01T09:00:00"
            )
        with self.assertRefused("future"):
            self.tickets.log_call("1234567", ringing_since="2999-03-01T10:00:00")
        with self.assertRefused("no record with the id"):
            self.tickets.log_call("1234567", user_id=2**31 - 1)
        with self.assertRaises(AccessError):
            self.tickets.with_user(self.technician_user).log_call("1234567")
        self.assertTrue(self.tickets.log_call()["call_id"], "a withheld number")

    def test_calls_of_another_company_stay_there(self):
        call = self.env["aftersales.call"].create({"phone": "1234567"})
        company = self.env["res.company"].create({"name": "Other company"})
        stranger = new_test_user(
            self.env,
            "t_other_agent",
            groups="aftersales_service.group_aftersales_agent",
            company_id=company.id,
            company_ids=[fields.Command.set(company.ids)],
        )
        self.assertFalse(
            self.env["aftersales.call"].with_user(stranger).search([("id", "=", call.id)])
        )

    def test_recognising_does_not_cost_more_with_more_contacts(self):
        self.tickets.find_caller("15550100")
        partners = self.env["res.partner"]
        partners.create([{"name": f"P{n}", "phone": f"+1 777 {n:07}"} for n in range(200)])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            self.tickets.find_caller("15550100")
