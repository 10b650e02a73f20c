from datetime import UTC, datetime

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.peers import Peers

MONTHS = 24

# What each dealer claims for the same job: the middle of it, and how far the others are from it.
UPSERT = """
    WITH claim AS MATERIALIZED (
            SELECT claim.id, claim.company_id, claim.dealer_id, claim.product_id,
                   claim.symptom_id, claim.currency_id, claim.amount_claimed
              FROM unnest(%(companies)s::int[], %(dealers)s::int[], %(products)s::int[])
                AS pair(company, dealer, product)
              JOIN aftersales_claim AS claim
                ON claim.product_id = pair.product AND claim.dealer_id = pair.dealer
               AND claim.company_id = pair.company
             WHERE claim.date_submitted >= %(since)s
               AND claim.state NOT IN ('draft', 'returned', 'cancelled')
        ), line AS (
            SELECT claim.*, line.kind, line.operation_id, line.quantity,
                   CASE WHEN line.operation_id IS NULL THEN line.product_id END AS job_id,
                   line.amount_claimed AS amount
              FROM claim JOIN aftersales_claim_line AS line ON line.claim_id = claim.id
        ), value AS (
            SELECT 'claim' AS metric, company_id, dealer_id, product_id, symptom_id,
                   NULL::int AS job_id, NULL::int AS operation_id, currency_id,
                   amount_claimed AS value
              FROM claim WHERE symptom_id IS NOT NULL
            UNION ALL
            SELECT 'line', company_id, dealer_id, product_id, NULL, job_id, operation_id,
                   currency_id, amount
              FROM line
             WHERE kind IN ('labour', 'part')
               AND (job_id IS NOT NULL OR operation_id IS NOT NULL)
            UNION ALL
            SELECT 'hours', line.company_id, dealer_id, product_id, NULL, NULL, NULL,
                   company.currency_id, sum(quantity)
              FROM line JOIN res_company AS company ON company.id = line.company_id
             WHERE kind = 'labour'
             GROUP BY line.id, line.company_id, dealer_id, product_id, company.currency_id
        ), middle AS (
            SELECT metric, company_id, dealer_id, product_id, symptom_id, job_id,
                   operation_id, currency_id, count(*) AS claims, array_agg(value) AS values,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS median
              FROM value GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
        )
       INSERT INTO aftersales_claim_peer (
            metric, company_id, dealer_id, product_id, symptom_id, job_id, operation_id,
            currency_id, median, deviation, claims, date_computed, create_date, write_date)
       SELECT metric, company_id, dealer_id, product_id, symptom_id, job_id, operation_id,
              currency_id, median,
              (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(each.value - median))
                 FROM unnest(middle.values) AS each(value)),
              claims, %(now)s, %(now)s, %(now)s
         FROM middle
       ON CONFLICT (product_id, metric, company_id, currency_id, COALESCE(symptom_id, 0),
                    COALESCE(job_id, 0), COALESCE(operation_id, 0), dealer_id)
       DO UPDATE SET median = EXCLUDED.median, deviation = EXCLUDED.deviation,
            claims = EXCLUDED.claims, date_computed = EXCLUDED.date_computed,
            write_date = EXCLUDED.write_date
"""


