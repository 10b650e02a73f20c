from datetime import datetime

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command

from .common import AftersalesCommon

MONDAY = datetime(2026, 3, 2, 10, 0, 0)


class SlaCommon(AftersalesCommon):
    """A team that works 08:00–12:00 and 13:00–17:00 UTC, with a policy of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["aftersales.sla.policy"].search([]).active = False
        cls.company.aftersales_quotation_required = False  # clocks, not prices
        cls.calendar = cls.make_calendar("Test hours", "UTC", ((8, 12), (13, 17)))
        cls.leader = cls.manager_user.copy(
            {"login": "t_leader", "name": "Leader", "email": "leader@example.com"}
        )
        cls.team.write(
            {
                "resource_calendar_id": cls.calendar.id,
                "user_id": cls.leader.id,
                "assigned_by": "hotline",
            }
        )
        cls.policy_fault = cls.make_policy(
            "Test faults",
            [
                ("first_response", 10, "minute", {"pause_in_waiting": False}),
                ("technician_contact", 30, "minute", {}),
                ("phone_solution", 4, "hour", {}),
                ("solution", 8, "hour", {}),
            ],
            type_fault=True,
        )

    @classmethod
    def make_calendar(cls, name, tz, hours, days=range(5)):
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": tz,
                "company_id": cls.company.id,
                "attendance_ids": [
                    Command.create(
                        {"name": "x", "dayofweek": str(day), "hour_from": start, "hour_to": end}
                    )
                    for day in days
                    for start, end in hours
                ],
            }
        )

    @classmethod
    def make_policy(cls, name, targets, **values):
        return cls.env["aftersales.sla.policy"].create(
            {
                "name": name,
                "target_ids": [
                    Command.create(
                        {
                            "kind": kind,
                            "duration": duration,
                            "duration_unit": unit,
                            "calendar_mode": "team",
                            **more,
                        }
                    )
                    for kind, duration, unit, more in targets
                ],
                **values,
            }
        )

    def at(self, moment):
        """Time stands still at ``moment``: a datetime or "HH:MM" of that Monday."""
        if isinstance(moment, str):
            hour, minute = moment.split(":")
            moment = MONDAY.replace(hour=int(hour), minute=int(minute))
        return freeze_time(moment)

    def make_ticket_at(self, moment=MONDAY, **values):
        """Return a ticket opened at ``moment`` by e-mail, so that nothing is reached by itself."""
        with self.at(moment):
            values.setdefault("channel", "email")
            return self.make_ticket(date_open=fields.Datetime.now(), **values)

    def clock(self, ticket, kind, turn=0):
        """Return the live clock of ``ticket`` for ``kind``, as superuser."""
        return ticket.sudo().clock_ids.filtered(
            lambda c: c.kind == kind and c.round == turn and c.state != "cancelled"
        )

    def run_cron(self, moment, name="escalate"):
        """Run the cron the way the scheduler does, at ``moment``."""
        with self.at(moment), self.enter_registry_test_mode():
            self.env.ref(
                f"aftersales_service.ir_cron_aftersales_sla_{name}"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def assertReplays(self, tickets):
        """The log of each clock gives the same deadline (S06)."""
        clocks = tickets.sudo().clock_ids
        for clock, deadline in clocks._replay().items():
            self.assertEqual(deadline, clock.date_deadline, clock.display_name)
