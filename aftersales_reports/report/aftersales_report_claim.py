from odoo import fields, models
from odoo.tools import SQL


class AftersalesReportClaim(models.Model):
    """Dealer claims: one row a claim line, amounts in company currency (H01, D15).

    Converted at the rate of the day the claim was submitted (of its creation while it is a draft).
    """

    _name = "aftersales.report.claim"
    _description = "Claim Analysis"
    _inherit = ["aftersales.report.currency.mixin"]
    _auto = False
    _rec_name = "claim_id"
    _order = "date_claim desc, claim_id desc, id"
    _document_field = "claim_id"
    _depends = {
        "aftersales.claim": [
            "asset_id",
            "cause_id",
            "company_id",
            "currency_id",
            "date_approved",
            "date_failure",
            "date_repair",
            "date_submitted",
            "dealer_id",
            "product_id",
            "state",
            "symptom_id",
        ],
        "aftersales.claim.line": [
            "amount_appraised",
            "amount_approved",
            "amount_claimed",
            "amount_settled",
            "claim_id",
            "kind",
            "product_id",
            "quantity",
            "return_state",
        ],
        "aftersales.asset": ["date_delivery", "date_sale_end_user"],
        "aftersales.cause": ["responsible"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "res.partner": ["country_id", "dealer_grade_id"],
        "res.company": ["currency_id"],
        "res.currency.rate": ["company_id", "currency_id", "name", "rate"],
    }

    claim_id = fields.Many2one(
        "aftersales.claim", string="Claims", readonly=True, aggregator="count_distinct"
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", string="Company Currency", readonly=True)
    claim_currency_id = fields.Many2one("res.currency", readonly=True)
    dealer_id = fields.Many2one("res.partner", readonly=True)
    dealer_grade_id = fields.Many2one("aftersales.dealer.grade", readonly=True)
    country_id = fields.Many2one("res.country", string="Dealer's Country", readonly=True)
    asset_id = fields.Many2one("aftersales.asset", readonly=True)
    product_id = fields.Many2one("product.product", string="Machine", readonly=True)
    product_categ_id = fields.Many2one("product.category", string="Machine Category", readonly=True)
    part_id = fields.Many2one("product.product", string="Part or Service", readonly=True)
    kind = fields.Selection(
        lambda self: self._selection_of("aftersales.claim.line", "kind"), readonly=True
    )
    state = fields.Selection(
        lambda self: self._selection_of("aftersales.claim", "state"),
        string="Status",
        readonly=True,
    )
    is_decided = fields.Boolean(string="Decided", readonly=True, help="Approved or refused.")
    return_state = fields.Selection(
        lambda self: self._selection_of("aftersales.claim.line", "return_state"),
        string="Old Part",
        readonly=True,
    )
    symptom_id = fields.Many2one("aftersales.symptom", readonly=True)
    cause_id = fields.Many2one("aftersales.cause", readonly=True)
    responsible = fields.Selection(
        lambda self: self._selection_of("aftersales.cause", "responsible"),
        string="Attributed to",
        readonly=True,
    )
    date_claim = fields.Datetime(
        string="Claimed on", readonly=True, help="Submitted, or entered while it is a draft."
    )
    date_failure = fields.Date(string="Failed on", readonly=True)
    date_repair = fields.Date(string="Repaired on", readonly=True)
    date_approved = fields.Datetime(string="Decided on", readonly=True)
    months_in_service = fields.Integer(
        string="Months in Service",
        readonly=True,
        aggregator="avg",
        help="Full months from the sale to the end user, else from delivery, until the failure.",
    )
    service_period = fields.Selection(
        [
            ("m03", "Months 0–2"),
            ("m06", "Months 3–5"),
            ("m12", "Months 6–11"),
            ("m24", "Months 12–23"),
            ("later", "Month 24 and later"),
        ],
        string="Period in Service",
        readonly=True,
    )
    quantity = fields.Float(readonly=True)
    amount_claimed = fields.Monetary(string="Claimed", readonly=True)
    amount_appraised = fields.Monetary(string="Appraised", readonly=True)
    amount_approved = fields.Monetary(
        string="Approved", readonly=True, help="Counts once the claim is approved."
    )
    amount_cut = fields.Monetary(
        string="Cut", readonly=True, help="Claimed and not approved, of decided claims."
    )
    amount_to_notice = fields.Monetary(
        string="Approved, Not Yet in a Notice", readonly=True, help="What waits for its notice."
    )
    amount_settled = fields.Monetary(
        string="Settled", readonly=True, help="At the rate of the claim."
    )
    days_to_decide = fields.Float(
        string="Days to Decide",
        readonly=True,
        aggregator="avg",
        help="From submitted to approved or refused; averaged over the lines.",
    )

    @property
    def _table_query(self) -> SQL:
        return SQL("SELECT %s FROM %s", self._select(), self._from())

    def _select(self) -> SQL:
        return SQL(
            """
            line.id, line.claim_id, document.company_id, company.currency_id,
            document.currency_id AS claim_currency_id, document.dealer_id, dealer.dealer_grade_id,
            dealer.country_id, document.asset_id, document.product_id,
            template.categ_id AS product_categ_id, line.product_id AS part_id, line.kind,
            document.state, document.is_decided, line.return_state, document.symptom_id,
            document.cause_id, cause.responsible,
            COALESCE(document.date_submitted, document.create_date) AS date_claim,
            document.date_failure, document.date_repair, document.date_approved,
            service.months AS months_in_service,
            CASE WHEN service.months < 3 THEN 'm03'
                 WHEN service.months < 6 THEN 'm06'
                 WHEN service.months < 12 THEN 'm12'
                 WHEN service.months < 24 THEN 'm24'
                 WHEN service.months IS NOT NULL THEN 'later'
            END AS service_period,
            line.quantity, %(amounts)s,
            %(hours)s / 24.0 AS days_to_decide
            """,
            amounts=self._amounts(),
            hours=self._hours_between(
                SQL("document.date_submitted"), SQL("document.date_approved")
            ),
        )

    def _amounts(self) -> SQL:
        approved = SQL("COALESCE(line.amount_approved, 0)")
        nothing = SQL("0")
        amounts = {
            "amount_claimed": SQL("COALESCE(line.amount_claimed, 0)"),
            "amount_appraised": SQL("COALESCE(line.amount_appraised, 0)"),
            "amount_approved": self._when(SQL("document.is_approved"), approved, nothing),
            "amount_cut": self._when(
                SQL("document.is_decided"),
                SQL(
                    "COALESCE(line.amount_claimed, 0) - %s",
                    self._when(SQL("document.is_approved"), approved, nothing),
                ),
                nothing,
            ),
            "amount_to_notice": self._when(SQL("document.state = 'approved'"), approved, nothing),
            "amount_settled": SQL("COALESCE(line.amount_settled, 0)"),
        }
        return SQL(", ").join(
            SQL("%s AS %s", self._to_company(amount), SQL.identifier(name))
            for name, amount in amounts.items()
        )

    def _when(self, condition, value, otherwise) -> SQL:
        return SQL("CASE WHEN %s THEN %s ELSE %s END", condition, value, otherwise)

    def _from(self) -> SQL:
        # A subquery, so that what the states mean is said once.
        claims = SQL(
            """(
                SELECT c.*,
                       c.state IN ('approved', 'noticed', 'settled') AS is_approved,
                       c.state IN ('approved', 'noticed', 'settled', 'refused') AS is_decided
                  FROM aftersales_claim c
            )"""
        )
        return SQL(
            """
            aftersales_claim_line line
            JOIN %(claims)s document ON document.id = line.claim_id
            JOIN res_company company ON company.id = document.company_id
            JOIN res_partner dealer ON dealer.id = document.dealer_id
            LEFT JOIN aftersales_asset asset ON asset.id = document.asset_id
            LEFT JOIN aftersales_cause cause ON cause.id = document.cause_id
            LEFT JOIN product_product product ON product.id = document.product_id
            LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            CROSS JOIN LATERAL (
                SELECT (EXTRACT(YEAR FROM age.span) * 12 + EXTRACT(MONTH FROM age.span))::integer
                       AS months
                  FROM (
                      SELECT AGE(
                          document.date_failure,
                          COALESCE(asset.date_sale_end_user, asset.date_delivery)
                      ) AS span
                  ) age
            ) service
            %(rates)s
            """,
            claims=claims,
            rates=self._join_rates(
                SQL("aftersales_claim"),
                SQL("COALESCE(document.date_submitted, document.create_date)::date"),
            ),
        )
