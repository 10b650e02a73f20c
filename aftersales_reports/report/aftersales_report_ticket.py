from odoo import fields, models
from odoo.tools import SQL


class AftersalesReportTicket(models.Model):
    """Tickets: one row a ticket that is not archived (H01, T16)."""

    _name = "aftersales.report.ticket"
    _description = "Ticket Analysis"
    _inherit = ["aftersales.report.mixin"]
    _auto = False
    _rec_name = "ticket_id"
    _order = "date_open desc, id desc"
    _document_field = "ticket_id"
    _depends = {
        "aftersales.ticket": [
            "active",
            "asset_id",
            "call_count",
            "cause_id",
            "channel",
            "company_id",
            "date_assigned",
            "date_closed",
            "date_open",
            "emergency",
            "first_fix",
            "is_closed",
            "partner_id",
            "priority",
            "product_id",
            "rating_last_value",
            "reopen_count",
            "repeat_of_id",
            "responsible",
            "seconds_to_answer",
            "service_category",
            "stage_id",
            "symptom_id",
            "team_id",
            "technician_id",
            "type",
            "user_id",
            "zone_id",
        ],
        "aftersales.compensation": ["amount_company", "state", "ticket_id"],
        "aftersales.visit": ["state", "ticket_id"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "res.company": ["currency_id"],
    }

    ticket_id = fields.Many2one("aftersales.ticket", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", string="Company Currency", readonly=True)
    date_open = fields.Datetime(string="Opened", readonly=True)
    date_assigned = fields.Datetime(string="Assigned", readonly=True)
    date_closed = fields.Datetime(string="Closed", readonly=True)
    type = fields.Selection(
        lambda self: self._selection_of("aftersales.ticket", "type"), readonly=True
    )
    channel = fields.Selection(
        lambda self: self._selection_of("aftersales.ticket", "channel"), readonly=True
    )
    priority = fields.Selection(
        lambda self: self._selection_of("aftersales.ticket", "priority"), readonly=True
    )
    service_category = fields.Selection(
        lambda self: self._selection_of("aftersales.ticket", "service_category"), readonly=True
    )
    emergency = fields.Boolean(readonly=True)
    stage_id = fields.Many2one("aftersales.ticket.stage", readonly=True)
    is_closed = fields.Boolean(readonly=True)
    team_id = fields.Many2one("aftersales.team", readonly=True)
    zone_id = fields.Many2one("aftersales.zone", readonly=True)
    user_id = fields.Many2one("res.users", string="Agent", readonly=True)
    technician_id = fields.Many2one("hr.employee", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    asset_id = fields.Many2one("aftersales.asset", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    product_categ_id = fields.Many2one("product.category", string="Product Category", readonly=True)
    symptom_id = fields.Many2one("aftersales.symptom", readonly=True)
    cause_id = fields.Many2one("aftersales.cause", readonly=True)
    responsible = fields.Selection(
        lambda self: self._selection_of("aftersales.ticket", "responsible"),
        string="Attributed to",
        readonly=True,
        help="Who answers for the fault, as the ticket says: by its cause or by the evidence.",
    )
    outcome = fields.Selection(
        [
            ("open", "Not closed"),
            ("phone", "Without a visit"),
            ("first", "On the first visit"),
            ("later", "After several visits"),
            ("reopened", "Reopened"),
        ],
        readonly=True,
        help="How the ticket was brought to its end.",
    )
    hours_to_assign = fields.Float(
        string="Hours to Assign", readonly=True, aggregator="avg", help="From opened to assigned."
    )
    hours_to_close = fields.Float(
        string="Hours to Close",
        readonly=True,
        aggregator="avg",
        help="From opened to closed, round the clock; open tickets do not count.",
    )
    days_open = fields.Float(readonly=True, aggregator="avg", help="Age of the tickets still open.")
    call_count = fields.Integer(string="Calls", readonly=True)
    seconds_to_answer = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(16, 0),
        help="How long it rang; tickets without a recorded call do not count.",
    )
    reopen_count = fields.Integer(string="Times Reopened", readonly=True)
    reopened_rate = fields.Float(
        string="Reopened (%)",
        readonly=True,
        aggregator="avg",
        help="Share of the tickets that were opened again at least once.",
    )
    visit_count = fields.Integer(string="Visits Done", readonly=True)
    first_fix = fields.Selection(
        lambda self: self._selection_of("aftersales.ticket", "first_fix"),
        string="First-time Fix",
        readonly=True,
    )
    first_time_fix = fields.Float(
        string="First-time Fix (%)",
        readonly=True,
        aggregator="avg",
        help="Of the closed faults: never reopened, at most one visit, which fixed it, not back "
        "within the days of the company's settings.",
    )
    repeat_rate = fields.Float(
        string="Repeat Faults (%)",
        readonly=True,
        aggregator="avg",
        help="Share of the faults that repeat an earlier one: same asset, same symptom or cause.",
    )
    rating = fields.Float(
        string="Rating (1–5)", readonly=True, aggregator="avg", help="Unrated tickets do not count."
    )
    compensation_amount = fields.Monetary(
        string="Compensation", readonly=True, help="Approved or paid, in the company's currency."
    )

    @property
    def _table_query(self) -> SQL:
        return SQL("SELECT %s FROM %s WHERE t.active", self._select(), self._from())

    def _select(self) -> SQL:
        return SQL(
            """
            t.id, t.id AS ticket_id, t.company_id, company.currency_id,
            t.date_open, t.date_assigned, t.date_closed,
            t.type, t.channel, t.priority, t.service_category, t.emergency,
            t.stage_id, t.is_closed IS TRUE AS is_closed, t.team_id, t.zone_id, t.user_id,
            t.technician_id, t.partner_id, t.asset_id, t.product_id,
            template.categ_id AS product_categ_id, t.symptom_id, t.cause_id, t.responsible,
            t.first_fix, %s AS outcome, %s
            """,
            self._outcome(),
            self._measures(),
        )

    def _outcome(self) -> SQL:
        return SQL(
            """
            CASE
                WHEN t.is_closed IS NOT TRUE THEN 'open'
                WHEN COALESCE(t.reopen_count, 0) > 0 THEN 'reopened'
                WHEN COALESCE(visits.visit_count, 0) = 0 THEN 'phone'
                WHEN visits.visit_count = 1 THEN 'first'
                ELSE 'later'
            END
            """
        )

    def _measures(self) -> SQL:
        date_open, visited = SQL("t.date_open"), SQL("COALESCE(visits.visit_count, 0)")
        reopened = SQL("COALESCE(t.reopen_count, 0)")
        return SQL(
            """
            %s AS hours_to_assign, %s AS hours_to_close,
            CASE WHEN t.is_closed IS NOT TRUE THEN %s / 24.0 END AS days_open,
            %s AS reopen_count, %s AS reopened_rate, %s AS visit_count, %s AS first_time_fix,
            %s AS repeat_rate,
            NULLIF(t.rating_last_value, 0) AS rating,
            COALESCE(t.call_count, 0) AS call_count,
            NULLIF(t.seconds_to_answer, 0) AS seconds_to_answer,
            COALESCE(compensations.amount, 0) AS compensation_amount
            """,
            self._hours_between(date_open, SQL("t.date_assigned")),
            self._hours_between(date_open, SQL("t.date_closed")),
            self._hours_between(date_open, SQL("%s::timestamp", fields.Datetime.now())),
            reopened,
            self._percent(SQL("%s > 0", reopened)),
            visited,
            self._percent(SQL("t.first_fix = 'yes'"), SQL("t.first_fix IS NOT NULL")),
            self._percent(SQL("t.repeat_of_id IS NOT NULL"), SQL("t.type = 'fault'")),
        )

    def _from(self) -> SQL:
        return SQL(
            """
            aftersales_ticket t
            JOIN res_company company ON company.id = t.company_id
            LEFT JOIN product_product product ON product.id = t.product_id
            LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            LEFT JOIN (%s) visits ON visits.ticket_id = t.id
            LEFT JOIN (%s) compensations ON compensations.ticket_id = t.id
            """,
            self._visits(),
            self._compensations(),
        )

    def _visits(self) -> SQL:
        """SQL: one row a ticket with the visits done for it."""
        return SQL(
            """
            SELECT ticket_id, COUNT(*) AS visit_count
              FROM aftersales_visit
             WHERE state = 'done' AND ticket_id IS NOT NULL
             GROUP BY ticket_id
            """
        )

    def _compensations(self) -> SQL:
        """SQL: one row a ticket with what its customer was granted."""
        return SQL(
            """
            SELECT ticket_id, SUM(amount_company) AS amount
              FROM aftersales_compensation
             WHERE state IN ('approved', 'paid') AND ticket_id IS NOT NULL
             GROUP BY ticket_id
            """
        )
