from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AftersalesDealerCommon


@tagged("post_install", "-at_install")
class TestDealerDispatch(AftersalesDealerCommon):
    """D03, D04: what dealers do with the tickets they were given."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.caller.email = "caller@example.com"
        cls.asset = cls.sell("DISPATCH-T1")
        cls.asset.date_delivery = cls.today - timedelta(days=60)

    def give(self, dealer=None, **values):
        vals = {"asset_id": self.asset.id, "caller_id": self.caller.id}
        ticket = self.make_ticket(**dict(vals, **values))
        ticket.dispatch_dealer_id = dealer or self.dealer_a
        return ticket, ticket.sudo().dispatch_id

    def arrange(self, dispatch, **values):
        vals = {
            "date": fields.Datetime.now() + timedelta(hours=5),
            "technician": "Ana",
            "phone": "+34 600 111 222",
        }
        dispatch.with_user(self.portal_a).sudo()._arrange(**dict(vals, **values))

    def report(self, dispatch, **values):
        vals = {"fixed": True, "work_done": "Pump replaced", "date_repair": self.today}
        dispatch.with_user(self.portal_a).sudo()._report(**dict(vals, **values))

    def test_arranging_tells_customer_and_company_and_keeps_the_promise(self):
        ticket, dispatch = self.give()
        self.arrange(dispatch)
        self.assertEqual(dispatch.state, "arranged")
        self.assertTrue(dispatch.customer_told)
        messages = ticket.sudo().message_ids
        mail = messages.filtered(lambda m: self.caller in m.partner_ids)
        self.assertIn("Ana", mail.body)
        self.assertIn("+34 600 111 222", mail.body)
        note = messages.filtered(lambda m: self.agent_user.partner_id in m.partner_ids)
        self.assertIn("Test Dealer A has arranged", note.body)
        clocks = ticket.sudo().clock_ids.filtered(lambda c: c.kind == "arranged")
        self.assertEqual(clocks.filtered(lambda c: c.state != "cancelled").state, "reached")

    def test_paid_work_is_given_when_the_quotation_is_accepted(self):
        self.ensure_quotation_required()
        with self.assertRefused("paid service, and the customer has not accepted"):
            self.give(exclusion="misuse")
        with self.assertRefused("paid service"):
            self.give(exclusion="misuse", dispatch_dealer_id=self.dealer_a.id)
        ticket = self.make_ticket(self.asset, exclusion="misuse")
        ticket.with_user(self.manager_user).action_allow_unquoted("Good customer")
        ticket.dispatch_dealer_id = self.dealer_a
        self.assertTrue(ticket.sudo().dispatch_id)

    def test_what_turns_out_to_be_paid_is_not_arranged_but_reported(self):
        self.ensure_quotation_required()
        ticket, dispatch = self.give()
        ticket.exclusion = "misuse"
        with self.assertRefused("paid service"):
            self.arrange(dispatch)
        self.report(dispatch)
        self.assertEqual(dispatch.state, "done")

    def ensure_quotation_required(self):
        self.company.aftersales_quotation_required = True

    def test_the_dealer_calls_a_customer_without_address(self):
        self.caller.email = False
        ticket, dispatch = self.give()
        self.arrange(dispatch)
        self.assertFalse(dispatch.customer_told)
        self.assertIn(
            "The dealer calls the customer", str(ticket.sudo().message_ids.mapped("body"))
        )

    def test_arranging_needs_person_phone_and_a_day_to_come(self):
        _ticket, dispatch = self.give()
        for values in ({"technician": " "}, {"phone": "no"}):
            with self.assertRefused("technician's name and the phone"):
                self.arrange(dispatch, **values)
        now = fields.Datetime.now()
        for date in (None, now - timedelta(hours=1), now + timedelta(days=400)):
            with self.assertRefused("Comes on"):
                self.arrange(dispatch, date=date)
        self.assertEqual(dispatch.state, "given")

    def test_fixed_solves_the_ticket_and_records_the_promise(self):
        ticket, dispatch = self.give()
        self.arrange(dispatch)
        self.report(dispatch, meter=120.5, promise="A second service for nothing")
        self.assertEqual(dispatch.state, "done")
        self.assertEqual(ticket.stage_id.kind, "solved")
        self.assertIn("Pump replaced", ticket.resolution)
        self.assertEqual(ticket.meter, 120.5)
        self.assertEqual(ticket.sudo().dealer_promise, "A second service for nothing")

    def test_not_fixed_stays_with_the_dealer(self):
        ticket, dispatch = self.give()
        self.report(dispatch, fixed=False, work_done="Waits for a pump")
        self.assertEqual(dispatch.state, "reported")
        self.assertNotEqual(ticket.stage_id.kind, "solved")
        self.arrange(dispatch)
        self.report(dispatch)
        self.assertEqual(dispatch.state, "done")

    def test_a_report_says_what_was_done_and_when(self):
        _ticket, dispatch = self.give()
        with self.assertRefused("What was done"):
            self.report(dispatch, work_done="  ")
        with self.assertRefused("Meter"):
            self.report(dispatch, meter=-1.0)
        for day in (False, self.today + timedelta(days=1), self.today - timedelta(days=400)):
            with self.assertRefused("Day of the work"):
                self.report(dispatch, date_repair=day)

    def test_handing_back_needs_a_reason_and_we_take_over(self):
        ticket, dispatch = self.give()
        for reason in (None, "", "  x "):
            with self.assertRefused("Say why"):
                dispatch.with_user(self.portal_a).sudo()._hand_back(reason)
        self.assertEqual(dispatch.state, "given")
        dispatch.with_user(self.portal_a).sudo()._hand_back("Our only technician is ill")
        self.assertEqual(dispatch.state, "handed_back")
        self.assertFalse(ticket.dispatch_dealer_id)
        self.assertEqual(ticket.sudo().hand_back_count, 1)
        self.assertIn("Our only technician", ticket.sudo().activity_ids.note)
        # Given to another dealer it begins anew; the first one stays on record.
        ticket.dispatch_dealer_id = self.dealer_b
        self.assertEqual(ticket.sudo().dispatch_id.dealer_id, self.dealer_b)
        self.assertEqual(dispatch.state, "handed_back")
        with self.assertRefused("cannot become"):
            self.arrange(dispatch)

    def test_what_was_taken_back_is_no_longer_the_dealers(self):
        ticket, dispatch = self.give()
        ticket.action_dealer_take_back()
        self.assertEqual(dispatch.state, "withdrawn")
        with self.assertRefused("cannot become"):
            self.arrange(dispatch)

    def test_reopened_comes_back_to_the_dealer(self):
        ticket, dispatch = self.give()
        self.report(dispatch)
        ticket.sudo().resolution = "<p>Pump replaced</p>"
        ticket.sudo().action_close()
        ticket.sudo().action_reopen("It leaks again")
        self.assertEqual(ticket.sudo().dispatch_id.state, "given")
        self.assertNotEqual(ticket.sudo().dispatch_id, dispatch)

    def test_supervised_after_four_hours(self):
        monday = datetime(2026, 3, 2, 10)
        dispatches = self.env["aftersales.dealer.dispatch"].with_user(self.dealer_user)
        with freeze_time(monday):
            _ticket, dispatch = self.give(
                date_open=monday, date_failure="2026-03-01", asset_id=False
            )
        for hours, listed in ((3, False), (4, True)):
            with freeze_time(monday + timedelta(hours=hours)):
                found = dispatches.search(dispatches._get_to_supervise_domain())
                self.assertEqual(dispatch in found, listed)
        with freeze_time(monday + timedelta(hours=5)):
            self.assertEqual(
                dispatch.with_user(self.dealer_user).action_supervise()["res_model"],
                "aftersales.dealer.reason",
            )
            dispatch.with_user(self.dealer_user).action_supervise(reason="Comes tomorrow")
            self.assertFalse(dispatch in dispatches.search(dispatches._get_to_supervise_domain()))
        self.assertEqual(dispatch.supervision, "Comes tomorrow")
        self.assertEqual(dispatch.supervised_by_id, self.dealer_user)

    def test_only_staff_and_agents_supervise_and_nobody_types_it_in(self):
        _ticket, dispatch = self.give()
        with self.assertRaises(AccessError):
            dispatch.with_user(self.plain_user).action_supervise(reason="Fine")
        for values in ({"state": "done"}, {"work_done": "All"}):
            with self.assertRaises(UserError):
                dispatch.with_user(self.dealer_user).write(values)

    def test_others_see_nothing(self):
        _ticket, dispatch = self.give()
        dispatches = self.env["aftersales.dealer.dispatch"]
        self.assertIn(dispatch, dispatches.with_user(self.portal_a).search([]))
        for user in (self.portal_b, self.portal_customer):
            self.assertNotIn(dispatch, dispatches.with_user(user).search([]))
        self.assertNotIn(dispatch, dispatches.with_user(self.foreign_manager).search([]))
        with self.assertRaises(AccessError):
            dispatch.with_user(self.portal_a).supervision  # noqa: B018

    def test_the_claim_is_prefilled_once(self):
        asset = self.sell_to_dealer("DISPATCH-T2")
        self.make_card(asset)
        ticket = self.make_ticket(asset)
        ticket.dispatch_dealer_id = self.dealer_a
        dispatch = ticket.sudo().dispatch_id
        self.report(dispatch, meter=7.0)
        claim = dispatch.sudo()._get_or_make_claim()
        self.assertRecordValues(
            claim,
            [
                {
                    "dealer_id": self.dealer_a.id,
                    "asset_id": asset.id,
                    "ticket_id": ticket.id,
                    "date_repair": self.today,
                    "meter": 7.0,
                    "description": "Pump replaced",
                    "state": "draft",
                }
            ],
        )
        self.assertEqual(dispatch.sudo()._get_or_make_claim(), claim)
