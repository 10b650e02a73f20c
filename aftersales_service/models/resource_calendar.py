from collections import defaultdict
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.business_time import (
    ROUND_THE_CLOCK,
    BeyondWindowError,
    WorkingTime,
    month_seconds,
    subtract_spans,
)

UNIT_SECONDS = {"minute": 60, "hour": 3600}
# A calendar without any working time within these days counts round the clock.
FURTHEST_DAYS = 4000


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        result = super().write(vals)
        if {
            "tz",
            "hours_per_day",
            "attendance_ids",
            "two_weeks_calendar",
            "flexible_hours",
        } & vals.keys():
            self._flag_aftersales_clocks()
        return result

    def _flag_aftersales_clocks(self):
        """The hours changed: the open clocks that count in them are recomputed soon (S06)."""
        if self:
            self.env["aftersales.sla.clock"]._flag_stale(Domain("calendar_id", "in", self.ids))

    def _is_sla_working_time(self, company, moment):
        """Whether somebody with these hours works at ``moment`` (naive UTC) in ``company``."""
        later = moment + timedelta(minutes=1)
        return self._get_working_time(company, moment, later).count(moment, later) > 0

    @api.model
    def _get_sla_moments(self, requests):
        """Return [(deadline, warning)] in naive UTC, one for each of ``requests``.

        :param requests: list of (SlaPromise, start in naive UTC, pauses as list of spans)
        """
        answers = [None] * len(requests)
        groups = defaultdict(list)
        for index, (promise, _start, _pauses) in enumerate(requests):
            by_month = promise.unit == "month"
            # A calendar month is counted round the clock, in the local time of the working hours.
            groups[(self.browse() if by_month else promise.calendar), promise.company].append(index)
        for (calendar, company), indexes in groups.items():
            calendar._solve_sla_moments(company, requests, indexes, answers)
        return answers

    def _solve_sla_moments(self, company, requests, indexes, answers):
        """Fill ``answers`` at ``indexes``, widening the window of hours until all are found."""
        todo = [(index, self._get_sla_seconds(*requests[index][:2])) for index in indexes]
        starts = [requests[index][1] for index in indexes]
        days = 30 + 8 * max(seconds for _index, seconds in todo) // 86400
        while todo:
            reached_end = days > FURTHEST_DAYS
            working = (
                self._get_working_time(company, min(starts), max(starts) + timedelta(days=days))
                if self and not reached_end
                else ROUND_THE_CLOCK
            )
            left = []
            for index, seconds in todo:
                promise, start, pauses = requests[index]
                try:
                    net = working.without(pauses)
                    answers[index] = (
                        net.add(start, seconds),
                        net.add(start, round(seconds * promise.warning_percent / 100)),
                    )
                except BeyondWindowError:
                    left.append((index, seconds))
            todo, days = left, days * 4

    @api.model
    def _get_sla_seconds(self, promise, start):
        """Return the seconds that a promise made at ``start`` allows, in its own kind of time."""
        if promise.unit == "month":
            # "One month" ends at the same local time on the same day of the next month (design rule
            # 8).
            tz = promise.calendar.tz or promise.company.resource_calendar_id.tz or "UTC"
            return month_seconds(start, promise.duration, ZoneInfo(tz))
        if promise.unit == "day":
            return round(promise.duration * 3600 * (promise.calendar.hours_per_day or 24))
        return promise.duration * UNIT_SECONDS[promise.unit]

    def _get_working_time(self, company, start, end):
        """Return the :class:`WorkingTime` between two moments (naive UTC), leaves taken out.

        Only leaves of nobody in particular and of ``company`` count, and a leave or a working
        period that ends at 23:59:59 lasts until midnight.
        """
        self.ensure_one()
        # sudo: hours and holidays decide for people who may not read them.
        calendar = self.sudo()
        aware = pytz.utc.localize(start), pytz.utc.localize(end)
        attendances = calendar._attendance_intervals_batch(*aware)[False]
        leaves = (
            # As above; holidays only, of the company asked for: leaves of people are left out.
            self.env["resource.calendar.leaves"]
            .sudo()
            .search_fetch(
                [
                    ("time_type", "=", "leave"),
                    ("resource_id", "=", False),
                    ("calendar_id", "in", [False, self.id]),
                    ("company_id", "in", [False, company.id]),
                    ("date_from", "<", end),
                    ("date_to", ">", start),
                ],
                ["date_from", "date_to"],
            )
        )
        spans = [(_to_utc(begin), _to_utc(stop)) for begin, stop, _attendance in attendances]
        return WorkingTime(
            subtract_spans(
                spans, [(leave.date_from, _inclusive(leave.date_to)) for leave in leaves]
            )
        )


def _to_utc(moment):
    """Return an aware datetime as naive UTC, 23:59:59.999999 as midnight."""
    moment = moment.astimezone(pytz.utc).replace(tzinfo=None)
    return moment + timedelta(microseconds=1) if moment.microsecond == 999999 else moment


def _inclusive(moment):
    """Odoo writes the end of a whole day as 23:59:59 and means midnight."""
    return (
        moment + timedelta(seconds=1)
        if moment.second == 59
        else fields.Datetime.to_datetime(moment)
    )
