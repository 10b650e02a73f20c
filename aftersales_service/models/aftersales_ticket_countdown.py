from odoo import api, fields, models

from .aftersales_sla_target import CLOCK_KINDS


class AftersalesTicket(models.Model):
    """Which promise the countdown of a ticket runs to, told without asking its clocks again."""

    _inherit = "aftersales.ticket"

    sla_kind = fields.Selection(
        CLOCK_KINDS,
        string="Next Promise",
        compute="_compute_sla_kind",
        store=True,
        copy=False,
        help="The promise that is due next.",
    )

    # The board's columns and the list of what is open show the most urgent first.
    _urgency_stage_idx = models.Index(
        "(stage_id, COALESCE(emergency, FALSE) DESC, sla_date_deadline, id DESC)"
        " WHERE is_closed IS NOT TRUE"
    )
    _urgency_idx = models.Index(
        "(COALESCE(emergency, FALSE) DESC, sla_date_deadline, id DESC) WHERE is_closed IS NOT TRUE"
    )

    @api.depends("sla_date_deadline", "clock_ids.kind")
    def _compute_sla_kind(self):
        for ticket in self:
            due = ticket.sla_date_deadline
            kinds = [
                clock.kind
                for clock in (ticket.clock_ids if due else ())
                if clock.is_open and clock.state != "paused" and clock.date_deadline == due
            ]
            ticket.sla_kind = kinds[0] if kinds else False
