"""What it takes to register sales by import (D02)."""

from odoo import fields
from odoo.fields import Command

from devtools.bench_cases import measured
from tests.bench.entitlement import _copy_rows

UNITS, FEW = 5_000, 500
FIELDS = ["serial", "date_sale", "end_user_name", "end_user_phone", "end_user_email"]


def case_registration(env):
    """5,000 sales imported by Odoo's import and handed in; each has its own end user and starts
    a warranty.
    """
    assets = _make_assets(env, UNITS + FEW)
    few = _register(env, assets[:FEW])
    contacts = _make_contacts(env)
    many = _register(env, assets[FEW:])
    return [
        (f"units a second, of {UNITS} (200 on a machine of its own)", UNITS / many.seconds, None),
        ("time, against what Odoo takes for as many contacts", many.seconds / contacts.seconds, 6),
        ("queries a unit", many.queries / UNITS, 0.5),
        ("time a unit, 5,000 / 500 units", (many.seconds / UNITS) / (few.seconds / FEW), 1.5),
    ]


def _make_contacts(env):
    """Measure Odoo making a contact for each of as many units: the least that registering does."""
    with measured(env) as result:
        env["res.partner"].with_context(tracking_disable=True).create(
            [
                {"name": f"Bench {n}", "email": f"{n}@example.com", "phone": str(n)}
                for n in range(UNITS)
            ]
        )
    return result


def _register(env, assets):
    """Measure importing and handing in a card for each of ``assets``."""
    today = str(fields.Date.today())
    rows = [
        [asset.name, today, f"Farmer {asset.name}", str(asset.id), f"{asset.id}@example.com"]
        for asset in assets
    ]
    env.flush_all()
    env.invalidate_all()
    with measured(env) as result:
        loaded = env["aftersales.registration"].load(FIELDS, rows)
        assert loaded["ids"], loaded["messages"]
        env["aftersales.registration"].browse(loaded["ids"]).action_register()
        env.flush_all()
    return result


def _make_assets(env, count):
    """Machines delivered to one dealer, not registered: one is made, the rest copied by SQL."""
    policy = env["aftersales.warranty.policy"].create(
        {
            "name": "Bench registration",
            "start_event": "registration",
            "term_ids": [Command.create({"duration": 24, "duration_unit": "month"})],
        }
    )
    product = env["product.product"].create(
        {"name": "Bench registration", "is_asset": True, "warranty_policy_id": policy.id}
    )
    dealer = env["res.partner"].create(
        {"name": "Bench dealer", "is_company": True, "is_dealer": True}
    )
    env["aftersales.dealer.agreement"].create(
        {"dealer_id": dealer.id, "date_start": fields.Date.today()}
    ).action_start()
    asset = env["aftersales.asset"].create(
        {
            "product_id": product.id,
            "partner_id": dealer.id,
            "dealer_id": dealer.id,
            "date_delivery": fields.Date.today(),
            "state": "in_service",
        }
    )
    env.flush_all()
    ids = _copy_rows(env, asset, count - 1)
    warranty_ids = _copy_rows(env, asset.warranty_ids, count - 1, asset_id=ids)
    for term in asset.warranty_ids.term_ids:
        _copy_rows(env, term, count - 1, warranty_id=warranty_ids)
    env.invalidate_all()
    return asset.browse(asset.ids + ids)
