"""What assets and warranties add to Odoo's own time for a delivery."""

from odoo.fields import Command

from devtools.bench_cases import measured

SERIALS = 1000
ROUNDS = 2


def case_deliver(env):
    """Deliver serials of a machine, against the same delivery of a product without assets.

    Each delivery starts from the same database: a second one in the same transaction is slower,
    with or without assets. The best of some rounds counts, as other work on the machine only adds.
    """
    _measure(env, 5, is_asset=True)
    runs = [
        (_measure(env, SERIALS, is_asset=False), _measure(env, SERIALS, is_asset=True))
        for __ in range(ROUNDS)
    ]
    plain = min((run[0] for run in runs), key=lambda result: result.seconds)
    machine = min((run[1] for run in runs), key=lambda result: result.seconds)
    half = _measure(env, SERIALS // 2, is_asset=True)
    per_unit = (machine.queries - half.queries) / (SERIALS - SERIALS // 2)
    return [
        (f"time of {SERIALS} machines / of plain products", machine.seconds / plain.seconds, 1.2),
        (f"queries added for {SERIALS} machines", machine.queries - plain.queries, 100),
        ("queries for each further machine, Odoo's included", per_unit, None),
    ]


def _measure(env, count, is_asset):
    """What a delivery took; it is rolled back."""
    try:
        return _deliver(env, "Bench", count, is_asset)
    finally:
        env.cr.rollback()
        env.invalidate_all(flush=False)


def _deliver(env, name, count, is_asset):
    """Sell and deliver new serials; return what the delivery itself took."""
    policy = env["aftersales.warranty.policy"].create(
        {
            "name": name,
            "start_event": "delivery",
            "term_ids": [Command.create({"duration": 24, "duration_unit": "month"})],
        }
    )
    product = env["product.product"].create(
        {
            "name": name,
            "is_storable": True,
            "tracking": "serial",
            "is_asset": is_asset,
            "warranty_policy_id": policy.id if is_asset else False,
        }
    )
    _stock_up(env, product, count)
    picking = _sell(env, product, count)
    with measured(env) as result:
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
    made = env["aftersales.asset"].search_count([("product_id", "=", product.id)])
    assert (picking.state, made) == ("done", count if is_asset else 0)
    return result


def _stock_up(env, product, count):
    """Put new serials of a product into stock."""
    location = env["stock.warehouse"].search([], limit=1).lot_stock_id
    lots = env["stock.lot"].create(
        [{"name": f"{product.name} {number}", "product_id": product.id} for number in range(count)]
    )
    env["stock.quant"].with_context(inventory_mode=True).create(
        [
            {
                "product_id": product.id,
                "location_id": location.id,
                "lot_id": lot.id,
                "inventory_quantity": 1,
            }
            for lot in lots
        ]
    ).action_apply_inventory()


def _sell(env, product, count):
    """Confirm a sale of a product; return its transfer, reserved and picked."""
    order = env["sale.order"].create(
        {
            "partner_id": env["res.partner"].create({"name": "Bench customer"}).id,
            "order_line": [Command.create({"product_id": product.id, "product_uom_qty": count})],
        }
    )
    order.action_confirm()
    picking = order.picking_ids
    picking.action_assign()
    picking.move_ids.picked = True
    return picking
