"""What tests with several real database connections share."""

from contextlib import contextmanager

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name


class ConcurrencyCase(BaseCase):
    """Real database connections that commit: a test makes its data in ``_make_data(env)`` and
    removes them in ``_remove_data()``.
    """

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._remove_data)
        with self._connect() as env:
            self._make_data(env)

    @contextmanager
    def _connect(self):
        """A connection of its own that commits at the end, as a request does."""
        with self.registry.cursor() as cr:
            yield api.Environment(
                cr, SUPERUSER_ID, {"tracking_disable": True, "mail_create_nolog": True}
            )

    @staticmethod
    def _delete_tickets(env, ids):
        """Take the tickets away: they are kept for years, the database alone removes them."""
        for query in (
            "DELETE FROM aftersales_return_visit WHERE ticket_id IN %s",
            "DELETE FROM aftersales_ticket WHERE id IN %s",
        ):
            env.cr.execute(query, (tuple(ids),))
