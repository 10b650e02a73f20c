from odoo import fields, models
from odoo.tools import SQL


class AftersalesReportStage(models.Model):
    """Time in stages: one row for each stay of a ticket in a stage (T04, H01).

    Closed is no stay: a ticket rests there. Stays that go on count by the clock until now, and have
    no working time yet.
    """

    _name = "aftersales.report.stage"
    _description = "Stage Time Analysis"
    _inherit = ["aftersales.report.mixin"]
    _auto = False
    _rec_name = "ticket_id"
    _order = "date_entered desc, id desc"
    _document_field = "ticket_id"
    _depends = {
        "aftersales.ticket.stage.log": [
            "company_id",
            "date_entered",
            "date_left",
            "hours_clock",
            "hours_working",
            "kind",
            "stage_id",
            "team_id",
            "ticket_id",
            "user_id",
        ],
        "aftersales.ticket": [
            "active",
            "emergency",
            "partner_id",
            "product_id",
            "technician_id",
            "type",
            "zone_id",
        ],
    }

    ticket_id = fields.Many2one(
        "aftersales.ticket", string="Tickets", readonly=True, aggregator="count_distinct"
    )
    company_id = fields.Many2one("res.company", readonly=True)
    stage_id = fields.Many2one("aftersales.ticket.stage", readonly=True)
    kind = fields.Selection(
        lambda self: self._selection_of("aftersales.ticket.stage.log", "kind"),
        string="Meaning of the Stage",
        readonly=True,
    )
    team_id = fields.Many2one("aftersales.team", readonly=True)
    user_id = fields.Many2one("res.users", string="Moved Here by", readonly=True)
    technician_id = fields.Many2one("hr.employee", readonly=True)
    type = fields.Selection(
        lambda self: self._selection_of("aftersales.ticket", "type"), readonly=True
    )
    emergency = fields.Boolean(readonly=True)
    zone_id = fields.Many2one("aftersales.zone", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    date_entered = fields.Datetime(string="Entered", readonly=True)
    date_left = fields.Datetime(string="Left", readonly=True)
    is_left = fields.Boolean(string="Over", readonly=True)
    hours_clock = fields.Float(
        string="Hours",
        readonly=True,
        aggregator="avg",
        help="Round the clock, on average for each stay; those that go on count until now.",
    )
    hours_working = fields.Float(
        string="Working Hours",
        readonly=True,
        aggregator="avg",
        help="In the team's working hours, on average for each stay that is over.",
    )
    total_clock = fields.Float(string="Hours (total)", readonly=True)
    total_working = fields.Float(string="Working Hours (total)", readonly=True)

    @property
    def _table_query(self) -> SQL:
        return SQL("SELECT %s FROM %s WHERE %s", self._select(), self._from(), self._where())

    def _select(self) -> SQL:
        clock = SQL(
            "CASE WHEN log.date_left IS NULL THEN %s ELSE log.hours_clock END",
            self._hours_between(
                SQL("log.date_entered"), SQL("%s::timestamp", fields.Datetime.now())
            ),
        )
        working = SQL("CASE WHEN log.date_left IS NOT NULL THEN log.hours_working END")
        return SQL(
            """
            log.id, log.ticket_id, log.company_id, log.stage_id, log.kind, log.team_id,
            log.user_id, t.technician_id, t.type, t.emergency, t.zone_id, t.partner_id,
            t.product_id, log.date_entered, log.date_left, log.date_left IS NOT NULL AS is_left,
            %(clock)s AS hours_clock, %(working)s AS hours_working,
            %(clock)s AS total_clock, %(working)s AS total_working
            """,
            clock=clock,
            working=working,
        )

    def _from(self) -> SQL:
        return SQL(
            "aftersales_ticket_stage_log log JOIN aftersales_ticket t ON t.id = log.ticket_id"
        )

    def _where(self) -> SQL:
        return SQL("t.active AND log.kind != 'closed'")
