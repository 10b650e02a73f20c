from odoo import fields, models
from odoo.tools import SQL


class AftersalesReportReceivable(models.Model):
    """What dealers owe: one row an open posted item on a receivable account (F03).

    Amounts are the ledger's own residuals in company currency: nothing is converted here.
    """

    _name = "aftersales.report.receivable"
    _description = "Dealer Receivables"
    _inherit = ["aftersales.report.mixin"]
    _auto = False
    _rec_name = "move_id"
    _order = "date_maturity, id"
    _document_field = "move_id"
    _depends = {
        "account.move.line": [
            "account_id",
            "amount_residual",
            "balance",
            "company_id",
            "date",
            "date_maturity",
            "move_id",
            "parent_state",
            "partner_id",
            "reconciled",
        ],
        "account.account": ["account_type"],
        "res.partner": ["country_id", "dealer_grade_id", "is_dealer"],
        "res.company": ["currency_id"],
    }

    move_id = fields.Many2one("account.move", string="Entry", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", string="Company Currency", readonly=True)
    dealer_id = fields.Many2one("res.partner", readonly=True)
    dealer_grade_id = fields.Many2one("aftersales.dealer.grade", readonly=True)
    country_id = fields.Many2one("res.country", string="Dealer's Country", readonly=True)
    date = fields.Date(readonly=True)
    date_maturity = fields.Date(string="Due", readonly=True)
    overdue = fields.Selection(
        [
            ("credit", "Open credit"),
            ("not_due", "Not due"),
            ("d30", "1–30 days overdue"),
            ("d90", "31–90 days overdue"),
            ("more", "More than 90 days overdue"),
        ],
        string="Age",
        readonly=True,
    )
    amount = fields.Monetary(string="Original Amount", readonly=True)
    amount_open = fields.Monetary(
        string="Open", readonly=True, help="Invoices count positive, open credits negative."
    )
    amount_overdue = fields.Monetary(string="Overdue", readonly=True)

    @property
    def _table_query(self) -> SQL:
        return SQL("SELECT %s FROM %s WHERE %s", self._select(), self._from(), self._where())

    def _select(self) -> SQL:
        today = fields.Date.context_today(self)
        return SQL(
            """
            item.id, item.move_id, item.company_id, company.currency_id,
            item.partner_id AS dealer_id, dealer.dealer_grade_id, dealer.country_id, item.date,
            item.date_maturity,
            CASE WHEN item.amount_residual < 0 THEN 'credit'
                 WHEN item.date_maturity >= %(today)s::date OR item.date_maturity IS NULL
                 THEN 'not_due'
                 WHEN item.date_maturity >= %(today)s::date - 30 THEN 'd30'
                 WHEN item.date_maturity >= %(today)s::date - 90 THEN 'd90'
                 ELSE 'more'
            END AS overdue,
            item.balance AS amount, item.amount_residual AS amount_open,
            CASE WHEN item.amount_residual > 0 AND item.date_maturity < %(today)s::date
                 THEN item.amount_residual ELSE 0
            END AS amount_overdue
            """,
            today=today,
        )

    def _from(self) -> SQL:
        return SQL(
            """
            account_move_line item
            JOIN account_account account ON account.id = item.account_id
            JOIN res_company company ON company.id = item.company_id
            JOIN res_partner dealer ON dealer.id = item.partner_id
            """
        )

    def _where(self) -> SQL:
        return SQL(
            """
            dealer.is_dealer AND account.account_type = 'asset_receivable'
            AND item.parent_state = 'posted' AND item.reconciled IS NOT TRUE
            AND item.amount_residual != 0
            """
        )
