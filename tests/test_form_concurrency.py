from odoo.exceptions import ConcurrencyError
from odoo.tests import tagged

from .concurrency import ConcurrencyCase


@tagged("post_install", "-at_install")
class TestFormConcurrency(ConcurrencyCase):
    """A form is sent twice, and the first request ends while the second has just begun (T01)."""

    def _make_data(self, env):
        partner = env["res.partner"].create({"name": "Clicks twice"})
        # The working hours of its promises are known from an earlier ticket.
        before = env["aftersales.ticket"].create({"subject": "Before", "type": "fault"})
        self.partner_id, self.before_id, self.ticket_ids = partner.id, before.id, []

    def _remove_data(self):
        with self._connect() as env:
            self._delete_tickets(env, [self.before_id, *self.ticket_ids])
            env["res.partner"].browse(self.partner_id).unlink()

    def _get_vals(self, **values):
        return {
            "subject": "Leaks",
            "type": "fault",
            "channel": "portal",
            "caller_id": self.partner_id,
            "asset_id": False,
            "description": "<p>Oil under the tractor</p>",
            **values,
        }

    def _send(self, env, **values):
        """Keep the form as its controller does; return its ticket."""
        vals, tickets = self._get_vals(**values), env["aftersales.ticket"]
        ticket = tickets._find_sent_twice(vals) or tickets.create(vals)
        self.ticket_ids = list({*self.ticket_ids, ticket.id})
        return ticket

    def test_the_second_is_tried_again_and_finds_the_first(self):
        with self._connect() as second:
            second["res.partner"].browse(self.partner_id).mapped("name")  # its snapshot
            with self._connect() as first:
                self._send(first)
            with self.assertRaises(ConcurrencyError):
                self._send(second)
            second.cr.rollback()  # as Odoo does, before it runs the request again
            self._send(second)
        self.assertEqual(len(self.ticket_ids), 1)

    def test_another_text_makes_another_ticket(self):
        with self._connect() as second:
            second["res.partner"].browse(self.partner_id).mapped("name")
            with self._connect() as first:
                self._send(first)
            self._send(second, description="<p>The lamp is broken</p>")
        self.assertEqual(len(self.ticket_ids), 2)
