from odoo.tests import tagged
from odoo.tools import SQL

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestTicketMergeDealer(ClaimCommon):
    """T09: claims, dispatches and authorisations follow merged tickets, word for word.

    That a record of every model moves is shown by ``test_ticket_merge_registry.py`` of the
    service addon, on a database with this addon too.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kept = cls.make_ticket(cls.asset, subject="Pump is loud")
        cls.merged = cls.make_ticket(cls.asset, subject="Pump again")

    def merge(self):
        self.merged.with_user(self.agent_user).action_merge_into(self.kept.id)

    def read_row(self, record):
        """Return what the database has of ``record``, but for its ticket."""
        self.env.flush_all()
        query = SQL(
            "SELECT to_jsonb(r) - 'ticket_id' FROM %s r WHERE id = %s",
            SQL.identifier(record._table),
            record.id,
        )
        return self.env.execute_query(query)[0][0]

    def test_decided_claims_move_and_change_in_nothing_else(self):
        claims = self.make_submitted(ticket_id=self.merged.id)
        self.as_appraiser(claims).action_approve()
        rows = self.read_row(claims)
        self.merge()
        self.assertEqual(claims.ticket_id, self.kept)
        self.assertEqual(self.read_row(claims), rows)
        self.assertEqual(claims.state, "approved")

    def test_what_the_dealer_was_given_goes_on(self):
        self.merged.dispatch_dealer_id = self.dealer_a
        dispatch, given = self.merged.sudo().dispatch_ids, self.merged.date_dispatched
        promised = self.get_promises(self.merged)
        self.assertIn("arranged", promised)
        told = [("partner_ids", "in", self.dealer_a.ids)]
        mails = self.env["mail.message"].search_count(told)
        self.merge()
        self.assertEqual(dispatch.ticket_id, self.kept)
        self.assertEqual(self.kept._get_live_dispatches(), dispatch)
        self.assertEqual(self.kept.dispatch_dealer_id, self.dealer_a, "the dealer still has it")
        self.assertEqual(self.kept.date_dispatched, given)
        self.assertEqual(self.get_promises(self.kept), promised, "under the same promises")
        self.assertEqual(self.env["mail.message"].search_count(told), mails, "and is not told anew")

    def get_promises(self, ticket):
        """Return {kind: deadline} of what the dealer of ``ticket`` has promised."""
        clocks = ticket.sudo().clock_ids.filtered("is_open")
        return {c.kind: c.date_deadline for c in clocks if c.kind in ("arranged", "supervised")}

    def test_two_dealers_with_one_matter_are_for_a_person_to_decide(self):
        self.kept.dispatch_dealer_id = self.dealer_a
        self.merged.dispatch_dealer_id = self.dealer_b
        with self.assertRefused("has its like on"):
            self.merge()
        self.assertFalse(self.merged.merged_into_id)
        self.assertEqual(self.merged.dispatch_ids.ticket_id, self.merged)
