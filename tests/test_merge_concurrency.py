import threading

from odoo.exceptions import UserError
from odoo.tests import tagged

from .concurrency import ConcurrencyCase


@tagged("post_install", "-at_install")
class TestMergeConcurrency(ConcurrencyCase):
    """Two agents merge the same two tickets at the same second, each into the other (T09)."""

    def _make_data(self, env):
        partner = env["res.partner"].create({"name": "Merged together"})
        tickets = env["aftersales.ticket"].create(
            [{"subject": subject, "partner_id": partner.id} for subject in ("One", "Other")]
        )
        self.partner_id, self.ticket_ids = partner.id, tickets.ids

    def _remove_data(self):
        with self._connect() as env:
            env.cr.execute(
                "UPDATE aftersales_ticket SET merged_into_id = NULL WHERE id IN %s",
                (tuple(self.ticket_ids),),
            )
            self._delete_tickets(env, self.ticket_ids)
            env["res.partner"].browse(self.partner_id).unlink()

    def test_one_of_them_stays(self):
        refused, start = [], threading.Barrier(2)

        def merge(ticket_id, survivor_id):
            start.wait()
            try:
                with self._connect() as env:
                    env["aftersales.ticket"].browse(ticket_id).action_merge_into(survivor_id)
            except UserError as error:
                refused.append(error)

        first, second = self.ticket_ids
        threads = [
            threading.Thread(target=merge, args=pair) for pair in ((first, second), (second, first))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with self._connect() as env:
            tickets = env["aftersales.ticket"].browse(self.ticket_ids)
            merged = tickets.filtered("merged_into_id")
            self.assertEqual((len(merged), len(refused)), (1, 1))
            self.assertEqual(merged.merged_into_id, tickets - merged)
            self.assertFalse((tickets - merged).is_closed)
