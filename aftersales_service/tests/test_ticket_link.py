from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestTicketLink(AftersalesCommon):
    """T09: links between tickets, seen from both ends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second, cls.third = (cls.make_ticket(subject=s) for s in "ABC")

    def test_link_reads_from_both_ends(self):
        link = self.second._link_to(self.first, "follow_up", note="It came back")
        self.assertRecordValues(link, [{"kind": "follow_up", "other_id": self.first.id}])
        self.assertRecordValues(
            self.first.link_ids,
            [{"kind": "followed", "other_id": self.second.id, "note": "It came back"}],
        )
        self.assertEqual(self.second._link_to(self.first, "follow_up"), link, "made once")
        link.kind = "caused_by"
        self.assertEqual(self.first.link_ids.kind, "causes")
        self.first.link_ids.unlink()
        self.assertFalse(link.exists())

    def test_many_tickets_are_linked_at_once(self):
        links = (self.first | self.second)._link_to(self.third, "duplicate")
        self.assertEqual(len(links), 2)
        self.assertEqual(set(self.third.link_ids.mapped("kind")), {"duplicated"})
        self.assertEqual(self.third.link_ids.other_id, self.first | self.second)

    def test_agent_links_on_the_form(self):
        self.first.with_user(self.agent_user).link_ids = [
            Command.create({"kind": "related", "other_id": self.second.id})
        ]
        self.assertEqual(self.second.link_ids.other_id, self.first)

    def test_what_is_no_duplicate_is_remembered_and_not_shown(self):
        self.first._link_to(self.second, "distinct")
        self.assertFalse(self.first.link_ids | self.second.link_ids)
        self.assertEqual(
            self.env["aftersales.ticket.link"].search_count([("kind", "=", "distinct")]), 2
        )

    def test_refused(self):
        with self.assertRefused("linked to itself", ValidationError):
            self.first._link_to(self.first, "related")
        link = self.first._link_to(self.second, "related")
        with self.assertRefused("stays between its two tickets"):
            link.other_id = self.third
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            link.copy()
        with self.assertRaises(AccessError):
            link.with_user(self.technician_user).unlink()
        with self.assertRaises(AccessError):
            link.with_user(self.plain_user).read(["kind"])

    def test_tickets_of_two_companies_are_not_linked(self):
        company = self.env["res.company"].create({"name": "Other company"})
        team = self.env["aftersales.team"].create({"name": "Theirs", "company_id": company.id})
        self.env.user.company_ids = [Command.link(company.id)]
        foreign = self.make_ticket(
            user=self.env.user, company_id=company.id, team_id=team.id, partner_id=False
        )
        with self.assertRefused("(?s)compan"):
            foreign._link_to(self.first, "related")
