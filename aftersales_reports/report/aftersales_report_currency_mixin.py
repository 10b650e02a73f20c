from odoo import models
from odoo.tools import SQL


class AftersalesReportCurrencyMixin(models.AbstractModel):
    """Amounts of documents in several currencies, shown in the company's currency.

    The rate is the one of a date of the document, not today's: a figure once reported stays.
    Rates are read as ranges (one hash join, no subquery per row); before the first rate the first
    one counts, as in Odoo's own conversion. Each row is rounded to the company currency, totals
    are sums of rounded rows.
    """

    _name = "aftersales.report.currency.mixin"
    _description = "Analysis in Company Currency"
    _inherit = ["aftersales.report.mixin"]

    def _rate_ranges(self) -> SQL:
        """SQL: company, currency, rate and the dates it is valid from (included) and to (excluded).

        A company's own rate goes before a shared one of the same day; branches use the rates of
        their head company.
        """
        return SQL(
            """
            SELECT owner.id AS company_id, rate.currency_id, rate.rate,
                   CASE WHEN ROW_NUMBER() OVER rates = 1 THEN DATE '-infinity' ELSE rate.name END
                   AS date_from,
                   COALESCE(LEAD(rate.name) OVER rates, DATE 'infinity') AS date_to
              FROM res_company owner
              JOIN res_currency_rate rate
                ON rate.company_id IS NULL
                OR rate.company_id = SPLIT_PART(owner.parent_path, '/', 1)::integer
            WINDOW rates AS (
                       PARTITION BY owner.id, rate.currency_id
                       ORDER BY rate.name, rate.company_id NULLS FIRST
                   )
            """
        )

    def _join_rates(self, currency, date) -> SQL:
        """SQL: joins that ``_to_company`` needs, for a query that has res_company as ``company``.

        :param SQL currency: the document's currency
        :param SQL date: the date whose rate counts
        """
        return SQL(
            """
            JOIN res_currency own ON own.id = company.currency_id
            LEFT JOIN (%(ranges)s) foreign_rate
                   ON foreign_rate.company_id = company.id
                  AND foreign_rate.currency_id = %(currency)s
                  AND %(currency)s != company.currency_id
                  AND %(date)s >= foreign_rate.date_from AND %(date)s < foreign_rate.date_to
            LEFT JOIN (%(ranges)s) own_rate
                   ON own_rate.company_id = company.id
                  AND own_rate.currency_id = company.currency_id
                  AND %(currency)s != company.currency_id
                  AND %(date)s >= own_rate.date_from AND %(date)s < own_rate.date_to
            """,
            ranges=self._rate_ranges(),
            currency=currency,
            date=date,
        )

    def _to_company(self, amount, currency) -> SQL:
        """SQL: ``amount`` in the company's currency, rounded to it."""
        return SQL(
            """
            CASE WHEN %(currency)s = company.currency_id THEN %(amount)s
                 ELSE own.rounding * ROUND(
                          (%(amount)s * COALESCE(own_rate.rate, 1)
                           / COALESCE(foreign_rate.rate, 1) / own.rounding)::numeric
                      )
            END
            """,
            amount=amount,
            currency=currency,
        )
