"""Tickets, clocks and people for the benchmarks of the hotline; made by SQL where they are many."""

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

PROMISES = (("technician_contact", 30, "minute"), ("answer", 4, "hour"), ("solution", 2, "day"))


class TicketData:
    """A team with working hours, one policy of three targets, an agent and customers."""

    def __init__(self, env):
        self.env = env
        # Nothing else is promised than what is measured.
        env["aftersales.sla.policy"].search([]).active = False
        self.calendar = env["resource.calendar"].create({"name": "Bench hours", "tz": "UTC"})
        self.team = env["aftersales.team"].create(
            {"name": "Bench", "resource_calendar_id": self.calendar.id}
        )
        self.policy = env["aftersales.sla.policy"].create(
            {
                "name": "Bench",
                "target_ids": [
                    Command.create({"kind": kind, "duration": count, "duration_unit": unit})
                    for kind, count, unit in PROMISES
                ],
            }
        )
        group = env.ref("aftersales_service.group_aftersales_agent")
        self.agent = env["res.users"].create(
            {
                "name": "Bench agent",
                "login": "bench_agent",
                "email": "bench@example.com",
                "group_ids": [Command.set(group.ids)],
            }
        )
        self.salesperson = self.agent.copy({"login": "bench_sales", "email": "sales@example.com"})
        self.product = env["product.product"].create(
            {
                "name": "Bench",
                "is_asset": True,
                "warranty_policy_id": env["aftersales.warranty.policy"]
                .create(
                    {
                        "name": "Bench",
                        "start_event": "delivery",
                        "term_ids": [Command.create({"duration": 24, "duration_unit": "month"})],
                    }
                )
                .id,
            }
        )
        self.symptom = env["aftersales.symptom"].create({"name": "Bench"})
        env.flush_all()

    def make_customers(self, count):
        """Return ``count`` machines in warranty, each of a customer of its own."""
        partners = self.env["res.partner"].create(
            [{"name": f"Bench {n}", "user_id": self.salesperson.id} for n in range(count)]
        )
        assets = self.env["aftersales.asset"].create(
            [
                {
                    "product_id": self.product.id,
                    "partner_id": partner.id,
                    "date_delivery": fields.Date.today(),
                    "state": "in_service",
                }
                for partner in partners
            ]
        )
        self.env.flush_all()
        return assets

    def get_values(self, assets):
        """Return the values of a ticket for each machine, as an import or the gateway brings
        them.
        """
        return [
            {
                "subject": "Does not start",
                "type": "fault",
                "channel": "email",
                "partner_id": asset.partner_id.id,
                "caller_id": asset.partner_id.id,
                "asset_id": asset.id,
                "symptom_id": self.symptom.id,
                "team_id": self.team.id,
                "description": "<p>Does not start</p>",
            }
            for asset in assets
        ]

    def make_tickets(self, assets):
        """Make a ticket for each machine, as the agent."""
        tickets = self.env["aftersales.ticket"].with_user(self.agent)
        return tickets.create(self.get_values(assets))

    def clone_tickets(self, ticket, first, last, closed_below=0, logs=True, assets=None):
        """Copy a ticket with its clocks and their log to numbers ``first`` to ``last``; those up
        to number ``closed_below`` are closed ones; without ``logs`` the story of the clocks is
        left out. The faults are of five years, on ``assets`` in turn.
        """
        env, ticket = self.env, ticket.sudo()
        env.flush_all()
        closed = ticket._get_stage("closed").id
        series = SQL("generate_series(%s, %s) AS n", first, last)
        ticket_ids = SQL("%s + n", get_last_id(env, "aftersales_ticket"))
        done = SQL("n <= %s", closed_below)
        changed = {
            "id": ticket_ids,
            "name": SQL("'BENCH' || lpad(n::text, 6, '0')"),
            "access_token": SQL("NULL"),
            "stage_id": SQL("CASE WHEN %s THEN %s ELSE stage_id END", done, closed),
            "is_closed": done,
            "date_open": SQL("date_open - make_interval(days => n %% 1800)"),
            "date_failure": SQL("date_failure - n %% 1800"),
        }
        if assets:
            own = SQL("(%s::int[])[n %% %s + 1]", assets.ids, len(assets))
            owners = SQL("(%s::int[])[n %% %s + 1]", assets.partner_id.ids, len(assets))
            changed |= {"asset_id": own, "partner_id": owners, "site_id": owners}
        if "stage_kind" in ticket._fields and ticket._fields["stage_kind"].store:
            changed["stage_kind"] = SQL("CASE WHEN %s THEN 'closed' ELSE stage_kind END", done)
        clone(env, series, ticket, changed)
        clocks = ticket.clock_ids
        last_clock = get_last_id(env, "aftersales_sla_clock")
        for number, clock in enumerate(clocks):
            clock_ids = SQL("%s + n * %s + %s", last_clock, len(clocks), number)
            ended = SQL("CASE WHEN %s THEN date_start END", done)
            clone(
                env,
                series,
                clock,
                {
                    "id": clock_ids,
                    "ticket_id": ticket_ids,
                    "date_ended": ended,
                    "date_next_action": SQL("CASE WHEN NOT %s THEN date_next_action END", done),
                },
            )
            for log in clock.log_ids if logs else ():
                clone(env, series, log, {"clock_id": clock_ids})
        for table in ("aftersales_ticket", "aftersales_sla_clock", "aftersales_sla_clock_log"):
            advance(env, table)
            env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
        # As vacuum does beside ANALYZE: what was added is found through the tree of the index.
        env.cr.execute("SELECT gin_clean_pending_list('aftersales_ticket__name_index')")
        env.invalidate_all()


def get_last_id(env, table):
    """Return a number above all ids of a table."""
    return env.execute_query(SQL("SELECT max(id) FROM %s", SQL.identifier(table)))[0][0] or 0


def advance(env, table):
    """The next record comes after those that SQL made."""
    env.cr.execute(
        SQL(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM %s))",
            table,
            SQL.identifier(table),
        )
    )


def clone(env, series, record, changed):
    """Insert a copy of the record for each n of ``series``; ``changed`` columns are {name: SQL}."""
    columns = [
        name
        for name, field in record._fields.items()
        if field.store and field.column_type and (name != "id" or "id" in changed)
    ]
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
