"""What the daily jobs on ending warranties take when there are many that are not due (W10)."""

from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

from devtools.bench_cases import measured

FEW, MANY, DUE = 10_000, 1_000_000, 500
LIMIT = 1.0  # seconds


def case_expiry(env):
    """Expire and tell of as many warranties among few and among a million others."""
    bench = _Bench(env)
    bench.add(FEW)
    bench.run()  # warm-up
    few = bench.run()
    bench.add(MANY - FEW)
    plans = bench.get_plans()
    many = bench.run()
    seconds, others = many["expire"].seconds, many["tell"].seconds
    return [
        (f"seconds to expire {DUE} of {MANY} warranties", seconds, LIMIT),
        (f"seconds to note {DUE} ending ones of {MANY}", others, 2 * LIMIT),
        (f"time to expire, {MANY} / {FEW}", seconds / few["expire"].seconds, 2.0),
        (f"time to note, {MANY} / {FEW}", others / few["tell"].seconds, 2.0),
        ("queries to expire", many["expire"].queries, 40),
        ("queries to note", many["tell"].queries, 60),
        ("plans without the partial index", sum(not uses for uses in plans), 0),
    ]


class _Bench:
    """A product with a policy, and warranties of it written by SQL."""

    def __init__(self, env):
        self.env = env(context=dict(env.context, tz="UTC"))
        self.policy = env["aftersales.warranty.policy"].create(
            {
                "name": "Bench expiry",
                "start_event": "delivery",
                "term_ids": [Command.create({"duration": 24, "duration_unit": "month"})],
            }
        )
        self.product = env["product.product"].create(
            {"name": "Bench expiry", "is_storable": True, "warranty_policy_id": self.policy.id}
        )
        self.customer = env["res.partner"].create({"name": "Bench customer"})
        self.today = env.company._get_aftersales_today()
        env.flush_all()

    def add(self, count):
        """Add assets with running warranties that end in one to three years."""
        self._insert(count, SQL("%s::date + 366 + (n %% 730)::int", self.today), "B")
        self.env.cr.execute("ANALYZE aftersales_asset")
        self.env.cr.execute("ANALYZE aftersales_warranty")

    def _insert(self, count, date_end, prefix):
        company = self.env.company.id
        self.env.cr.execute(
            SQL(
                """
                WITH assets AS (
                    INSERT INTO aftersales_asset (
                        name, company_id, product_id, partner_id, quantity, state, tracking,
                        date_delivery, warranty_policy_id, warranty_state, warranty_date_end,
                        create_date, write_date)
                    SELECT %s || nextval('aftersales_asset_id_seq'), %s, %s, %s, 1, 'in_service',
                        'none', %s::date - 300, %s, 'active', %s, now(), now()
                    FROM generate_series(1, %s) n
                    RETURNING id, name, warranty_date_end)
                INSERT INTO aftersales_warranty (
                    name, company_id, asset_id, policy_id, date_start, date_end, state,
                    create_date, write_date)
                SELECT 'W' || name, %s, id, %s, %s::date - 300, warranty_date_end, 'active',
                    now(), now()
                FROM assets
                """,
                prefix,
                company,
                self.product.id,
                self.customer.id,
                self.today,
                self.policy.id,
                date_end,
                count,
                company,
                self.policy.id,
                self.today,
            )
        )

    def run(self):
        """Add what is due and return {job: Measurement}."""
        self._insert(DUE, SQL("%s::date - 1", self.today), "E")
        self._insert(DUE, SQL("%s::date + (n %% 60)::int", self.today), "T")
        self.env.invalidate_all()
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", lambda *_args, **_kwargs: 1.0):
            with measured(self.env) as expire:
                self.env["aftersales.warranty"]._cron_expire()
            self.env.invalidate_all()
            with measured(self.env) as tell:
                self._note()
        ended = [("policy_id", "=", self.policy.id), ("date_end", "<", self.today)]
        left = self.env["aftersales.warranty"].search_count([*ended, ("state", "=", "active")])
        assert not left, "all that ended is expired"
        return {"expire": expire, "tell": tell}

    def _note(self):
        renewals, company = self.env["aftersales.renewal"], self.env.company
        warranties = renewals._get_ending(company, 60, 1000)
        assert len(warranties) >= DUE, "all that end are found"
        renewals._note_ending(warranties, [60, 30])
        assert not renewals._get_ending(company, 60, 1000), "each is noted once"

    def get_plans(self):
        """Return for both searches whether PostgreSQL answers them by the partial index."""
        soon = fields.Date.add(self.today, days=60)
        searches = {
            "expiry_idx": SQL(
                "SELECT id FROM aftersales_warranty WHERE state = 'active' AND date_end < %s "
                "ORDER BY date_end LIMIT 2000",
                self.today,
            ),
            "renewal_idx": SQL(
                "SELECT id FROM aftersales_warranty WHERE state = 'active' "
                "AND renewal_date IS DISTINCT FROM date_end AND company_id = %s "
                "AND date_end BETWEEN %s AND %s ORDER BY date_end LIMIT 1000",
                self.env.company.id,
                self.today,
                soon,
            ),
        }
        plans = []
        for index, search in searches.items():
            rows = self.env.execute_query(SQL("EXPLAIN %s", search))
            plan = "\n".join(row[0] for row in rows)
            plans.append(index in plan and "Seq Scan" not in plan)
        return plans
