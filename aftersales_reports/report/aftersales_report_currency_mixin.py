from odoo import models
from odoo.tools import SQL


class AftersalesReportCurrencyMixin(models.AbstractModel):
    """Amounts of documents in several currencies, shown in the company's currency.

    The rate is the one of a date of the document, not today's: a figure once reported stays. It is
    looked up as Odoo's own conversion does, once for each day on which there are documents in a
    currency, never once a row. Each row is rounded to the company currency, totals are sums of
    rounded rows.
    """

    _name = "aftersales.report.currency.mixin"
    _description = "Analysis in Company Currency"
    _inherit = ["aftersales.report.mixin"]

    def _join_rates(self, table, date) -> SQL:
        """SQL: joins that ``_to_company`` needs, for a query that has res_company as ``company``.

        :param SQL table: the document's table, known in the query as ``document``
        :param SQL date: of ``document``, the date whose rate counts
        """
        return SQL(
            """
            JOIN res_currency own ON own.id = company.currency_id
            LEFT JOIN (%(rates)s) rates
                   ON rates.company_id = document.company_id
                  AND rates.currency_id = document.currency_id
                  AND rates.date = %(date)s
            """,
            rates=self._rates(table, date),
            date=date,
        )

    def _rates(self, table, date) -> SQL:
        """SQL: company, currency, date and the factor to the company's currency."""
        return SQL(
            """
            SELECT days.company_id, days.currency_id, days.date, %(own)s / %(foreign)s AS factor
              FROM (
                       SELECT DISTINCT document.company_id, document.currency_id, %(date)s AS date,
                              head.currency_id AS own_id,
                              SPLIT_PART(head.parent_path, '/', 1)::integer AS root_id
                         FROM %(table)s document
                         JOIN res_company head ON head.id = document.company_id
                        WHERE document.currency_id != head.currency_id
                   ) days
            """,
            own=self._rate_of(SQL("days.own_id")),
            foreign=self._rate_of(SQL("days.currency_id")),
            date=date,
            table=table,
        )

    def _rate_of(self, currency) -> SQL:
        """SQL: the rate of ``currency`` on the day, else its first one, else 1.

        The same order as in res.currency: a company's own rates go before shared ones.
        """
        rate = SQL(
            """
            SELECT rate.rate FROM res_currency_rate rate
             WHERE rate.currency_id = %s
               AND (rate.company_id IS NULL OR rate.company_id = days.root_id)
            """,
            currency,
        )
        return SQL(
            """COALESCE(
                (%(rate)s AND rate.name <= days.date
                 ORDER BY rate.company_id, rate.name DESC LIMIT 1),
                (%(rate)s ORDER BY rate.company_id, rate.name LIMIT 1),
                1)
            """,
            rate=rate,
        )

    def _to_company(self, amount) -> SQL:
        """SQL: ``amount`` of the document in the company's currency, rounded to it."""
        return SQL(
            """
            CASE WHEN rates.factor IS NULL THEN %(amount)s
                 ELSE own.rounding * ROUND((%(amount)s * rates.factor / own.rounding)::numeric)
            END
            """,
            amount=amount,
        )
