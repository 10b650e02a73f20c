from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import fields, models

from ..tools.assignment import first_moment
from ..tools.business_time import subtract_spans

# So far ahead somebody is looked for at work.
DAYS_AHEAD = 60


class Presence(NamedTuple):
    """When somebody is at work: ``free_from`` is the first moment (naive UTC, None when beyond
    ``DAYS_AHEAD``), ``away`` says that a leave keeps them from being there sooner.
    """

    free_from: object
    away: bool


class HrEmployee(models.Model):
    """Who is at work when, and where technicians go (T10, T14)."""

    _inherit = "hr.employee"

    aftersales_zone_ids = fields.Many2many(
        "aftersales.zone",
        "aftersales_zone_technician_rel",
        "employee_id",
        "zone_id",
        string="Service Zones",
        groups="hr.group_hr_user",
        help="Where this technician goes. Empty: everywhere.",
    )

    def _get_aftersales_presence(self, now=None):
        """Return {employee: :class:`Presence`} by working hours, holidays, leaves and the
        out-of-office notice; a few queries for each working schedule.

        :param now: datetime in naive UTC, the present when left out
        """
        now = now or fields.Datetime.now()
        # sudo: who assigns sees when colleagues are there, and no more of their personal file.
        employees = self.sudo()
        end = now + timedelta(days=DAYS_AHEAD)
        absences = employees._get_aftersales_absences(now, end)
        presences = {}
        for (calendar, company), group in employees.grouped(
            lambda e: (e.resource_calendar_id, e.company_id)
        ).items():
            # Without a schedule: round the clock.
            hours = calendar._get_working_time(company, now, end).spans
            usual = first_moment(hours, now)
            for employee in group:
                spans = subtract_spans(hours, absences.get(employee, []))
                free_from = first_moment(spans, now)
                if free_from and free_from > end:
                    free_from = None
                presences[employee] = Presence(free_from, free_from != usual)
        # sudo: a key of ``presences``; nothing is read.
        return {employee: presences[employee.sudo()] for employee in self}

    def _get_aftersales_absences(self, start, end):
        """Return {employee: [(from, to)]} of leaves and out-of-office notices in a period."""
        absences = {}
        leaves = self.env["resource.calendar.leaves"].search_fetch(
            [
                ("resource_id", "in", self.resource_id.ids),
                ("time_type", "=", "leave"),
                ("date_from", "<", end),
                ("date_to", ">", start),
            ],
            ["resource_id", "date_from", "date_to"],
        )
        by_resource = leaves.grouped("resource_id")
        for employee in self:
            spans = [
                (leave.date_from, leave.date_to)
                for leave in by_resource.get(employee.resource_id, [])
            ]
            user = employee.user_id
            if user.out_of_office_from:
                # No end: until they are back and say so.
                spans.append((user.out_of_office_from, user.out_of_office_to or datetime.max))
            if spans:
                absences[employee] = spans
        return absences
