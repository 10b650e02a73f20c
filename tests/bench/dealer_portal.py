"""What a dealer's pages take when the company has many dealers."""

import importlib
import time

from odoo import fields
from odoo.tests import new_test_user
from odoo.tools import SQL

FEW, MANY, DEALERS = 500, 100_000, 500
OWN = 200  # claims of the dealer who looks, in both
TURNS = 30
# Fields a row of the list shows.
SHOWN = ("name", "state", "amount_claimed", "amount_approved", "date_repair", "is_partial")
COUNTED = ("claim", "registration", "asset")


def case_dealer_portal(env):
    """The same pages of the same dealer among few documents and among many, without their HTML,
    which is the same: lists with their count, filtered, searched, and the counters of the overview.
    """
    dealers, user, records = _make_dealers(env)
    for record in records.values():
        _copy_rows(env, record, OWN - 1, dealer_id=[dealers.ids[0]] * (OWN - 1))
        others = dealers.ids[1:]
        _copy_rows(env, record, FEW - OWN, dealer_id=_repeat(others, FEW - OWN))
    few = _measure_pages(env, user, dealers[0])
    for record in records.values():
        _copy_rows(env, record, MANY - FEW, dealer_id=_repeat(others, MANY - FEW))
    many = _measure_pages(env, user, dealers[0])
    return [(f"{page}, {MANY} / {FEW} documents", many[page] / few[page], 1.3) for page in few] + [
        (f"seconds of {page} among {MANY}", many[page], None) for page in many
    ]


def _measure_pages(env, user, dealer):
    """Return {page: seconds}, the best of some turns, as others use the processor too."""
    for name in COUNTED:
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(f"aftersales_{name}")))
    env.flush_all()
    env.invalidate_all()
    as_dealer = env(user=user.id)
    prepare = importlib.import_module(
        "odoo.addons.aftersales_dealer.controllers.dealer_list"
    ).prepare_list

    def show(model, asked, **options):
        values = prepare(as_dealer, model, dealer, "/my", asked, **options)
        values["records"].read([name for name in SHOWN if name in values["records"]._fields])

    by_state = {"review": {"label": "", "domain": [("state", "=", "submitted")]}}
    pages = {
        "claims": lambda: show("aftersales.claim", {}),
        "claims of a status": lambda: show("aftersales.claim", {}, filters=by_state),
        "claims found": lambda: show("aftersales.claim", {"search": "19"}, search_fields=("name",)),
        "last page of claims": lambda: show("aftersales.claim", {"page": OWN // 20}),
        "registrations": lambda: show("aftersales.registration", {}),
        "machines": lambda: show("aftersales.asset", {}),
        "counters": lambda: _count(as_dealer, dealer),
    }
    taken = {page: [] for page in pages}
    for _turn in range(TURNS):
        for page, show_page in pages.items():
            env.invalidate_all()
            started = time.perf_counter()
            show_page()
            taken[page].append(time.perf_counter() - started)
    return {page: min(seconds) for page, seconds in taken.items()}


def _count(env, dealer):
    """What the overview counts of claims, cards and machines."""
    own = [("dealer_id", "=", dealer.id)]
    env["aftersales.claim"]._read_group(
        [*own, ("state", "in", ("draft", "returned"))], ["state"], ["__count"]
    )
    env["aftersales.registration"]._read_group(
        [*own, ("state", "=", "draft")], [], ["__count", "date_deadline:min"]
    )
    assets = env["aftersales.asset"]
    assets.search_count(assets._get_to_register_domain(dealer))


def _make_dealers(env):
    """Return (dealers, a portal user of the first, {name: one document of the first})."""
    dealers = env["res.partner"].create(
        [
            {"name": f"Bench dealer {n}", "is_company": True, "is_dealer": True}
            for n in range(DEALERS)
        ]
    )
    user = new_test_user(env, "bench_dealer", groups="base.group_portal")
    user.partner_id.parent_id = dealers[0]
    product = env["product.product"].create({"name": "Bench machine", "is_asset": True})
    today = fields.Date.today()
    asset = env["aftersales.asset"].create(
        {
            "product_id": product.id,
            "partner_id": dealers[0].id,
            "dealer_id": dealers[0].id,
            "date_delivery": today,
            "state": "in_service",
        }
    )
    card = env["aftersales.registration"].create(
        {"asset_id": asset.id, "date_sale": today, "end_user_name": "Bench", "end_user_phone": "1"}
    )
    # One machine has one live card; which state the copies have does not matter to the list.
    card._write_past_guard({"state": "cancelled", "name": "BENCH"})
    claim = env["aftersales.claim"].create(
        {
            "dealer_id": dealers[0].id,
            "asset_id": asset.id,
            "date_failure": today,
            "date_repair": today,
        }
    )
    claim._write_past_guard({"state": "submitted"})
    env.flush_all()
    return dealers, user, {"claim": claim, "registration": card, "asset": asset}


def _repeat(ids, count):
    """Return ``ids`` again and again until there are ``count``."""
    return (ids * (count // len(ids) + 1))[:count]


def _copy_rows(env, record, count, **columns):
    """Copy the row of ``record`` so many times, each with a number of its own and the next of the
    values of ``columns`` (column: ids).
    """
    names = [
        name
        for name, field in record._fields.items()
        if field.store and field.column_type and name != "id"
    ]
    values = {name: SQL.identifier(name) for name in names}
    number = SQL("(SELECT max(id) FROM %s) + number", SQL.identifier(record._table))
    values["name"] = SQL("'B' || %s", number)
    for name, ids in columns.items():
        values[name] = SQL("(%s::int[])[number]", ids)
    env.cr.execute(
        SQL(
            "INSERT INTO %(table)s (%(names)s) SELECT %(values)s"
            " FROM %(table)s, generate_series(1, %(count)s) AS number WHERE id = %(id)s",
            table=SQL.identifier(record._table),
            names=SQL(", ").join(map(SQL.identifier, names)),
            values=SQL(", ").join(values.values()),
            count=count,
            id=record.id,
        )
    )
