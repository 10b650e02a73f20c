"""What it takes to answer whether a machine is covered."""

from odoo import fields
from odoo.fields import Command

from devtools.bench_cases import measured

FEW, MANY = 100, 1000


def case_entitlement(env):
    """Resolve the entitlement of many assets at once."""
    assets = _make_assets(env, MANY)
    assets[:1].get_entitlement()
    few = _resolve(env, assets[:FEW])
    many = _resolve(env, assets)
    return [
        (f"queries for {MANY} assets", many.queries, 20),
        (
            f"time per asset, {MANY} / {FEW} assets",
            (many.seconds / MANY) / (few.seconds / FEW),
            1.5,
        ),
    ]


def _resolve(env, assets):
    """Measure the resolver on assets that are not in the cache."""
    env.invalidate_all()
    with measured(env) as result:
        assets.get_entitlement()
    return result


def _make_assets(env, count):
    """Assets in service, each with a warranty of two years."""
    policy = env["aftersales.warranty.policy"].create(
        {
            "name": "Bench entitlement",
            "start_event": "delivery",
            "term_ids": [Command.create({"duration": 24, "duration_unit": "month"})],
        }
    )
    product = env["product.product"].create(
        {
            "name": "Bench entitlement",
            "is_storable": True,
            "tracking": "serial",
            "is_asset": True,
            "warranty_policy_id": policy.id,
        }
    )
    lots = env["stock.lot"].create(
        [{"name": f"Bench-E{number}", "product_id": product.id} for number in range(count)]
    )
    customer = env["res.partner"].create({"name": "Bench customer"})
    return env["aftersales.asset"].create(
        [
            {
                "product_id": product.id,
                "lot_id": lot.id,
                "partner_id": customer.id,
                "date_delivery": fields.Date.today(),
                "state": "in_service",
            }
            for lot in lots
        ]
    )
