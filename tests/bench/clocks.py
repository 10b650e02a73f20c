"""The engine of the clocks: what is due among a million, deadlines of 50,000 tickets anew."""

from odoo import fields
from odoo.tools import SQL

from devtools.bench_cases import measured
from tests.bench.ticket_data import TicketData

CLOCKS, DUE = 1_000_000, 200
TICKETS, BATCH = 50_000, 500


def case_clocks_due(env):
    """The job that warns and escalates, with 1,000,000 clocks of which 200 are due."""
    data = TicketData(env)
    ticket = data.make_tickets(data.make_customers(1))
    data.clone_tickets(ticket, 1, CLOCKS // 3, logs=False)
    clocks = env["aftersales.sla.clock"]
    env.cr.execute(
        "UPDATE aftersales_sla_clock SET date_next_action = now() at time zone 'utc'"
        " - interval '1 minute', date_deadline = now() at time zone 'utc' - interval '1 minute'"
        " WHERE id IN (SELECT id FROM aftersales_sla_clock WHERE kind = 'solution'"
        " ORDER BY id DESC LIMIT %s)",
        (DUE,),
    )
    env.invalidate_all()
    query = clocks._search(clocks._get_due_domain(), limit=DUE, order="date_next_action, id")
    env.cr.execute(SQL("EXPLAIN %s", query.select()))
    plan = " ".join(line for (line,) in env.cr.fetchall())
    with measured(env) as result:
        due = clocks.search(clocks._get_due_domain(), limit=DUE, order="date_next_action, id")
        due.try_lock_for_update()._run_due_safely()
        env["aftersales.sla.escalation.run"]._send_digests()
    assert len(due) == DUE
    assert set(due.mapped("state")) == {"breached"}
    return [
        (f"{DUE} due of {CLOCKS}: seconds", result.seconds, 2),
        (f"{DUE} due of {CLOCKS}: queries for each", result.queries / DUE, 1),
        ("not found by the partial index", "next_action_idx" not in plan, 0),
    ]


def case_clocks_recompute(env):
    """Deadlines of 50,000 open tickets after a change of their working hours."""
    data = TicketData(env)
    ticket = data.make_tickets(data.make_customers(1))
    data.clone_tickets(ticket, 1, TICKETS)
    # As in life: what a transaction has made itself, PostgreSQL checks again at each change.
    env.cr.commit()
    sweeps = env["aftersales.sla.sweep"]
    sweeps.search([]).unlink()
    with measured(env) as flagged:
        data.calendar.attendance_ids.filtered(lambda line: line.dayofweek == "0").unlink()
        env["resource.calendar.leaves"].create(
            {
                "name": "Bench",
                "calendar_id": data.calendar.id,
                "date_from": fields.Datetime.now(),
                "date_to": fields.Datetime.add(fields.Datetime.now(), days=1),
            }
        )
    sweep = sweeps.search([("res_model", "=", "aftersales.ticket")])[-1]
    with measured(env) as listed:
        ids = sweep._get_ids()
    assert len(ids) > TICKETS
    with measured(env) as result:
        # As the job does.
        for start in range(0, len(ids), BATCH):
            sweep._run_batch(ids[start : start + BATCH])
            env.cr.commit()
            env.invalidate_all()
    return [
        (f"{TICKETS} tickets: milliseconds for each", 1000 * result.seconds / len(ids), 1),
        (f"{TICKETS} tickets: queries for a batch", result.queries / (len(ids) / BATCH), 60),
        ("seconds to find them", listed.seconds, None),
        ("queries of the change itself", flagged.queries, 100),
        ("seconds of the change itself", flagged.seconds, None),
    ]
