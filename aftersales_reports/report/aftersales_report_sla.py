from odoo import fields, models
from odoo.tools import SQL


class AftersalesReportSla(models.Model):
    """Promises about tickets and claims: one row a clock that was not cancelled (H01, S03, S08)."""

    _name = "aftersales.report.sla"
    _description = "SLA Analysis"
    _inherit = ["aftersales.report.mixin"]
    _auto = False
    _rec_name = "clock_id"
    _order = "date_deadline desc, id desc"
    _document_field = "ticket_id"
    _depends = {
        "aftersales.sla.clock": [
            "breach_reason",
            "breach_reason_id",
            "claim_id",
            "company_id",
            "date_deadline",
            "date_ended",
            "date_reached",
            "date_start",
            "kind",
            "partner_id",
            "policy_id",
            "state",
            "target_id",
            "team_id",
            "technician_id",
            "ticket_id",
            "ticket_type",
            "user_id",
        ],
        "aftersales.ticket": ["active", "emergency", "product_id", "zone_id"],
    }

    clock_id = fields.Many2one("aftersales.sla.clock", string="Promise", readonly=True)
    ticket_id = fields.Many2one(
        "aftersales.ticket", readonly=True, string="Tickets", aggregator="count_distinct"
    )
    claim_id = fields.Many2one(
        "aftersales.claim", readonly=True, string="Claims", aggregator="count_distinct"
    )
    about = fields.Selection([("ticket", "Tickets"), ("claim", "Claims")], readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    kind = fields.Selection(
        lambda self: self._selection_of("aftersales.sla.clock", "kind"),
        string="Promised",
        readonly=True,
    )
    policy_id = fields.Many2one("aftersales.sla.policy", readonly=True)
    target_id = fields.Many2one("aftersales.sla.target", readonly=True)
    team_id = fields.Many2one("aftersales.team", readonly=True)
    zone_id = fields.Many2one("aftersales.zone", readonly=True)
    technician_id = fields.Many2one("hr.employee", readonly=True)
    user_id = fields.Many2one("res.users", string="Agent", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    ticket_type = fields.Selection(
        lambda self: self._selection_of("aftersales.ticket", "type"), readonly=True
    )
    emergency = fields.Boolean(readonly=True)
    date_start = fields.Datetime(string="Started", readonly=True)
    date_deadline = fields.Datetime(string="Deadline", readonly=True)
    date_reached = fields.Datetime(string="Reached", readonly=True)
    state = fields.Selection(
        lambda self: self._selection_of("aftersales.sla.clock", "state"),
        string="Status",
        readonly=True,
    )
    result = fields.Selection(
        [("open", "Still in time"), ("met", "Kept"), ("breached", "Broken")],
        readonly=True,
        help="A promise whose deadline is over counts as broken at once, reached or not.",
    )
    is_waiting = fields.Boolean(
        string="Still Waited For",
        readonly=True,
        help="What was promised has not happened, and still has to.",
    )
    breach_reason_id = fields.Many2one(
        "aftersales.sla.reason", string="Reason", readonly=True, help="Why it was broken (S05)."
    )
    breach_reason = fields.Text(string="Reason for the Breach", readonly=True)
    met = fields.Integer(string="Kept", readonly=True)
    breached = fields.Integer(string="Broken", readonly=True)
    in_time = fields.Float(
        string="In Time (%)",
        readonly=True,
        aggregator="avg",
        help="Share of kept promises among the decided ones; those still in time do not count.",
    )
    seconds_late = fields.Float(
        string="Seconds Late (total)",
        readonly=True,
        digits=(16, 0),
        help="By the wall clock after the deadline, until reached, no longer needed, or now.",
    )
    hours_late = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Average over the broken promises, by the wall clock after the deadline.",
    )
    hours_taken = fields.Float(
        readonly=True,
        aggregator="avg",
        help="By the wall clock from the start until reached.",
    )

    def _get_document(self):
        return self.claim_id or super()._get_document()

    @property
    def _table_query(self) -> SQL:
        return SQL("SELECT %s FROM %s WHERE %s", self._select(), self._from(), self._where())

    def _select(self) -> SQL:
        broken = SQL("clock.result = 'breached'")
        seconds = SQL("EXTRACT(EPOCH FROM (clock.moment - clock.date_deadline))")
        return SQL(
            """
            clock.id, clock.id AS clock_id, clock.ticket_id, clock.claim_id,
            CASE WHEN clock.claim_id IS NULL THEN 'ticket' ELSE 'claim' END AS about,
            clock.company_id, clock.kind,
            clock.policy_id, clock.target_id, clock.team_id, t.zone_id, clock.technician_id,
            clock.user_id, clock.partner_id, t.product_id, clock.ticket_type, t.emergency,
            clock.date_start, clock.date_deadline, clock.date_reached, clock.state, clock.result,
            clock.date_ended IS NULL AS is_waiting, clock.breach_reason,
            clock.breach_reason_id,
            CASE WHEN clock.result = 'met' THEN 1 ELSE 0 END AS met,
            CASE WHEN %(broken)s THEN 1 ELSE 0 END AS breached,
            %(in_time)s AS in_time,
            CASE WHEN %(broken)s THEN %(seconds)s END AS seconds_late,
            CASE WHEN %(broken)s THEN %(seconds)s / 3600.0 END AS hours_late,
            %(taken)s AS hours_taken
            """,
            broken=broken,
            in_time=self._percent(SQL("clock.result = 'met'"), SQL("clock.result != 'open'")),
            seconds=seconds,
            taken=self._hours_between(SQL("clock.date_start"), SQL("clock.date_reached")),
        )

    def _from(self) -> SQL:
        now = SQL("%s::timestamp", fields.Datetime.now())
        return SQL(
            """
            (
                SELECT clock.*,
                       COALESCE(clock.date_reached, clock.date_ended, %(now)s) AS moment,
                       CASE
                           WHEN clock.state = 'reached' THEN 'met'
                           WHEN clock.state = 'breached' THEN 'breached'
                           WHEN clock.state = 'running' AND clock.date_deadline < %(now)s
                           THEN 'breached'
                           ELSE 'open'
                       END AS result
                  FROM aftersales_sla_clock clock
                 WHERE clock.state != 'cancelled'
            ) clock
            LEFT JOIN aftersales_ticket t ON t.id = clock.ticket_id
            """,
            now=now,
        )

    def _where(self) -> SQL:
        return SQL("clock.ticket_id IS NULL OR t.active")
