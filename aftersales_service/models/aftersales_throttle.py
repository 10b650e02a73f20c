import ipaddress
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import hmac

KEPT = timedelta(days=1)


class AftersalesThrottle(models.Model):
    """Requests of anonymous visitors, counted per address by all processes together (W14).

    A row is a request. Rows are only added, never changed: requests of one address wait for
    nobody. Addresses are kept as keyed hashes, for a day at most.
    """

    _name = "aftersales.throttle"
    _description = "Counted Request"
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)

    _key_date_idx = models.Index("(key, date)")
    _date_idx = models.Index("(date)")

    @api.model
    def _allow(self, scope, address, limit, seconds):
        """Count a request and tell whether it is within ``limit`` requests in ``seconds``.

        What is refused is not counted, so that one address never fills the table.

        :param scope: what is asked for (str); each scope is counted on its own
        :param address: the visitor's IP address (str); IPv6 by network, as one visitor has a
            whole network of addresses
        """
        key = hmac(self.env(su=True), "aftersales-throttle", f"{scope}|{self._normalise(address)}")
        now = fields.Datetime.now()
        since = now - timedelta(seconds=seconds)
        # Visitors have no rights on the counter.
        counter = self.sudo()
        if counter.search_count([("key", "=", key), ("date", ">", since)], limit=limit) >= limit:
            return False
        counter.create({"key": key, "date": now})
        return True

    @api.model
    def _normalise(self, address):
        """Return the address, or the /64 network of an IPv6 address, as text."""
        try:
            parsed = ipaddress.ip_address(address or "")
        except ValueError:
            return address or ""
        if parsed.version == 6:
            if parsed.ipv4_mapped:
                return str(parsed.ipv4_mapped)
            return str(ipaddress.ip_network((parsed, 64), strict=False))
        return str(parsed)

    @api.autovacuum
    def _gc_requests(self, limit=50000):
        """Forget requests of yesterday."""
        old = self.search([("date", "<", fields.Datetime.now() - KEPT)], limit=limit)
        old.unlink()
        return len(old), len(old) == limit
