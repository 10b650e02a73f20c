from odoo import fields, models
from odoo.tools import SQL


class AftersalesReportReturnVisit(models.Model):
    """Return visits and satisfaction: one row a return visit that was not cancelled (H01, R03)."""

    _name = "aftersales.report.return.visit"
    _description = "Return Visit Analysis"
    _inherit = ["aftersales.report.mixin"]
    _auto = False
    _rec_name = "return_visit_id"
    _order = "date_planned desc, id desc"
    _document_field = "return_visit_id"
    _depends = {
        "aftersales.return.visit": [
            "asset_id",
            "company_id",
            "date_done",
            "date_planned",
            "mode",
            "partner_id",
            "satisfied",
            "state",
            "ticket_id",
            "user_id",
        ],
        "aftersales.asset": ["product_id"],
        "aftersales.ticket": ["team_id", "technician_id"],
    }

    return_visit_id = fields.Many2one("aftersales.return.visit", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    mode = fields.Selection(
        lambda self: self._selection_of("aftersales.return.visit", "mode"), readonly=True
    )
    state = fields.Selection(
        lambda self: self._selection_of("aftersales.return.visit", "state"),
        string="Status",
        readonly=True,
    )
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    ticket_id = fields.Many2one("aftersales.ticket", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    team_id = fields.Many2one("aftersales.team", readonly=True)
    technician_id = fields.Many2one("hr.employee", readonly=True)
    user_id = fields.Many2one("res.users", string="Agent", readonly=True)
    date_planned = fields.Datetime(string="Due", readonly=True)
    date_done = fields.Datetime(string="Done on", readonly=True)
    satisfied = fields.Selection(
        lambda self: self._selection_of("aftersales.return.visit", "satisfied"),
        string="Satisfied?",
        readonly=True,
    )
    satisfied_rate = fields.Float(
        string="Satisfied (%)",
        readonly=True,
        aggregator="avg",
        help="Of the customers who were asked and answered.",
    )
    in_time = fields.Float(
        string="In Time (%)",
        readonly=True,
        aggregator="avg",
        help="Done within a day of the due time; due ones that were not done count as late.",
    )

    @property
    def _table_query(self) -> SQL:
        return SQL("SELECT %s FROM %s WHERE r.state != 'cancelled'", self._select(), self._from())

    def _select(self) -> SQL:
        now = SQL("%s::timestamp", fields.Datetime.now())
        due = SQL("r.date_planned + INTERVAL '1 day'")
        return SQL(
            """
            r.id, r.id AS return_visit_id, r.company_id, r.mode, r.state, r.partner_id,
            r.ticket_id, asset.product_id, t.team_id, t.technician_id, r.user_id,
            r.date_planned, r.date_done, r.satisfied,
            %(satisfied)s AS satisfied_rate, %(in_time)s AS in_time
            """,
            satisfied=self._percent(
                SQL("r.satisfied = 'yes'"), SQL("r.state = 'done' AND r.satisfied IS NOT NULL")
            ),
            in_time=self._percent(
                SQL("r.state = 'done' AND r.date_done <= %s", due),
                SQL("r.state = 'done' OR %s < %s", due, now),
            ),
        )

    def _from(self) -> SQL:
        return SQL(
            """
            aftersales_return_visit r
            LEFT JOIN aftersales_asset asset ON asset.id = r.asset_id
            LEFT JOIN aftersales_ticket t ON t.id = r.ticket_id
            """
        )
