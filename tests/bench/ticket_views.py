"""Board and list of tickets, and making one: with many as with few."""

import time

from odoo.addons.aftersales_service.tests.view_spec import get_specification

from tests.bench.ticket_data import TicketData

FEW, MANY = 1_000, 200_000
LIMIT, COUNT_LIMIT = 80, 10_001  # of the web client
COLUMN = 20  # cards that the client opens a column with
TIMES = 8


def case_ticket_views(env):
    """Open board and list and make a ticket, with 1,000 and with 200,000 tickets.

    Some hundred are open at a time, whatever the years have gathered; all open is measured too.
    """
    data = TicketData(env)
    assets = data.make_customers(200)
    ticket = data.make_tickets(assets[:1])
    data.clone_tickets(ticket, 1, FEW, closed_below=FEW // 2, logs=False, assets=assets)
    views = _get_views(env, data, assets)
    few = _measure(env, views)
    data.clone_tickets(ticket, FEW + 1, MANY, closed_below=MANY, logs=False, assets=assets)
    many = _measure(env, views)
    figures = []
    for name in views:
        (seconds, queries), (before, queries_before) = many[name], few[name]
        figures += [
            (f"{name}: {MANY} / {FEW} tickets", seconds / before, 1.3),
            (f"{name}: more queries", queries - queries_before, 0),
            (f"{name}: milliseconds", seconds * 1000, None),
        ]
    return figures


def _get_views(env, data, assets):
    """Return {name: function} of what the web client asks for, as the agent."""
    tickets = env["aftersales.ticket"].with_user(data.agent)
    is_open = [("is_closed", "=", False)]
    in_list, in_board = (get_specification(tickets, view) for view in ("list", "kanban"))
    bar = {"field": "activity_state", "colors": dict.fromkeys(("planned", "today", "overdue"), "x")}
    numbers = iter(range(10**6))

    def board():
        tickets.web_read_group(
            is_open,
            ["stage_id"],
            ["__count"],
            auto_unfold=True,
            unfold_read_specification=in_board,
            unfold_read_default_limit=COLUMN,
        )
        tickets.read_progress_bar(is_open, "stage_id", bar)

    def make():
        asset = assets[next(numbers) % len(assets)]
        tickets.create(data.get_values(asset))

    def search_read(domain):
        tickets.web_search_read(domain, in_list, limit=LIMIT, order="", count_limit=COUNT_LIMIT)

    return {
        "board": board,
        "list of open ones": lambda: search_read(is_open),
        "list of all": lambda: search_read([]),
        "by number": lambda: search_read([("name", "ilike", "BENCH000777")]),
        "making one": make,
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
            env.flush_all()
            seconds = time.perf_counter() - started
            queries = env.cr.sql_log_count - queries
            best[name] = min(best.get(name, (seconds, queries)), (seconds, queries))
    return best