class AftersalesClaimPeer(models.Model):
    """What a dealer usually claims for a job: median, deviation and number, of two years (D08,
    D19).

    Kept by a job for the dealers and machines that were claimed for since it last ran; a claim is
    compared with the rows of the other dealers, never with a million claims.
    """

    _name = "aftersales.claim.peer"
    _description = "Usual Claims of a Dealer"
    _order = "product_id, metric, dealer_id"
    _rec_name = "dealer_id"

    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    metric = fields.Selection(
        [
            ("claim", "Amount of a claim"),
            ("line", "Amount of a line"),
            ("hours", "Hours of a claim"),
        ],
        string="Figure",
        required=True,
    )
    dealer_id = fields.Many2one("res.partner", required=True, index=True, ondelete="cascade")
    product_id = fields.Many2one(
        "product.product", string="Machine", required=True, index=True, ondelete="cascade"
    )
    symptom_id = fields.Many2one("aftersales.symptom", index="btree_not_null", ondelete="cascade")
    job_id = fields.Many2one(
        "product.product",
        string="Work or Part",
        index="btree_not_null",
        ondelete="cascade",
    )
    operation_id = fields.Many2one(
        "aftersales.labour.operation", index="btree_not_null", ondelete="cascade"
    )
    currency_id = fields.Many2one("res.currency", required=True, ondelete="cascade")
    median = fields.Float(readonly=True, aggregator="avg", digits=(16, 2))
    deviation = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
        help="Median of how far the claims are from their median.",
    )
    claims = fields.Integer(string="Number of Claims", readonly=True)
    date_computed = fields.Datetime(string="Worked out on", required=True, readonly=True)

    # The dealer comes last: a claim asks for the rows of all dealers of one job.
    _key_uniq = models.UniqueIndex(
        "(product_id, metric, company_id, currency_id, COALESCE(symptom_id, 0),"
        " COALESCE(job_id, 0), COALESCE(operation_id, 0), dealer_id)",
        "A dealer has one row for each figure of a job.",
    )
    _age_idx = models.Index("(date_computed, id)")

    @api.model
    def _get_peers(self, keys):
        """Return {key: ``peers.Peers``} of what *other* dealers claim, in one query.

        :param keys: (metric, company id, dealer id, machine id, symptom id or 0,
            product id of the line or 0, operation id or 0, currency id)
        """
        keys = list(set(keys))
        if not keys:
            return {}
        self.flush_model()
        columns = [list(column) for column in zip(*keys, strict=True)]
        rows = self.env.execute_query(
            SQL(
                """WITH asked AS (
                        SELECT * FROM unnest(%s::text[], %s::int[], %s::int[], %s::int[], %s::int[],
                                             %s::int[], %s::int[], %s::int[])
                          WITH ORDINALITY
                            AS asked(metric, company, dealer, product, symptom, job, operation,
                                     currency, number)
                    ), other AS (
                        SELECT asked.number, peer.median, peer.deviation, peer.claims
                          FROM asked
                          JOIN aftersales_claim_peer AS peer
                            ON peer.product_id = asked.product AND peer.metric = asked.metric
                           AND peer.company_id = asked.company
                           AND peer.currency_id = asked.currency
                           AND COALESCE(peer.symptom_id, 0) = asked.symptom
                           AND COALESCE(peer.job_id, 0) = asked.job
                           AND COALESCE(peer.operation_id, 0) = asked.operation
                           AND peer.dealer_id != asked.dealer
                    ), middle AS (
                        SELECT number,
                               percentile_cont(0.5) WITHIN GROUP (ORDER BY median) AS median,
                               sum(claims) AS claims, count(*) AS dealers,
                               array_agg(median) AS medians, array_agg(deviation) AS deviations
                          FROM other GROUP BY number
                    )
                   SELECT number, median,
                          (SELECT percentile_cont(0.5) WITHIN GROUP (
                            ORDER BY GREATEST(each.deviation, abs(each.median - middle.median)))
                             FROM unnest(medians, deviations) AS each(median, deviation)),
                          claims, dealers
                     FROM middle""",
                *columns,
            )
        )
        return {
            keys[number - 1]: Peers(median, deviation, int(claims), dealers)
            for number, median, deviation, claims, dealers in rows
        }

    @api.model
    def _compute_for(self, pairs):
        """Work out the rows of (company id, dealer id, machine id) ``pairs`` anew, in two
        statements.
        """
        if not pairs:
            return
        self.env.flush_all()
        columns = [list(column) for column in zip(*pairs, strict=True)]
        since = fields.Datetime.subtract(fields.Datetime.now(), months=MONTHS)
        # Finer than a second: what is older than this very run is left over.
        now = datetime.now(UTC).replace(tzinfo=None)
        self.env.cr.execute(self._get_upsert(columns, since, now))
        # Rows that nothing stands behind any more.
        self.env.cr.execute(
            SQL(
                """DELETE FROM aftersales_claim_peer AS peer
                    USING unnest(%s::int[], %s::int[], %s::int[]) AS pair(company, dealer, product)
                    WHERE peer.company_id = pair.company AND peer.dealer_id = pair.dealer
                      AND peer.product_id = pair.product AND peer.date_computed < %s""",
                *columns,
                now,
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _get_upsert(self, columns, since, now):
        """Return the statement that computes the figures of these groups anew."""
        return SQL(
            UPSERT,
            companies=columns[0],
            dealers=columns[1],
            products=columns[2],
            since=since,
            now=now,
        )
