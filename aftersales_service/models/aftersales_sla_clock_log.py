from odoo import api, fields, models

from .aftersales_sla_target import DURATION_UNITS


class AftersalesSlaClockLog(models.Model):
    """What moved a clock, in order: replayed, it gives the same deadline (S06). Never changed
    afterwards.
    """

    _name = "aftersales.sla.clock.log"
    _description = "SLA Clock Log"
    _inherit = ["aftersales.bulk.mixin"]
    _order = "date, id"
    # The engine writes it, by the thousand: what and when it was says each line itself.
    _log_access = False

    clock_id = fields.Many2one(
        "aftersales.sla.clock", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="clock_id.company_id")
    date = fields.Datetime(string="When", required=True, readonly=True)
    event = fields.Selection(
        [
            ("start", "Started"),
            ("pause", "Paused"),
            ("resume", "Resumed"),
            ("change", "Computed again"),
            ("warning", "Warned"),
            ("breach", "Broken"),
            ("reach", "Reached"),
            ("cancel", "Cancelled"),
            ("escalate", "Escalated"),
        ],
        required=True,
        readonly=True,
    )
    duration = fields.Integer(string="Promised", readonly=True, aggregator=None)
    duration_unit = fields.Selection(DURATION_UNITS, string="Unit", readonly=True)
    calendar_id = fields.Many2one(
        related="hours_id.calendar_id", string="Working Hours", help="Empty: round the clock."
    )
    hours_id = fields.Many2one(
        "aftersales.sla.hours",
        string="Hours then",
        readonly=True,
        help="The working hours and holidays that the deadline was computed with.",
    )
    counted_in = fields.Char(compute="_compute_counted_in")
    date_deadline = fields.Datetime(string="Deadline then", readonly=True)
    note = fields.Text(readonly=True)
    user_id = fields.Many2one(
        "res.users", string="By", readonly=True, default=lambda self: self.env.user
    )

    @api.depends("calendar_id")
    def _compute_counted_in(self):
        for log in self:
            log.counted_in = log.calendar_id.name or self.env._("Round the clock")
