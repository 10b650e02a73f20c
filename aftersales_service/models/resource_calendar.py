from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from ..tools.business_time import DAY_SECONDS, flexible_week


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

    def _get_sla_lines(self):
        """Return {calendar id: lines of the week} as :class:`WorkingHours` takes them."""
        attendances = self.env["resource.calendar.attendance"].search_fetch(
            [
                ("calendar_id", "in", self.ids),
                ("display_type", "=", False),
                ("day_period", "!=", "lunch"),
            ],
            ["calendar_id", "week_type", "dayofweek", "hour_from", "hour_to"],
        )
        result = defaultdict(list)
        for line in attendances:
            calendar = line.calendar_id
            if calendar.flexible_hours:
                continue
            week = int(line.week_type or 0) if calendar.two_weeks_calendar else None
            # Minutes are what the hours are typed in; Odoo rounds to them as well.
            start, end = (
                min(max(round(hour * 60) * 60, 0), DAY_SECONDS)
                for hour in (line.hour_from, line.hour_to)
            )
            if start < end:
                result[calendar.id].append((week, int(line.dayofweek), start, end))
        for calendar in self.filtered("flexible_hours"):
            result[calendar.id] = flexible_week(
                round(calendar.hours_per_day * 60) * 60,
                round(calendar.full_time_required_hours * 60) * 60,
            )
        return result

    def _get_sla_day(self, lines):
        """Return the working seconds of "one day": the average of the days of ``lines``, exactly,
        unless somebody typed in another figure.
        """
        self.ensure_one()
        days = {(week, weekday) for week, weekday, _start, _end in lines}
        average = sum(end - start for *_day, start, end in lines) / len(days) if days else 0
        if abs(average / 3600 - self.hours_per_day) < 0.01:
            return round(average) or DAY_SECONDS
        return round(self.hours_per_day * 3600) or DAY_SECONDS

    def _get_sla_leaves(self):
        """Return [(start, end, calendar id, company id)] of the holidays: leaves of nobody in
        particular, also those that apply to every calendar.
        """
        if not self:
            return []
        leaves = self.env["resource.calendar.leaves"].search_fetch(
            [
                ("time_type", "=", "leave"),
                ("resource_id", "=", False),
                ("calendar_id", "in", [False, *self.ids]),
            ],
            ["date_from", "date_to", "calendar_id", "company_id"],
        )
        return [
            (leave.date_from, leave.date_to, leave.calendar_id.id, leave.company_id.id)
            for leave in leaves
        ]
