from odoo import fields, models
from odoo.tools import SQL

# How far a notice has come: what was issued includes what was confirmed, and so on.
ISSUED = ("issued", "disputed", "confirmed", "settled")


class AftersalesReportSettlement(models.Model):
    """Fee notices: one row a notice, amounts in company currency (H01, F02, F03).

    Converted at the rate of the day of settlement, which is the one the entry is posted at; before
    that of the day of issue, before that of the end of the period.
    """

    _name = "aftersales.report.settlement"
    _description = "Settlement Analysis"
    _inherit = ["aftersales.report.currency.mixin"]
    _auto = False
    _rec_name = "notice_id"
    _order = "date_notice desc, id desc"
    _document_field = "notice_id"
    _depends = {
        "aftersales.notice": [
            "amount_approved",
            "amount_claimed",
            "amount_total",
            "company_id",
            "confirm_method",
            "currency_id",
            "date_confirmed",
            "date_issued",
            "date_settled",
            "dealer_id",
            "period_end",
            "settlement_method",
            "state",
            "user_id",
        ],
        "res.partner": ["country_id", "dealer_grade_id"],
        "res.company": ["currency_id"],
        "res.currency.rate": ["company_id", "currency_id", "name", "rate"],
    }

    notice_id = fields.Many2one("aftersales.notice", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", string="Company Currency", readonly=True)
    notice_currency_id = fields.Many2one("res.currency", readonly=True)
    dealer_id = fields.Many2one("res.partner", readonly=True)
    dealer_grade_id = fields.Many2one("aftersales.dealer.grade", readonly=True)
    country_id = fields.Many2one("res.country", string="Dealer's Country", readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    state = fields.Selection(
        lambda self: self._selection_of("aftersales.notice", "state"),
        string="Status",
        readonly=True,
    )
    settlement_method = fields.Selection(
        lambda self: self._selection_of("aftersales.notice", "settlement_method"), readonly=True
    )
    confirm_method = fields.Selection(
        lambda self: self._selection_of("aftersales.notice", "confirm_method"),
        string="Confirmed by",
        readonly=True,
    )
    date_notice = fields.Date(
        string="Notice Date", readonly=True, help="Issued, or the end of the period before that."
    )
    date_issued = fields.Date(string="Issued on", readonly=True)
    date_confirmed = fields.Datetime(string="Confirmed on", readonly=True)
    date_settled = fields.Datetime(string="Settled on", readonly=True)
    amount_claimed = fields.Monetary(string="Claimed", readonly=True)
    amount_approved = fields.Monetary(string="Approved", readonly=True)
    amount_total = fields.Monetary(string="Verified", readonly=True)
    amount_cut = fields.Monetary(
        string="Cut by Verification", readonly=True, help="Approved and not verified."
    )
    amount_issued = fields.Monetary(
        string="Issued", readonly=True, help="Of notices the dealer has, whatever came after."
    )
    amount_confirmed = fields.Monetary(
        string="Confirmed", readonly=True, help="Of notices the dealer agreed with, settled or not."
    )
    amount_settled = fields.Monetary(
        string="Deducted", readonly=True, help="Deducted from the dealer's receivables."
    )
    amount_open = fields.Monetary(
        string="Issued, Not Settled", readonly=True, help="What the dealer still waits for."
    )
    days_to_confirm = fields.Float(
        string="Days to Confirm", readonly=True, aggregator="avg", help="From issued to confirmed."
    )
    days_to_settle = fields.Float(
        string="Days to Settle", readonly=True, aggregator="avg", help="From confirmed to settled."
    )

    @property
    def _table_query(self) -> SQL:
        return SQL(
            "SELECT %s FROM %s WHERE document.state NOT IN ('cancelled', 'reversed')",
            self._select(),
            self._from(),
        )

    def _select(self) -> SQL:
        return SQL(
            """
            document.id, document.id AS notice_id, document.company_id, company.currency_id,
            document.currency_id AS notice_currency_id, document.dealer_id, dealer.dealer_grade_id,
            dealer.country_id, document.user_id, document.state, document.settlement_method,
            document.confirm_method,
            COALESCE(document.date_issued, document.period_end) AS date_notice,
            document.date_issued, document.date_confirmed, document.date_settled, %(amounts)s,
            GREATEST(document.date_confirmed::date - document.date_issued, 0)::float
            AS days_to_confirm,
            %(settling)s / 24.0 AS days_to_settle
            """,
            amounts=self._amounts(),
            settling=self._hours_between(
                SQL("document.date_confirmed"), SQL("document.date_settled")
            ),
        )

    def _amounts(self) -> SQL:
        amounts = {
            "amount_claimed": SQL("COALESCE(document.amount_claimed, 0)"),
            "amount_approved": SQL("COALESCE(document.amount_approved, 0)"),
            "amount_total": SQL("COALESCE(document.amount_total, 0)"),
            "amount_cut": SQL(
                "COALESCE(document.amount_approved, 0) - COALESCE(document.amount_total, 0)"
            ),
            "amount_issued": self._total_in(*ISSUED),
            "amount_confirmed": self._total_in("confirmed", "settled"),
            "amount_settled": self._total_in("settled"),
            "amount_open": self._total_in("issued", "disputed", "confirmed"),
        }
        return SQL(", ").join(
            SQL("%s AS %s", self._to_company(amount), SQL.identifier(name))
            for name, amount in amounts.items()
        )

    def _total_in(self, *states) -> SQL:
        """SQL: the verified amount of notices in one of ``states``, else 0."""
        return SQL(
            "CASE WHEN document.state IN %s THEN COALESCE(document.amount_total, 0) ELSE 0 END",
            states,
        )

    def _from(self) -> SQL:
        return SQL(
            """
            aftersales_notice document
            JOIN res_company company ON company.id = document.company_id
            JOIN res_partner dealer ON dealer.id = document.dealer_id
            %s
            """,
            self._join_rates(
                SQL("aftersales_notice"),
                SQL(
                    "COALESCE(document.date_settled::date, document.date_issued, "
                    "document.period_end)"
                ),
            ),
        )
