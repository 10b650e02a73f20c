"""Opening the list of assets, one asset's form and a search by serial: with many as with few."""

import time

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.aftersales_service.tests.view_spec import get_specification

FEW, MANY = 1_000, 200_000
LIMIT, COUNT_LIMIT = 80, 10_001  # of the web client
TIMES = 40


def case_asset_views(env):
    """Open list and form, and search, with 1,000 and with 200,000 assets."""
    template = _make_template(env)
    _clone_assets(env, template, 1, FEW)
    views = _get_views(env)
    few = _measure(env, views)
    _clone_assets(env, template, FEW + 1, MANY)
    many = _measure(env, views)
    figures = []
    for name in views:
        (seconds, queries), (before, queries_before) = many[name], few[name]
        figures += [
            # Trigrams find what is within a serial: the more machines, the more have them.
            (f"{name}: {MANY} / {FEW} assets", seconds / before, 2.5 if "part" in name else 1.3),
            (f"{name}: more queries", queries - queries_before, 0),
            (f"{name}: queries", queries, None),
            (f"{name}: milliseconds", seconds * 1000, None),
        ]
    return figures


def _get_views(env):
    """Return {name: function} of what the web client asks for, as its user."""
    assets = env["aftersales.asset"].with_user(env.ref("base.user_admin"))
    in_list, in_form = (get_specification(assets, view) for view in ("list", "form"))
    in_service, number = [("state", "=", "in_service")], FEW // 2
    asset = assets.search([("serial", "=", f"Bench-V{number:06}")])
    serial, within = (
        [("serial_or_number", "ilike", text)] for text in (asset.serial, asset.serial[-7:])
    )

    def search_read(domain):
        return assets.web_search_read(
            domain, in_list, limit=LIMIT, order="", count_limit=COUNT_LIMIT
        )

    return {
        "list": lambda: search_read(in_service),
        "form": lambda: asset.web_read(in_form),
        "serial in full": lambda: search_read([*in_service, *serial]),
        "part of a serial": lambda: search_read([*in_service, *within]),
        "picker": lambda: assets.name_search(asset.serial, limit=8),
    }


def _measure(env, views):
    """Return {name: (best seconds, queries)} of views whose data are not in the cache."""
    best = {}
    # In turns: whatever else the computer does for a while then slows down all of them alike.
    for _time in range(TIMES):
        for name, view in views.items():
            env.invalidate_all()
            queries, started = env.cr.sql_log_count, time.perf_counter()
            view()
            seconds = time.perf_counter() - started
            queries = env.cr.sql_log_count - queries
            best[name] = min(best.get(name, (seconds, queries)), (seconds, queries))
    return best


def _make_template(env):
    """Return one asset with its lot, warranty, term, ticket and meter reading."""
    policy = env["aftersales.warranty.policy"].create(
        {
            "name": "Bench views",
            "start_event": "delivery",
            "term_ids": [Command.create({"duration": 24, "duration_unit": "month"})],
        }
    )
    product = env["product.product"].create(
        {"name": "Bench views", "is_storable": True, "tracking": "serial", "is_asset": True}
    )
    product.warranty_policy_id = policy
    customer = env["res.partner"].create({"name": "Bench views"})
    lot = env["stock.lot"].create({"name": "Bench-V0", "product_id": product.id})
    asset = env["aftersales.asset"].create(
        {
            "product_id": product.id,
            "lot_id": lot.id,
            "partner_id": customer.id,
            "site_id": customer.id,
            "date_delivery": fields.Date.today(),
            "state": "in_service",
        }
    )
    env["aftersales.ticket"].create(
        {"subject": "Bench views", "partner_id": customer.id, "asset_id": asset.id}
    )
    env["aftersales.asset.meter"].create({"asset_id": asset.id, "value": 100})
    env.flush_all()
    return asset


def _clone_assets(env, template, first, last):
    """Make the copies ``first`` to ``last`` of the template, with all that hangs on it."""
    series = SQL("generate_series(%s, %s) AS n", first, last)
    lots, serial = _reserve(env, "stock_lot"), SQL("'Bench-V' || lpad(n::text, 6, '0')")
    assets, warranties = _reserve(env, "aftersales_asset"), _reserve(env, "aftersales_warranty")
    mine = {"asset_id": SQL("%s + n", assets)}
    _clone(env, series, template.lot_id, {"id": SQL("%s + n", lots), "name": serial})
    _clone(
        env,
        series,
        template,
        {
            "id": SQL("%s + n", assets),
            "name": SQL("'BV' || n"),
            "lot_id": SQL("%s + n", lots),
            "serial": serial,
            "access_token": SQL("NULL"),
        },
    )
    warranty = template.warranty_ids
    number = {"id": SQL("%s + n", warranties), "name": SQL("'BW' || n")}
    _clone(env, series, warranty, {**mine, **number})
    of_warranty = {"warranty_id": SQL("%s + n", warranties)}
    _clone(env, series, warranty.term_ids, of_warranty)
    # One machine in ten is called about, and its meter read.
    some = SQL("generate_series(%s, %s, 10) AS n", first + 9, last)
    _clone(env, some, template.meter_ids, mine)
    _clone(env, some, template.ticket_ids, {**mine, "name": SQL("'BT' || n")})
    tables = ("stock_lot", "aftersales_asset", "aftersales_warranty", "aftersales_warranty_term")
    for table in (*tables, "aftersales_asset_meter", "aftersales_ticket"):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()


def _reserve(env, table):
    """Return a number above all ids of a table: copy n gets this id plus n."""
    env.cr.execute(SQL("SELECT max(id) FROM %s", SQL.identifier(table)))
    return env.cr.fetchone()[0]


def _clone(env, series, record, changed):
    """Insert a copy of the record for each n of ``series``; ``changed`` columns are {name: SQL}."""
    env.cr.execute(
        SQL(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
            record._table,
        )
    )
    columns = [name for (name,) in env.cr.fetchall() if name != "id" or "id" in changed]
    env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s AS origin, %s WHERE origin.id = %s",
            SQL.identifier(record._table),
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(changed.get(name, SQL.identifier("origin", name)) for name in columns),
            SQL.identifier(record._table),
            series,
            record.id,
        )
    )
