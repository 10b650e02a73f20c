"""What settling thousands of claims takes against Odoo's own credit notes."""

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

from devtools.bench_cases import measured

CLAIMS, DEALERS = 5000, 100
AMOUNT, INVOICED = 20.0, 5000.0


def case_settlement(env, claims=CLAIMS, dealers=DEALERS):
    """Claims verified → noticed → confirmed → settled and reconciled, against one credit-note line
    per claim made, posted and reconciled with Odoo's own methods (F03, F09).

    Both with one open invoice per dealer. One dealer fails in our run: the others are done.
    """
    company = _prepare_company(env)
    partners = _make_dealers(env, dealers)
    invoices = _make_invoices(env, partners)
    plain = _settle_with_odoo(env, company, partners, invoices, claims // dealers)
    _make_claims(env, partners, claims)
    # As in life: what a transaction has made itself, PostgreSQL checks again at each change.
    env.cr.commit()
    ours, failed = _settle_with_notices(env, partners, claims // dealers)
    return [
        (f"time for {claims} claims / Odoo's credit notes", ours.seconds / plain.seconds, 0.20),
        ("queries a claim", ours.queries / claims, 2.0),
        ("dealers not done but one", len(failed) - 1, 0.0),
    ]


def _prepare_company(env):
    """A chart of accounts, an expense account, and one person who may do it all."""
    company = env.company
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company=company)
    company.write({"aftersales_same_user_verify": True, "aftersales_same_user_post": True})
    return company


def _make_dealers(env, count):
    return env["res.partner"].create(
        [{"name": f"Bench dealer {n}", "is_company": True, "is_dealer": True} for n in range(count)]
    )


def _make_invoices(env, partners):
    """One open invoice for each dealer."""
    invoices = env["account.move"].create(
        [_prepare_move(partner, "out_invoice", [INVOICED]) for partner in partners]
    )
    invoices.action_post()
    return invoices


def _prepare_move(partner, move_type, amounts):
    return {
        "move_type": move_type,
        "partner_id": partner.id,
        "invoice_date": fields.Date.today(),
        "invoice_line_ids": [
            Command.create({"name": "Claim", "price_unit": amount, "tax_ids": [Command.clear()]})
            for amount in amounts
        ],
    }


def _settle_with_odoo(env, company, partners, invoices, each):
    """What Odoo takes for a credit note per dealer with a line per claim; undone afterwards."""
    savepoint = env.cr.savepoint()
    with measured(env) as result:
        refunds = env["account.move"].create(
            [_prepare_move(partner, "out_refund", [AMOUNT] * each) for partner in partners]
        )
        refunds.action_post()
        items = (refunds + invoices).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        for of_dealer in items.grouped("partner_id").values():
            of_dealer.reconcile()
    assert all(invoice.amount_residual == INVOICED - AMOUNT * each for invoice in invoices)
    savepoint.rollback()
    env.invalidate_all(flush=False)
    return result


def _make_claims(env, partners, count):
    """Approved claims with one line each, copied in the database: making them is not measured."""
    today = fields.Date.today()
    claim = env["aftersales.claim"].create(
        {
            "dealer_id": partners[0].id,
            "date_failure": today,
            "date_repair": today,
            "line_ids": [Command.create({"kind": "other", "name": "Work", "price_unit": AMOUNT})],
        }
    )
    claim.line_ids._write_past_guard({"amount_approved": AMOUNT})
    claim._write_past_guard({"state": "approved"})
    env.flush_all()
    ids = _copy_rows(
        env,
        claim,
        count - 1,
        name=SQL("'Bench ' || n"),
        dealer_id=SQL("(%s::int[])[1 + n %% %s]", list(partners.ids), len(partners)),
    )
    _copy_rows(
        env,
        claim.line_ids,
        count - 1,
        claim_id=SQL("(%s::int[])[n]", ids),
        dealer_id=SQL("(%s::int[])[1 + n %% %s]", list(partners.ids), len(partners)),
    )
    env.invalidate_all(flush=False)
    env.cr.execute("ANALYZE aftersales_claim, aftersales_claim_line")


def _copy_rows(env, record, count, **changed):
    """Copy a row in the database; ``changed`` are SQL expressions of the row's number ``n``."""
    columns = [
        name
        for name, field in record._fields.items()
        if field.store and field.column_type and name != "id"
    ]
    rows = env.execute_query(
        SQL(
            "INSERT INTO %(table)s (%(columns)s) SELECT %(values)s FROM %(table)s,"
            " generate_series(1, %(count)s) AS n WHERE id = %(id)s ORDER BY n RETURNING id",
            table=SQL.identifier(record._table),
            columns=SQL(", ").join(map(SQL.identifier, columns)),
            values=SQL(", ").join(changed.get(name, SQL.identifier(name)) for name in columns),
            count=count,
            id=record.id,
        )
    )
    return [row[0] for row in rows]


def _settle_with_notices(env, partners, each):
    """What the whole way takes; one dealer is broken: nothing can be posted for it.

    The mails with the printed notices go out later, by the queue.
    """
    broken, account = partners[-1], partners[0].property_account_receivable_id
    broken.property_account_receivable_id = False
    env["ir.default"].search([("field_id.name", "=", "property_account_receivable_id")]).unlink()
    (partners - broken).property_account_receivable_id = account
    today = fields.Date.today()
    notices = env["aftersales.notice"]
    with measured(env) as result:
        run = env["aftersales.notice.run"].create(
            {"operation": "prepare_issue", "period_end": today, "dealer_ids": partners.ids}
        )
        run.action_start()
        run._work_off()
        assert set(run.line_ids.mapped("state")) == {"done"}, run.line_ids.mapped("message")
        notices = run.line_ids.notice_id
        notices.action_confirm(note="Signed copies received")
        settling = env["aftersales.notice.run"]._start("settle", notices)
        settling._work_off()
    settled = notices.filtered(lambda notice: notice.state == "settled")
    failed = settling.line_ids.filtered(lambda line: line.state == "failed")
    assert len(settled) == len(partners) - 1, (len(settled), failed.mapped("message"))
    assert failed.dealer_id == broken
    assert set(settled.claim_ids.mapped("state")) == {"settled"}
    residuals = settled.move_ids.filtered(lambda move: move.move_type == "out_refund")
    assert not any(residuals.mapped("amount_residual"))
    assert settled[0].amount_total == AMOUNT * each
    return result, failed
