import doctest
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..tools import phone
from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestTicketDuplicate(AftersalesCommon):
    """T09, T01: what a new ticket may repeat; phone numbers as people write them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset, cls.asset_2 = cls.sell("D-1", "D-2")
        cls.symptom = cls.env["aftersales.symptom"].create({"name": "Does not start"})

    def find(self, user=None, **values):
        tickets = self.env["aftersales.ticket"].with_user(user or self.agent_user)
        new = tickets.new(dict({"caller_id": False, "partner_id": self.customer.id}, **values))
        return new._find_duplicates()[new]

    def test_open_ticket_of_the_same_asset_or_caller(self):
        by_asset = self.make_ticket(self.asset)
        by_caller = self.make_ticket(self.asset_2, caller_id=self.caller.id)
        self.assertEqual(self.find(asset_id=self.asset.id), by_asset)
        self.assertEqual(self.find(caller_id=self.caller.id), by_caller, "no machine known yet")
        both = self.find(asset_id=self.asset.id, caller_id=self.caller.id)
        self.assertEqual(both, by_asset, "the other call was about another machine")
        about_nothing = self.make_ticket(caller_id=self.caller.id)
        both = self.find(asset_id=self.asset.id, caller_id=self.caller.id)
        self.assertEqual(both.ids, [by_asset.id, about_nothing.id], "the machine says more")
        self.assertFalse(self.find(), "the same company alone is no sign")

    def test_stranger_is_known_by_the_number(self):
        ticket = self.make_ticket(caller_name="Stranger", caller_phone="+86 10 8888-7777")
        self.assertEqual(self.find(caller_phone="010 88887777"), ticket)
        self.assertEqual(self.find(caller_phone="88887777"), ticket)
        self.assertFalse(self.find(caller_phone="021 88887777"), "another town")
        self.assertFalse(self.find(caller_phone="77"))

    def test_closed_ones_count_for_the_same_symptom_and_a_month(self):
        ticket = self.make_ticket(self.asset, symptom_id=self.symptom.id, resolution="<p>x</p>")
        ticket.action_close()
        question = {"asset_id": self.asset.id, "symptom_id": self.symptom.id}
        self.assertEqual(self.find(**question), ticket)
        self.assertFalse(self.find(asset_id=self.asset.id))
        new = self.env["aftersales.ticket"].new(question)
        self.assertRegex(" ".join(new._get_duplicate_reasons(ticket)), "machine.*symptom.*Closed")
        ticket.sudo().date_closed = fields.Datetime.now() - timedelta(days=40)
        self.assertFalse(self.find(**question))

    def test_the_company_and_the_rights_of_the_user_bound_it(self):
        ticket = self.make_ticket(self.asset, technician_id=self.technician_2.id)
        self.assertFalse(self.find(user=self.technician_user, asset_id=self.asset.id))
        other = self.env["res.company"].create({"name": "Other company"})
        new = self.env["aftersales.ticket"].new(
            {"asset_id": self.asset.id, "company_id": other.id, "team_id": False}
        )
        self.assertFalse(new._find_duplicates()[new])
        self.assertNotIn(ticket, ticket._find_duplicates()[ticket], "no ticket repeats itself")

    def test_many_at_once_in_one_query(self):
        tickets = self.make_ticket(self.asset)
        for __ in range(9):
            tickets |= self.make_ticket(self.asset)
        self.env.flush_all()
        self.env.invalidate_all()
        tickets.mapped("caller_id")
        with self.assertQueryCount(2):
            found = tickets._find_duplicates(limit=3)
        self.assertEqual({len(others) for others in found.values()}, {3})

    def test_the_database_works_numbers_out_as_the_tool_does(self):
        numbers = ["+49 (0)30 1234-567 ext. 12", "010-8888 7777转123", "0015550100", "12", "x", ""]
        column = f"(VALUES {', '.join(['(%s)'] * len(numbers))}) AS t(n)"
        self.env.cr.execute(f"SELECT {phone.KEY_SQL % 'n'} FROM {column}", numbers)
        self.assertEqual(
            [row[0] for row in self.env.cr.fetchall()], [*map(phone.phone_key, numbers)]
        )

    def test_doctests(self):
        self.assertEqual(doctest.testmod(phone).failed, 0)
        self.assertTrue(phone.looks_like_number("+1 (555) 0100"))
        self.assertFalse(phone.looks_like_number("GT904-26001"))
