"""What it takes to check dealers' claims: a thousand submitted at once, and one among 300,000."""

import re
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

from devtools.bench_cases import measured

CLAIMS, DEALERS, MACHINES = 1_000, 20, 500
PAST = 300_000
SIGNATURE = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    b"AABJRU5ErkJggg=="
)


def case_claim_submit(env):
    """1,000 claims of labour, part, travel and a photo are submitted at once with all checks."""
    data = _ClaimData(env)
    claims = data.make_claims(CLAIMS)
    few = data.make_claims(CLAIMS // 10)
    env.company.aftersales_claim_auto_limit = 1000.0
    with measured(env) as tenth:
        few.action_submit()
    env.invalidate_all()
    with measured(env) as result:
        claims.action_submit()
    checks = env["aftersales.claim.check"].search_count([("claim_id", "in", claims.ids)])
    assert checks >= 13 * CLAIMS, checks
    assert "approved" in claims.mapped("state"), claims.grouped("state").keys()
    env.invalidate_all()
    with measured(env) as again:
        claims.filtered(lambda claim: claim.state == "submitted")._run_checks(version_offset=0)
    more = (result.queries - tenth.queries) / (CLAIMS - CLAIMS // 10)
    return [
        (f"queries for each of {CLAIMS} claims", result.queries / CLAIMS, 10),
        ("queries that come with each further claim", more, 5),
        ("milliseconds for each claim", 1000 * result.seconds / CLAIMS, None),
        ("queries to check them again, for each", again.queries / CLAIMS, 1),
    ]


def case_claim_checks_among_many(env):
    """One claim is checked among 300,000: what it is compared with is found by indexes."""
    data = _ClaimData(env)
    claim = data.make_claims(1)
    data.make_past()
    with measured(env) as peers:
        env["aftersales.claim.peer"]._compute_for(data.get_pairs())
    env.cr.execute("ANALYZE aftersales_claim_peer")
    env.invalidate_all()
    with measured(env) as result:
        claim.action_submit()
    env.invalidate_all()
    with measured(env) as nightly:
        env["aftersales.claim.signal"]._find_dealer_signals(env.company)
    # A table of twenty usual claims is read as a whole, rightly.
    whole = re.compile(r"Seq Scan on aftersales_claim(_line)?\b(?!_)")
    scans = [name for name, plan in data.explain(claim) if whole.search(plan)]
    return [
        (f"seconds to submit one among {PAST}", result.seconds, 2),
        ("queries to submit one", result.queries, 200),
        ("comparisons that read whole tables", len(scans), 0),
        (
            f"seconds for the usual claims of {len(data.get_pairs())} dealers and machines",
            peers.seconds,
            None,
        ),
        ("seconds for the nightly figures of dealers", nightly.seconds, 10),
    ]


class _ClaimData:
    """Dealers with agreements, registered machines, an operation and a part."""

    def __init__(self, env):
        self.env = env
        self.today = fields.Date.context_today(env.user)
        self.dealers = env["res.partner"].create(
            [
                {"name": f"Bench dealer {n}", "is_company": True, "is_dealer": True}
                for n in range(DEALERS)
            ]
        )
        agreements = env["aftersales.dealer.agreement"].create(
            [
                {
                    "dealer_id": dealer.id,
                    "date_start": self.today - timedelta(days=700),
                    "labour_rate": 40.0,
                    "travel_rate": 0.5,
                }
                for dealer in self.dealers
            ]
        )
        agreements.action_start()
        policy = env["aftersales.warranty.policy"].create(
            {
                "name": "Bench claims",
                "start_event": "delivery",
                "term_ids": [Command.create({"duration": 24, "duration_unit": "month"})],
            }
        )
        self.machine = env["product.product"].create(
            {"name": "Bench machine", "is_asset": True, "warranty_policy_id": policy.id}
        )
        self.others = env["product.product"].create(
            [{"name": f"Bench machine {n}", "is_asset": True} for n in range(49)]
        )
        self.operation = env["product.product"].create(
            {"name": "Bench operation", "type": "service", "standard_hours": 2.0}
        )
        self.part = env["product.product"].create(
            {"name": "Bench part", "is_storable": True, "standard_price": 10.0}
        )
        self.symptom = env["aftersales.symptom"].create({"name": "Bench symptom"})
        self.assets = self._make_assets()

    def _make_assets(self):
        sold = self.today - timedelta(days=15)  # registered in time
        assets = self.env["aftersales.asset"].create(
            [
                {
                    "product_id": self.machine.id,
                    "partner_id": self.dealers[n % DEALERS].id,
                    "dealer_id": self.dealers[n % DEALERS].id,
                    "date_delivery": sold - timedelta(days=10),
                    "state": "in_service",
                }
                for n in range(MACHINES)
            ]
        )
        cards = self.env["aftersales.registration"].create(
            [
                {
                    "asset_id": asset.id,
                    "date_sale": sold,
                    "end_user_name": f"Bench user {number}",
                    "end_user_phone": f"+34 6000 {number:05d}",
                }
                for number, asset in enumerate(assets)
            ]
        )
        cards.action_register()
        return assets

    def make_claims(self, count):
        """Return ``count`` signed draft claims, each with a photo."""
        photos = self.env["ir.attachment"].create(
            [{"name": "photo.png", "raw": b"bench %d" % number} for number in range(count)]
        )
        return self.env["aftersales.claim"].create(
            [
                self._prepare_claim(self.assets[number % MACHINES], number, photos[number])
                for number in range(count)
            ]
        )

    def _prepare_claim(self, asset, number, photo):
        lines = [
            {"kind": "labour", "product_id": self.operation.id, "quantity": 1.0 + number % 3},
            {"kind": "travel", "quantity": 20.0},
        ]
        if number % 6:  # the others are clean: nothing is cut, no part has to be genuine
            part = {"kind": "part", "product_id": self.part.id, "return_required": False}
            lines.append(part)
        return {
            "dealer_id": asset.dealer_id.id,
            "asset_id": asset.id,
            "symptom_id": self.symptom.id,
            "date_failure": self.today - timedelta(days=9),
            "date_repair": self.today - timedelta(days=7),
            "signature": SIGNATURE,
            "signed_by": "Bench user",
            "photo_ids": [Command.link(photo.id)],
            "line_ids": [Command.create(line) for line in lines],
        }

    def make_past(self):
        """Insert decided claims of the dealers, with a labour and a part line each, by SQL."""
        execute = self.env.cr.execute
        self.env.flush_all()
        execute(
            SQL(
                """WITH claim AS (
                    INSERT INTO aftersales_claim (name, company_id, dealer_id, asset_id, product_id,
                        symptom_id, currency_id, date_failure, date_repair, date_submitted, state,
                        amount_claimed, check_draw)
                    SELECT 'BENCH/' || n, %(company)s,
                        (%(dealers)s::int[])[1 + n %% %(dealer_count)s],
                        CASE WHEN n %% 20 = 0
                            THEN (%(assets)s::int[])[1 + n / 20 %% %(asset_count)s] END,
                        (%(machines)s::int[])[1 + n / 7 %% %(machine_count)s], %(symptom)s,
                        %(currency)s, %(day)s::date - n %% 700, %(day)s::date - n %% 700,
                        %(day)s::date - n %% 700,
                        CASE WHEN n %% 20 = 0 THEN 'refused' ELSE 'approved' END, 80 + n %% 40, 50
                    FROM generate_series(1, %(count)s) AS n RETURNING *)
                INSERT INTO aftersales_claim_line (claim_id, company_id, dealer_id, asset_id,
                    date_repair, claim_state, kind, product_id, name, quantity, price_unit,
                    amount_claimed, return_state, payer_source)
                SELECT id, company_id, dealer_id, asset_id, date_repair, state, kind.kind,
                    kind.product, 'Bench', 1 + id %% 3, 10, 10 * (1 + id %% 3), 'none',
                    'standard'
                FROM claim, (VALUES ('labour', %(operation)s), ('part', %(part)s))
                    AS kind(kind, product)""",
                company=self.env.company.id,
                dealers=self.dealers.ids,
                dealer_count=DEALERS,
                assets=self.assets.ids,
                asset_count=MACHINES,
                machines=(self.machine | self.others).ids,
                machine_count=len(self.others) + 1,
                symptom=self.symptom.id,
                currency=self.env.company.currency_id.id,
                day=self.today,
                count=PAST,
                operation=self.operation.id,
                part=self.part.id,
            )
        )
        for table in ("aftersales_claim", "aftersales_claim_line"):
            execute(SQL("ANALYZE %s", SQL.identifier(table)))
        self.env.invalidate_all()

    def get_pairs(self):
        """Return (company id, dealer id, machine id) of all dealers."""
        return [(self.env.company.id, dealer.id, self.machine.id) for dealer in self.dealers]

    def explain(self, claim):
        """Return (name, plan) of the queries that compare ``claim`` with others."""
        lines = self.env["aftersales.claim.line"]
        duplicates = lines._search(
            [
                ("asset_id", "=", claim.asset_id.id),
                ("product_id", "=", self.part.id),
                ("kind", "=", "part"),
                ("claim_state", "not in", ("draft", "returned", "refused", "cancelled")),
            ]
        ).select()
        peers = SQL(
            "SELECT median FROM aftersales_claim_peer WHERE product_id = %s AND metric = 'claim'",
            self.machine.id,
        )
        own = SQL(
            "SELECT id FROM aftersales_claim WHERE product_id = %s AND dealer_id = %s"
            " AND company_id = %s AND date_submitted >= '2000-01-01'",
            self.machine.id,
            self.dealers[0].id,
            self.env.company.id,
        )
        plans = []
        for name, query in (("duplicates", duplicates), ("peers", peers), ("samples", own)):
            self.env.cr.execute(SQL("EXPLAIN %s", query))
            plans.append((name, "\n".join(row[0] for row in self.env.cr.fetchall())))
        return plans
