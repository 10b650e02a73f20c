from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

SENT_TWICE = timedelta(minutes=10)
# The forms' own room among the advisory locks of the database.
FORM_LOCK = 0x41465332


class AftersalesTicket(models.Model):
    """A form that is sent twice, by a double click or by going back, makes one ticket (T01)."""

    _inherit = "aftersales.ticket"

    @api.model
    def _hold_form(self, *parts):
        """Let one request at a time keep the form that ``parts`` (str) describe, until the end of
        the transaction: of two sent at once, neither would see the other's ticket.

        :raise ConcurrencyError: while another request keeps it; Odoo then tries this one again
        """
        self.env.cr.execute(
            SQL("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", FORM_LOCK, "|".join(parts))
        )
        if not self.env.cr.fetchone()[0]:
            raise ConcurrencyError("The same form is being kept by another request")

    @api.model
    def _find_sent_twice(self, vals, names=("caller_id", "asset_id", "type", "subject", "channel")):
        """Return the ticket that the same form made a moment ago, or an empty recordset.

        :param vals: the values of the ticket to be made
        :param names: fields in which the same form has the same values, beside the description
        """
        text = self._squeeze_text(vals["description"])
        self._hold_form(*(str(vals[name]) for name in names), text)
        domain = Domain("create_date", ">", fields.Datetime.now() - SENT_TWICE)
        for name in names:
            domain &= Domain(name, "=", vals[name])
        found = self._find_same_text(domain, text)
        if not found:
            self._check_none_since(domain, text)
        return found

    @api.model
    def _find_same_text(self, domain, text):
        """Return the newest ticket in ``domain`` when its description says ``text``, else none."""
        found = self.search(domain, limit=1, order="id desc")
        return found if self._squeeze_text(found.description) == text else found[:0]

    @api.model
    def _check_none_since(self, domain, text):
        """Look again with a connection of its own: what another request kept between this one's
        snapshot and its lock is seen by a new transaction only.

        :raise ConcurrencyError: when there is such a ticket; Odoo tries the request again
        """
        with self.env.registry.cursor() as cr:
            if self.with_env(self.env(cr=cr))._find_same_text(domain, text):
                raise ConcurrencyError("The same form was kept by another request just now")

    @api.model
    def _squeeze_text(self, html):
        return " ".join(html2plaintext(html or "").split())
