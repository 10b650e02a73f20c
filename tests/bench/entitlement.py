"""What it takes to answer whether a machine is covered."""

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

from devtools.bench_cases import measured

MANY, MORE = 10_000, 100_000
TICKETS = 1_000


def case_entitlement(env):
    """One question about many machines, ten times, then about all of them at once: the same
    work both times, the best of three turns, as others use the processor too.
    """
    assets = _make_assets(env, MORE)
    assets[:100].get_entitlement()
    ratios = []
    for _turn in range(3):
        parts = [_resolve(env, assets[n : n + MANY]) for n in range(0, MORE, MANY)]
        whole = _resolve(env, assets)
        ratios.append(whole.seconds / sum(part.seconds for part in parts))
    return [
        (f"queries for {MANY} assets", parts[0].queries, 20),
        (f"seconds for {MANY} assets", min(part.seconds for part in parts), None),
        (f"queries for {MORE} assets, per {MANY}", whole.queries / (MORE / MANY), 20),
        (f"time per asset, {MORE} / {MANY} assets", min(ratios), 1.2),
    ]


def case_entitlement_questions(env):
    """Another question for each machine: other dates, meters, parts."""
    assets = _make_assets(env, TICKETS)
    today = fields.Date.today()
    parts = env["product.product"].create([{"name": f"Bench part {n}"} for n in range(10)])
    questions = [
        {
            "asset": asset_id,
            "date": fields.Date.subtract(today, days=number),
            "part": parts.ids[number % 10],
            "meter": number,
        }
        for number, asset_id in enumerate(assets.ids)
    ]
    few = _ask(env, questions[: TICKETS // 10])
    many = _ask(env, questions)
    return [
        (f"queries for {TICKETS} different questions", many.queries, 20),
        ("queries that come with ten times the questions", many.queries - few.queries, 0),
    ]


def _resolve(env, assets):
    """Measure the resolver on assets that are not in the cache."""
    env.invalidate_all()
    with measured(env) as result:
        assets.get_entitlement()
    return result


def _ask(env, questions):
    """Measure different questions."""
    env.invalidate_all()
    with measured(env) as result:
        env["aftersales.asset"].get_entitlements(questions)
    return result


def _make_assets(env, count):
    """Assets in service, each with a warranty of two terms: one is made, the rest copied by SQL."""
    policy = env["aftersales.warranty.policy"].create(
        {
            "name": "Bench entitlement",
            "start_event": "delivery",
            "term_ids": [
                Command.create({"duration": 24, "duration_unit": "month"}),
                Command.create(
                    {
                        "duration": 3,
                        "duration_unit": "month",
                        "part_category_id": env["product.category"].create({"name": "Bench"}).id,
                    }
                ),
            ],
        }
    )
    product = env["product.product"].create(
        {"name": "Bench entitlement", "is_asset": True, "warranty_policy_id": policy.id}
    )
    asset = env["aftersales.asset"].create(
        {
            "product_id": product.id,
            "partner_id": env["res.partner"].create({"name": "Bench customer"}).id,
            "date_delivery": fields.Date.today(),
            "state": "in_service",
        }
    )
    env.flush_all()
    ids = _copy_rows(env, asset, count - 1)
    warranty = asset.warranty_ids
    warranty_ids = _copy_rows(env, warranty, count - 1, asset_id=ids)
    for term in warranty.term_ids:
        _copy_rows(env, term, count - 1, warranty_id=warranty_ids)
    env.invalidate_all()
    for table in ("aftersales_asset", "aftersales_warranty", "aftersales_warranty_term"):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    return asset.browse(asset.ids + ids)


def _copy_rows(env, record, count, **parents):
    """Copy the row of ``record`` so many times, each with a number of its own and the next of
    its ``parents`` (column: ids); return the ids.
    """
    names = [
        name
        for name, field in record._fields.items()
        if field.store and field.column_type and name != "id"
    ]
    values = {name: SQL.identifier(name) for name in names}
    if "name" in values:
        values["name"] = SQL("name || '-' || number")
    for name, ids in parents.items():
        values[name] = SQL("(%s::int[])[number]", ids)
    rows = env.execute_query(
        SQL(
            "INSERT INTO %(table)s (%(names)s) SELECT %(values)s"
            " FROM %(table)s, generate_series(1, %(count)s) AS number WHERE id = %(id)s"
            " RETURNING id",
            table=SQL.identifier(record._table),
            names=SQL(", ").join(map(SQL.identifier, names)),
            values=SQL(", ").join(values.values()),
            count=count,
            id=record.id,
        )
    )
    return [row[0] for row in rows]
