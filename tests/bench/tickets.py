"""Making and closing tickets: 500 at once, one from the form."""

from odoo.fields import Command

from odoo.addons.aftersales_service.tests.view_spec import get_specification

from devtools.bench_cases import measured
from tests.bench.ticket_data import TicketData

MANY, TURNS = 500, 4


def case_ticket_create(env):
    """500 tickets with three clocks each in one create, beside a bare ``mail.thread``."""
    data = TicketData(env)
    # Machines of their own for each turn: a fault that comes back is another matter (W09, T16).
    assets = data.make_customers(MANY * TURNS)
    bare = _make_bare_model(env, data.agent)
    data.make_tickets(data.make_customers(10))
    seconds, plain, queries = [], [], 0
    # In turns, the best of each: whatever else the computer does slows down both alike.
    for turn in range(TURNS):
        machines = assets[turn * MANY : (turn + 1) * MANY]
        env.invalidate_all()
        with measured(env) as result:
            tickets = data.make_tickets(machines)
        assert len(tickets.sudo().clock_ids) == 3 * MANY
        seconds.append(result.seconds)
        queries = result.queries
        env.invalidate_all()
        with measured(env) as result:
            bare.create([{"x_subject": "Does not start"} for _machine in machines])
        plain.append(result.seconds)
    return [
        (f"{MANY} tickets, queries for each", queries / MANY, 2),
        (f"{MANY} tickets / bare mail.thread", min(seconds) / min(plain), 3),
        (f"{MANY} tickets, seconds", min(seconds), None),
    ]


def case_ticket_form(env):
    """One ticket as the web client saves the form of a new one."""
    data = TicketData(env)
    assets = data.make_customers(3)
    tickets = env["aftersales.ticket"].with_user(data.agent)
    figures = []
    for view, vals_list in (
        ("aftersales_ticket_view_form", data.get_values(assets)),
        ("aftersales_ticket_view_form_call", data.get_values(assets)),
    ):
        view = env.ref(f"aftersales_service.{view}", raise_if_not_found=False)
        if not view:
            continue
        specification = get_specification(tickets, "form", view.id)
        for vals in vals_list:
            env.invalidate_all()
            with measured(env) as saved:
                ticket = tickets.create(vals)
            with measured(env) as shown:
                ticket.web_read(specification)
        figures += [
            (f"{view.name}: queries to save", saved.queries, 25),
            (f"{view.name}: queries to show it then", shown.queries, None),
        ]
    return figures


def case_ticket_close(env):
    """Closing 500 tickets in one write."""
    data = TicketData(env)
    tickets = data.make_tickets(data.make_customers(MANY))
    tickets.write({"resolution": "<p>Done</p>"})
    env.invalidate_all()
    with measured(env) as result:
        tickets.write({"stage_id": tickets._get_stage("closed").id})
    assert all(tickets.mapped("is_closed"))
    return [
        (f"closing {MANY}: queries for each", result.queries / MANY, 2),
        (f"closing {MANY}: seconds", result.seconds, None),
    ]


def _make_bare_model(env, user):
    """Return a model that is a ``mail.thread`` with one field and nothing else."""
    model = env["ir.model"].create(
        {
            "name": "Bench",
            "model": "x_bench",
            "is_mail_thread": True,
            "field_id": [
                Command.create(
                    {"name": "x_subject", "ttype": "char", "field_description": "Subject"}
                )
            ],
        }
    )
    rights = dict.fromkeys(("perm_read", "perm_write", "perm_create"), True)
    group = env.ref("base.group_user")
    env["ir.model.access"].create(
        {"name": "bench", "model_id": model.id, "group_id": group.id, **rights}
    )
    return env["x_bench"].with_user(user)
