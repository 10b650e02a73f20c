import hashlib
import json

from odoo import api, fields, models, tools
from odoo.tools import SQL

from ..tools.business_time import DAY_SECONDS, WorkingHours


class AftersalesSlaHours(models.Model):
    """The working hours and holidays that clocks were computed with, as they were then (S06).

    One record for each state of a calendar, never changed: so the log of a clock replays to the
    same deadline whatever became of the calendar since, and deadlines are computed without
    reading the calendar again.
    """

    _name = "aftersales.sla.hours"
    _description = "SLA Working Hours then"
    _order = "id desc"

    name = fields.Char(readonly=True)
    calendar_id = fields.Many2one(
        "resource.calendar", readonly=True, ondelete="set null", index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    data = fields.Json(readonly=True, required=True)
    digest = fields.Char(readonly=True, required=True)

    _digest_uniq = models.UniqueIndex("(digest)", "These hours are known already.")

    @api.model
    @tools.ormcache("hours_id")
    def _load(self, hours_id):
        """Return the :class:`WorkingHours` of a record: they never change."""
        # sudo: clocks count in hours whoever makes them run.
        return WorkingHours.from_json(self.sudo().browse(hours_id).data)

    @api.model
    def _get_current(self, pairs):
        """Return {pair: hours} for ``pairs``: set of (calendar or empty: round the clock, company).

        Two queries, however many pairs.
        """
        # sudo: as in ``_load``, and for calendars and holidays.
        self = self.sudo()
        calendars = self.env["resource.calendar"].sudo()
        rows = calendars.union(*(calendar.sudo() for calendar, _company in pairs))._read_sla_hours()
        wanted = {}
        for calendar, company in pairs:
            if calendar.id in rows:
                data = calendars._prepare_sla_hours(rows[calendar.id], company)
            else:
                # sudo: as above; the time zone only.
                tz = company.sudo().resource_calendar_id.tz or "UTC"
                data = WorkingHours.to_json(tz, [], [], DAY_SECONDS)
            text = json.dumps([calendar.id, company.id, data], sort_keys=True)
            wanted[calendar, company] = (hashlib.sha256(text.encode()).hexdigest(), data)
        digests = [digest for digest, _data in wanted.values()]
        known = self.search_fetch([("digest", "in", digests)], ["digest"]).grouped("digest")
        for (calendar, company), (digest, data) in wanted.items():
            if digest not in known:
                known[digest] = self._keep(calendar, company, digest, data)
        return {pair: known[digest] for pair, (digest, _data) in wanted.items()}

    @api.model
    def _keep(self, calendar, company, digest, data):
        """Insert and return the record of new hours.

        Two tickets made at once after a calendar changed both bring them: PostgreSQL refuses the
        later one as a conflict, and Odoo runs it again, instead of an error that somebody reads.
        """
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO aftersales_sla_hours (name, calendar_id, company_id, data, digest,"
                " create_uid, create_date, write_uid, write_date)"
                " VALUES (%(name)s, %(calendar)s, %(company)s, %(data)s, %(digest)s,"
                " %(uid)s, %(now)s, %(uid)s, %(now)s)"
                " ON CONFLICT (digest) DO NOTHING RETURNING id",
                # sudo: its name in the record of the hours.
                name=calendar.sudo().name or None,
                calendar=calendar.id or None,
                company=company.id,
                data=json.dumps(data),
                digest=digest,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        return self.browse(rows[0][0])

    @api.model
    def _get_moments(self, requests):
        """Return [(hours, deadline, warning)], one for each of ``requests``.

        :param requests: list of (SlaPromise, start in naive UTC, pauses as list of spans)
        """
        pairs = {(promise.calendar, promise.company) for promise, _start, _pauses in requests}
        current = self._get_current(pairs)
        result = []
        for promise, start, pauses in requests:
            hours = current[promise.calendar, promise.company]
            moments = self._load(hours.id).get_moments(
                start, promise.duration, promise.unit, promise.warning_percent, pauses
            )
            result.append((hours, *moments))
        return result
