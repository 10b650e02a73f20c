from collections import defaultdict

from odoo import api, fields, models

from .aftersales_ticket_stage import STAGE_KINDS


class AftersalesTicketStageLog(models.Model):
    """One stay of a ticket in a stage: from when to when, and how long (T04).

    Tickets write it themselves; nobody else does.
    """

    _name = "aftersales.ticket.stage.log"
    _description = "Stay in a Stage"
    _inherit = ["aftersales.bulk.mixin"]
    _order = "id"
    _rec_name = "stage_id"
    _log_access = False  # each line says itself who and when

    ticket_id = fields.Many2one(
        "aftersales.ticket", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    stage_id = fields.Many2one(
        "aftersales.ticket.stage", required=True, ondelete="restrict", readonly=True
    )
    kind = fields.Selection(
        STAGE_KINDS, string="Meaning", readonly=True, help="What the stage meant at that time."
    )
    team_id = fields.Many2one(
        "aftersales.team",
        readonly=True,
        help="Whose working hours were counted: the team's when the ticket left the stage.",
    )
    user_id = fields.Many2one("res.users", string="Moved Here by", readonly=True)
    date_entered = fields.Datetime(string="Entered", required=True, readonly=True)
    date_left = fields.Datetime(string="Left", readonly=True)
    hours_clock = fields.Float(
        string="Hours", digits=(16, 6), readonly=True, help="Round the clock."
    )
    hours_working = fields.Float(
        string="Working Hours",
        digits=(16, 6),
        readonly=True,
        help="In the team's working hours, holidays left out.",
    )

    _open_uniq = models.UniqueIndex(
        "(ticket_id) WHERE date_left IS NULL", "A ticket is in one stage at a time."
    )

    @api.model
    def _enter(self, tickets, dates=None):
        """Log that ``tickets`` entered the stages they are in.

        :param dates: {ticket: datetime in UTC}; now when left out
        """
        now = fields.Datetime.now()
        return self._insert_rows(
            [
                {
                    "ticket_id": ticket.id,
                    "company_id": ticket.company_id.id,
                    "stage_id": ticket.stage_id.id,
                    "kind": ticket.stage_id.kind,
                    "team_id": ticket.team_id.id,
                    "user_id": self.env.uid,
                    "date_entered": dates[ticket] if dates else now,
                }
                for ticket in tickets
            ]
        )

    def _leave(self):
        """Log that the tickets leave these stages now, and how long they were in them."""
        now, changes = fields.Datetime.now(), {}
        for (team, company), logs in self.grouped(
            lambda log: (log.ticket_id.team_id, log.company_id)
        ).items():
            calendar = team.resource_calendar_id
            first = min(logs.mapped("date_entered"))
            # Without a calendar the team works round the clock.
            working = (
                calendar._get_working_time(company, first, now)
                if calendar and first < now
                else None
            )
            for log in logs:
                seconds = max((now - log.date_entered).total_seconds(), 0)
                worked = working.count(log.date_entered, now) if working else seconds
                changes[log] = {
                    "date_left": now,
                    "team_id": team.id,
                    "hours_clock": seconds / 3600,
                    "hours_working": worked / 3600,
                }
        self._update_rows(changes)

    @api.model
    def _get_last_dates(self, tickets, kind):
        """Return {ticket: when it last entered a stage that meant ``kind``}, in one query."""
        return defaultdict(
            bool,
            self._read_group(
                [("ticket_id", "in", tickets.ids), ("kind", "=", kind)],
                ["ticket_id"],
                ["date_entered:max"],
            ),
        )
