"""What it takes to make the assets of deliveries from before the addons."""

import resource
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command

from devtools.bench_cases import measured

UNITS, PER_DELIVERY, BATCH = 20_000, 100, 1000


def case_past_delivery(env):
    """Make the assets, warranties and terms of 20,000 serials that were delivered before."""
    job = _make_deliveries(env, UNITS)
    job.action_start()
    env.flush_all()
    queries, memory = [], []
    with measured(env) as whole:
        for __ in range(UNITS // BATCH):
            with measured(env) as batch:
                job._run_batch(BATCH)
            env.invalidate_all()  # as the cron does after each commit
            queries.append(batch.queries)
            memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    made = env["aftersales.asset"].search_count([("past_delivery_id", "=", job.id)])
    assert made == UNITS, made
    return [
        (f"milliseconds an asset with warranty and term, {UNITS}", whole.seconds / made * 1e3, 1.0),
        (f"queries in the last batch of {BATCH} / in the second", queries[-1] / queries[1], 1.1),
        (f"queries in a batch of {BATCH}", max(queries), 150),
        ("memory after the last batch / after the second", memory[-1] / memory[1], 1.2),
    ]


def _make_deliveries(env, count):
    """Deliver one serial for real, copy its rows for the others; return the run to make them."""
    moves = env.registry["stock.move"]
    policy = env["aftersales.warranty.policy"].create(
        {
            "name": "Bench past",
            "start_event": "delivery",
            "term_ids": [Command.create({"duration": 24, "duration_unit": "month"})],
        }
    )
    product = env["product.product"].create(
        {
            "name": "Bench past",
            "is_storable": True,
            "tracking": "serial",
            "warranty_policy_id": policy.id,
        }
    )
    lot = env["stock.lot"].create({"name": "Bench-P0", "product_id": product.id})
    location = env["stock.warehouse"].search([], limit=1).lot_stock_id
    env["stock.quant"]._update_available_quantity(product, location, 1, lot_id=lot)
    order = env["sale.order"].create(
        {
            "partner_id": env["res.partner"].create({"name": "Bench customer"}).id,
            "order_line": [Command.create({"product_id": product.id})],
        }
    )
    order.action_confirm()
    picking = order.picking_ids
    picking.move_ids.picked = True
    with patch.object(moves, "_make_aftersales_assets"):
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
    env.flush_all()
    lots = _copy_rows(env, lot, count - 1, {"name": "'Bench-P' || n"})
    lots.insert(0, lot.id)
    moves = _copy_rows(env, picking.move_ids, count // PER_DELIVERY - 1, {})
    moves.insert(0, picking.move_ids.id)
    line = picking.move_ids.move_line_ids
    first_lot, first_move = lots[1], moves[1]
    _copy_rows(
        env,
        line,
        count - 1,
        {
            "lot_id": f"{first_lot} + n - 1",
            "move_id": f"CASE WHEN n < {PER_DELIVERY} THEN {moves[0]}"
            f" ELSE {first_move} + n / {PER_DELIVERY} - 1 END",
        },
    )
    for table in ("stock_lot", "stock_move", "stock_move_line"):
        env.cr.execute(f"ANALYZE {table}")
    env.invalidate_all()
    return env["aftersales.past.delivery"].create(
        {"product_ids": product.ids, "date_to": fields.Date.add(fields.Date.today(), days=1)}
    )


def _copy_rows(env, record, count, own):
    """Copy the row of ``record`` ``count`` times, with SQL of ``n`` for the columns ``own``; return
    the ids, which follow on each other.
    """
    columns = [
        name
        for name, field in record._fields.items()
        if field.store and field.column_type and name != "id"
    ]
    values = [own.get(name, f'"{name}"') for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    env.cr.execute(
        f"INSERT INTO {record._table} ({names}) SELECT {', '.join(values)}"
        f" FROM {record._table}, generate_series(1, %s) AS n WHERE id = %s ORDER BY n"
        " RETURNING id",
        [count, record.id],
    )
    return [row[0] for row in env.cr.fetchall()]
