from datetime import datetime, timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.business_time import DAY_SECONDS, WorkingHours, flexible_week, inclusive_end


class ResourceCalendar(models.Model):
    """The hours that promises to customers count in (S01, S03)."""

    _inherit = "resource.calendar"

    @api.model
    def _get_sla_triggers(self):
        """Return the names of the fields whose change moves deadlines (S06)."""
        return {
            "tz",
            "hours_per_day",
            "full_time_required_hours",
            "attendance_ids",
            "attendance_ids_1st_week",
            "attendance_ids_2nd_week",
            "two_weeks_calendar",
            "flexible_hours",
            "schedule_type",
            "duration_based",
            "company_id",
        }

    def write(self, vals):
        result = super().write(vals)
        if self._get_sla_triggers() & vals.keys():
            self._flag_aftersales_clocks()
        return result

    def unlink(self):
        # Clocks of teams that lose their hours count round the clock from now on.
        self._flag_aftersales_clocks()
        return super().unlink()

    def _flag_aftersales_clocks(self):
        """The hours changed: the open clocks that count in them are recomputed soon (S06)."""
        if self:
            self.env["aftersales.sla.clock"]._flag_stale(Domain("calendar_id", "in", self.ids))

    def _is_sla_working_time(self, company, moment):
        """Whether somebody with these hours works at ``moment`` (naive UTC) in ``company``."""
        later = moment + timedelta(minutes=1)
        return self._get_working_time(company, moment, later).count(moment, later) > 0

    def _get_working_time(self, company, start, end):
        """Return the :class:`WorkingTime` between two moments (naive UTC) in ``company``, holidays
        taken out; round the clock without a calendar.
        """
        hours = self.env["aftersales.sla.hours"]
        pair = (self, company)
        return hours._load(hours._get_current({pair})[pair].id).get_working_time(start, end)

    def _read_sla_hours(self):
        """Return {calendar id: row} of what deadlines are computed from: hours of the week and
        holidays (leaves of nobody in particular, also those of every calendar); in one query.
        """
        if not self:
            return {}
        for name in ("resource.calendar", "resource.calendar.attendance"):
            self.env[name].flush_model()
        self.env["resource.calendar.leaves"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT id, tz, flexible_hours, two_weeks_calendar, hours_per_day,
                       full_time_required_hours,
                       (SELECT json_agg(ARRAY[COALESCE(week_type, '0')::float, dayofweek::float,
                                              hour_from, hour_to] ORDER BY id)
                          FROM resource_calendar_attendance
                         WHERE calendar_id = calendar.id
                           AND display_type IS NULL AND day_period != 'lunch') AS lines,
                       (SELECT json_agg(ARRAY[date_from::text, date_to::text, company_id::text]
                                        ORDER BY id)
                          FROM resource_calendar_leaves
                         WHERE time_type = 'leave' AND resource_id IS NULL
                           AND (calendar_id = calendar.id OR calendar_id IS NULL)) AS leaves
                  FROM resource_calendar AS calendar
                 WHERE id IN %s
                """,
                tuple(self.ids),
            )
        )
        return {row["id"]: row for row in rows}

    @api.model
    def _prepare_sla_hours(self, row, company):
        """Return the hours of a ``row`` of ``_read_sla_hours`` for ``company`` as plain data."""
        lines = []
        if row["flexible_hours"]:
            lines = flexible_week(
                *(
                    round(row[name] * 60) * 60
                    for name in ("hours_per_day", "full_time_required_hours")
                )
            )
        for week, weekday, *hours in () if lines else row["lines"] or ():
            # Minutes are what the hours are typed in; Odoo rounds to them as well.
            start, end = (min(max(round(hour * 60) * 60, 0), DAY_SECONDS) for hour in hours)
            if start < end:
                week = int(week) if row["two_weeks_calendar"] else None
                lines.append((week, int(weekday), start, end))
        leaves = [
            (datetime.fromisoformat(start), inclusive_end(datetime.fromisoformat(end)))
            for start, end, whose in row["leaves"] or ()
            if lines and whose in (None, str(company.id))
        ]
        day = self._get_sla_day(lines, row["hours_per_day"] or 0)
        return WorkingHours.to_json(row["tz"] or "UTC", lines, leaves, day)

    @api.model
    def _get_sla_day(self, lines, hours_per_day):
        """Return the working seconds of "one day": the average of the days of ``lines``, exactly,
        unless somebody typed in another figure.
        """
        days = {(week, weekday) for week, weekday, _start, _end in lines}
        average = sum(end - start for *_day, start, end in lines) / len(days) if days else 0
        if abs(average / 3600 - hours_per_day) < 0.01:
            return round(average) or DAY_SECONDS
        return round(hours_per_day * 3600) or DAY_SECONDS
