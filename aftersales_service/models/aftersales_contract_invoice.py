import logging
from collections import defaultdict

from dateutil.relativedelta import relativedelta
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools import contract_schedule as schedule

_logger = logging.getLogger(__name__)
ACCOUNTANT = "account.group_account_invoice"


class AftersalesContract(models.Model):
    """Invoices by period, each period of each asset once (W11)."""

    _inherit = "aftersales.contract"

    period_ids = fields.One2many("aftersales.contract.period", "contract_id", string="Periods")
    date_next_invoice = fields.Date(
        string="Next Invoice", readonly=True, copy=False, help="When the next period is due."
    )
    date_invoice_retry = fields.Date(readonly=True, copy=False)
    invoice_error = fields.Char(
        readonly=True, copy=False, help="Why the last invoice could not be made."
    )
    invoice_count = fields.Integer(compute="_compute_invoice_figures")
    amount_invoiced = fields.Monetary(
        compute="_compute_invoice_figures", help="Without taxes, credits deducted."
    )
    free_period_count = fields.Integer(compute="_compute_free_period_count")

    _invoice_idx = models.Index("(date_next_invoice) WHERE date_next_invoice IS NOT NULL")

    @api.depends("period_ids.is_live", "period_ids.amount")
    def _compute_invoice_figures(self):
        # sudo: counts and sums for who reads the contract; the invoices themselves have rights.
        rows = (
            self.env["aftersales.contract.period"]
            .sudo()
            ._read_group(
                [("contract_id", "in", self.ids), ("is_live", "=", True)],
                ["contract_id"],
                ["amount:sum", "move_id:count_distinct"],
            )
        )
        figures = {contract.id: (amount, count) for contract, amount, count in rows}
        for contract in self:
            amount, contract.invoice_count = figures.get(contract.id, (0.0, 0))
            contract.amount_invoiced = amount

    @api.depends("period_ids.is_live")
    def _compute_free_period_count(self):
        free = self.sudo()._get_free_windows()  # as above
        for contract in self:
            contract.free_period_count = len({w.start for __, w, __ in free[contract.id]})

    def _get_months(self):
        """Return the months of one period; 0 when all is invoiced at once."""
        self.ensure_one()
        return 0 if self.invoicing == "once" else schedule.PERIOD_MONTHS.get(self.period, 0)

    def _get_due_windows(self):
        """Return {contract id: [(line, window, amount)]} that was never invoiced and is due
        today.
        """
        result = defaultdict(list)
        for contract in self:
            day = contract._get_today()
            for line in contract.line_ids:
                for window, amount, due in line._iter_windows():
                    if due > day:
                        break
                    result[contract.id].append((line, window, amount))
        return result

    def _get_free_windows(self):
        """Return {contract id: [(line, window, amount)]} whose invoice was cancelled or reversed:
        it may be invoiced again.
        """
        periods = self.env["aftersales.contract.period"].search(
            [("contract_id", "in", self.ids), ("kind", "=", "invoice")]
        )
        live = {(p.line_id.id, p.date_start) for p in periods if p.is_live}
        result = defaultdict(list)
        for period in periods:
            key = (period.line_id.id, period.date_start)
            if key in live or period.date_start > period.line_id._get_last_day():
                continue
            live.add(key)
            last = min(period.date_end, period.line_id._get_last_day())
            amount = schedule.until(
                period.amount, period._get_window(), last, period.currency_id.rounding
            )
            window = schedule.Window(period.date_start, last, weight=1)
            result[period.contract_id.id].append((period.line_id, window, amount))
        return result

    def _plan_next_invoice(self):
        """Store when the next period is due: the earliest one of the assets."""
        by_date = defaultdict(self.browse)
        for contract in self:
            following = (next(line._iter_windows(), None) for line in contract.line_ids)
            dates = [due for __, __, due in filter(None, following)]
            by_date[min(dates, default=False)] |= contract
        for date, contracts in by_date.items():
            contracts.filtered(lambda c, date=date: c.date_next_invoice != date)._write_past_guard(
                {"date_next_invoice": date}
            )

    def action_invoice(self):
        """Invoice what is due today, and periods that are free again (W11).

        :return: the action that shows the invoices
        :raise UserError: when the user does not invoice, or nothing is due
        """
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(ACCOUNTANT)):
            raise UserError(
                self.env._("Contracts are invoiced by accountants. Ask one of them to do it.")
            )
        # sudo: contracts and orders are not the accountant's to write; invoicing them is.
        contracts = self.sudo()
        contracts.lock_for_update()
        contracts.invalidate_recordset(["date_next_invoice"])
        moves = contracts._make_invoices(released=True)
        if not moves:
            following = min((c.date_next_invoice for c in self if c.date_next_invoice), default=0)
            raise UserError(
                self.env._(
                    "%(contract)s: nothing is due. The next period is due on %(date)s.",
                    contract=", ".join(self.mapped("name")),
                    date=format_date(self.env, following),
                )
                if following
                else self.env._(
                    "%(contract)s: nothing is due, and no further period will be.",
                    contract=", ".join(self.mapped("name")),
                )
            )
        return self._get_invoice_action(moves)

    def action_view_invoices(self):
        """Open the invoices and credit notes of the contracts."""
        # sudo: to find them; they are opened with the user's own rights.
        return self._get_invoice_action(self.sudo().period_ids.move_id)

    def action_view_periods(self):
        """Open what was invoiced, by asset and period."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_contract_period_action"
        )
        return dict(action, domain=[("contract_id", "in", self.ids)], context={})

    @api.model
    def _get_invoice_action(self, moves):
        """Return the action that shows ``moves``."""
        action = self.env["ir.actions.actions"]._for_xml_id("account.action_move_out_invoice_type")
        if len(moves) == 1:
            return dict(
                action, res_id=moves.id, view_mode="form", views=[(False, "form")], context={}
            )
        types = ("out_invoice", "out_refund")
        return dict(
            action, domain=[("id", "in", moves.ids), ("move_type", "in", types)], context={}
        )

    def _make_invoices(self, released=False):
        """Make one invoice per contract of all that is due; return them.

        :param released: also what is free again because its invoice was cancelled or reversed
        """
        due = self._get_due_windows()
        free = self._get_free_windows() if released else {}
        jobs = []
        for contract in self:
            rows = [*free.get(contract.id, []), *due.get(contract.id, [])]
            if any(amount for __, __, amount in rows):
                jobs.append((contract, contract._group_windows(rows)))
        moves = self.env["account.move"].create(
            [contract._prepare_invoice_vals(groups) for contract, groups in jobs]
        )
        self._record_periods(jobs, moves)
        self._advance(due)
        self._plan_next_invoice()
        self.filtered("invoice_error")._write_past_guard(
            {"invoice_error": False, "date_invoice_retry": False}
        )
        for company, own in moves.grouped("company_id").items():
            if company.aftersales_post_contract_invoices:
                own.action_post()
        return moves

    @api.model
    def _group_windows(self, rows):
        """Return [[(line, window, amount)]]: what is one line of the invoice."""
        groups = defaultdict(list)
        for line, window, amount in rows:
            groups[(window.start, window.end, line.sale_line_id.id)].append((line, window, amount))
        return [groups[key] for key in sorted(groups)]

    def _record_periods(self, jobs, moves):
        """Record which asset and period is on which line of which invoice."""
        vals_list = []
        for (contract, groups), move in zip(jobs, moves, strict=True):
            lines = move.invoice_line_ids.sorted(lambda line: (line.sequence, line.id))
            for group, move_line in zip(groups, lines, strict=True):
                vals_list += [
                    {
                        "contract_id": contract.id,
                        "line_id": line.id,
                        "kind": "invoice",
                        "date_start": window.start,
                        "date_end": window.end,
                        "amount": amount,
                        "move_id": move.id,
                        "move_line_id": move_line.id,
                    }
                    for line, window, amount in group
                ]
        self.env["aftersales.contract.period"].create(vals_list)

    @api.model
    def _advance(self, due):
        """Remember up to which day each asset is invoiced; one write per day, not per asset."""
        through = {}
        for rows in due.values():
            for line, window, __ in rows:
                through[line] = max(window.end, through.get(line, window.end))
        by_day = defaultdict(self.env["aftersales.contract.line"].browse)
        for line, day in through.items():
            by_day[day] |= line
        for day, lines in by_day.items():
            lines.invoiced_through = day

    @api.model
    def _cron_invoice(self, batch_size=50):
        """Invoice what is due, incrementally by the index on the next invoice (rule 3).

        A contract whose invoice fails keeps its error and is tried again the next day.
        """
        today = fields.Date.today()
        domain = self._get_due_domain("date_next_invoice") & Domain(
            ["|", ("date_invoice_retry", "=", False), ("date_invoice_retry", "<=", today)]
        )
        found = self.search(domain, limit=batch_size, order="date_next_invoice, id")
        contracts = found.try_lock_for_update()
        if contracts:
            contracts._make_invoices_safely()
        remaining = self.search_count(domain) if contracts and len(found) == batch_size else 0
        self.env["ir.cron"]._commit_progress(len(contracts), remaining=remaining)

    def _make_invoices_safely(self):
        """Invoice all contracts; when that fails, each on its own."""
        try:
            with self.env.cr.savepoint():
                self._make_invoices()
            return
        except OperationalError:
            raise  # another process was faster: Odoo runs the job again
        except Exception as error:  # pylint: disable=broad-except  # each is tried below
            self.env.invalidate_all(flush=False)
            if len(self) == 1:
                _logger.info("Contract %s was not invoiced.", self.id, exc_info=True)
                self._record_invoice_error(str(error))
                return
        for contract in self:
            contract._make_invoices_safely()

    def _record_invoice_error(self, message):
        """Keep why a contract was not invoiced, tell somebody, try again tomorrow."""
        self._write_past_guard(
            {
                "invoice_error": message,
                "date_invoice_retry": fields.Date.today() + relativedelta(days=1),
            }
        )
        self._tell(self.env._("The contract could not be invoiced"), message)
