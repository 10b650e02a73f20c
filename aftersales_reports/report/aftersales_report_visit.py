from odoo import fields, models
from odoo.tools import SQL


class AftersalesReportVisit(models.Model):
    """Visits and technicians: one row a visit that was not cancelled (H01)."""

    _name = "aftersales.report.visit"
    _description = "Visit Analysis"
    _inherit = ["aftersales.report.mixin"]
    _auto = False
    _rec_name = "visit_id"
    _order = "date_start desc, id desc"
    _document_field = "visit_id"
    _depends = {
        "aftersales.visit": [
            "cause_id",
            "charge_amount",
            "company_id",
            "customer_rating",
            "date_arrived",
            "date_departed",
            "date_done",
            "date_start",
            "fixed",
            "hours",
            "partner_id",
            "responsible",
            "signed_on",
            "state",
            "technician_id",
            "ticket_id",
            "type_id",
        ],
        "aftersales.visit.line": ["kind", "visit_id"],
        "aftersales.ticket": ["product_id", "service_category", "team_id", "type", "zone_id"],
        "stock.move": ["aftersales_visit_line_id", "state", "value"],
        "res.company": ["currency_id"],
    }

    visit_id = fields.Many2one("aftersales.visit", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", string="Company Currency", readonly=True)
    type_id = fields.Many2one("aftersales.visit.type", string="Visit Type", readonly=True)
    state = fields.Selection(
        lambda self: self._selection_of("aftersales.visit", "state"),
        string="Status",
        readonly=True,
    )
    technician_id = fields.Many2one("hr.employee", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    ticket_id = fields.Many2one("aftersales.ticket", readonly=True)
    ticket_type = fields.Selection(
        lambda self: self._selection_of("aftersales.ticket", "type"), readonly=True
    )
    service_category = fields.Selection(
        lambda self: self._selection_of("aftersales.ticket", "service_category"), readonly=True
    )
    team_id = fields.Many2one("aftersales.team", readonly=True)
    zone_id = fields.Many2one("aftersales.zone", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    date_start = fields.Datetime(string="Planned", readonly=True)
    date_done = fields.Datetime(string="Finished", readonly=True)
    fixed = fields.Selection(
        lambda self: self._selection_of("aftersales.visit", "fixed"), string="Fixed?", readonly=True
    )
    cause_id = fields.Many2one("aftersales.cause", readonly=True)
    responsible = fields.Selection(
        lambda self: self._selection_of("aftersales.visit", "responsible"),
        string="Attributed to",
        readonly=True,
        help="Who answers for the fault, as the technician found.",
    )
    is_signed = fields.Boolean(string="Signed", readonly=True)
    hours = fields.Float(string="Labour Hours", readonly=True)
    travel_hours = fields.Float(readonly=True, help="From setting off to arriving.")
    punctual = fields.Float(
        string="Punctual (%)",
        readonly=True,
        aggregator="avg",
        help="Share of the visits whose technician arrived by the planned time.",
    )
    minutes_late = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(16, 0),
        help="Average over the visits with a late arrival.",
    )
    fixed_rate = fields.Float(
        string="Fixed (%)",
        readonly=True,
        aggregator="avg",
        help="Of the finished visits that say whether the fault is fixed.",
    )
    parts_value = fields.Monetary(
        string="Parts Used", readonly=True, help="At the value that stock booked for them."
    )
    charge_amount = fields.Monetary(string="Collected on the Spot", readonly=True)
    rating = fields.Float(
        string="Rating (1–5)", readonly=True, aggregator="avg", help="Unrated visits do not count."
    )

    @property
    def _table_query(self) -> SQL:
        return SQL("SELECT %s FROM %s WHERE v.state != 'cancelled'", self._select(), self._from())

    def _select(self) -> SQL:
        return SQL(
            """
            v.id, v.id AS visit_id, v.company_id, company.currency_id, v.type_id, v.state,
            v.technician_id, v.partner_id, v.ticket_id, t.type AS ticket_type,
            t.service_category, t.team_id, t.zone_id, t.product_id, v.date_start, v.date_done,
            v.fixed, v.cause_id, v.responsible, v.signed_on IS NOT NULL AS is_signed,
            CASE WHEN v.state = 'done' THEN v.hours END AS hours,
            %(travel)s AS travel_hours, %(punctual)s AS punctual,
            CASE WHEN v.date_arrived > v.date_start
                 THEN EXTRACT(EPOCH FROM (v.date_arrived - v.date_start)) / 60.0
            END AS minutes_late,
            %(fixed)s AS fixed_rate, COALESCE(parts.value, 0) AS parts_value, v.charge_amount,
            NULLIF(v.customer_rating, '0')::integer AS rating
            """,
            travel=self._hours_between(SQL("v.date_departed"), SQL("v.date_arrived")),
            punctual=self._percent(
                SQL("v.date_arrived <= v.date_start"),
                SQL("v.date_arrived IS NOT NULL AND v.date_start IS NOT NULL"),
            ),
            fixed=self._percent(
                SQL("v.fixed = 'yes'"), SQL("v.state = 'done' AND v.fixed IS NOT NULL")
            ),
        )

    def _from(self) -> SQL:
        return SQL(
            """
            aftersales_visit v
            JOIN res_company company ON company.id = v.company_id
            LEFT JOIN aftersales_ticket t ON t.id = v.ticket_id
            LEFT JOIN (%s) parts ON parts.visit_id = v.id
            """,
            self._parts(),
        )

    def _parts(self) -> SQL:
        """SQL: one row a visit with the value of the parts that left stock for it."""
        return SQL(
            """
            SELECT line.visit_id, SUM(ABS(move.value)) AS value
              FROM aftersales_visit_line line
              JOIN stock_move move ON move.aftersales_visit_line_id = line.id
             WHERE line.kind = 'used' AND move.state = 'done'
             GROUP BY line.visit_id
            """
        )
