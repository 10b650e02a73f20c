from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date, formatLang

from ..tools import contract_schedule as schedule
from .aftersales_contract_invoice import ACCOUNTANT


class AftersalesContract(models.Model):
    """Cancelling contracts, assets that leave them, and crediting what was paid too much (W11)."""

    _inherit = "aftersales.contract"

    auto_credit = fields.Boolean(
        string="Credit by Itself",
        default=lambda self: self.env.company.aftersales_auto_credit_contracts,
        help="When an asset leaves the contract, the credit note for what was invoiced beyond that "
        "day is drafted at once; otherwise the accountant is asked.",
    )
    amount_to_credit = fields.Monetary(
        compute="_compute_amount_to_credit",
        help="Invoiced for days after assets left the contract, not credited yet; without taxes.",
    )

    @api.depends("line_ids.date_left", "period_ids.is_live", "period_ids.amount")
    def _compute_amount_to_credit(self):
        due = self.sudo()._get_credits_due()  # a sum for who reads the contract
        for contract in self:
            contract.amount_to_credit = sum(amount for __, amount in due[contract.id])

    def action_cancel(self, date=None, reason=None, credit=True):
        """Cancel the contracts; without a ``reason`` open the dialog that asks for it (W11).

        :param date: the last day of cover (date or ISO string); today when empty
        :param reason: why (str)
        :param credit: whether to draft the credit note for what is invoiced beyond that day
        :raise UserError: when the user is no service manager, or a contract has ended already
        """
        self.check_access("write")
        self._check_manager()
        self._ensure_transition("cancelled")
        if not (reason or "").strip():
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "aftersales_service.aftersales_contract_cancel_action"
            )
            return dict(action, context={"default_contract_ids": self.ids})
        day = fields.Date.to_date(date) or self._get_today()
        # sudo: allowed and checked above; lines and credit notes are not the manager's to write.
        self.sudo()._cancel(day, reason.strip(), credit=credit)
        return True

    def action_credit(self):
        """Draft the credit notes for what was invoiced beyond the day assets left.

        :return: the action that shows them
        :raise UserError: when the user does not invoice, or there is nothing to credit
        """
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(ACCOUNTANT)):
            raise UserError(
                self.env._("Contracts are credited by accountants. Ask one of them to do it.")
            )
        contracts = self.sudo()  # as for invoices
        contracts.lock_for_update()
        moves = contracts._make_credits()
        if not moves:
            raise UserError(
                self.env._(
                    "%(contract)s: there is nothing to credit.",
                    contract=", ".join(self.mapped("name")),
                )
            )
        return self._get_invoice_action(moves)

    def _cancel(self, last_day, reason, credit=True):
        """End the contracts with ``last_day``; what lies in the future is ended by the cron."""
        drafts = self.filtered(lambda contract: contract.state == "draft")
        drafts._set_state("cancelled", cancel_reason=reason)
        running = self - drafts
        running._write_past_guard({"cancel_reason": reason, "auto_renew": False})
        running.line_ids.filtered(lambda line: not line.is_gone)._leave(last_day, reason)
        running._close()
        if credit:
            running._make_credits()

    def _close(self):
        """End with the last asset: now when that day has come, else by the cron."""
        self._plan_next_invoice()
        by_end, over = defaultdict(self.browse), self.browse()
        for contract in self:
            today = contract._get_today()
            last_days = [line._get_last_day() for line in contract.line_ids if line.date_start]
            end = max(last_days, default=today)
            by_end[max(end, contract.date_start or end)] |= contract
            if end <= today and contract.state == "running":
                over |= contract
        for end, contracts in by_end.items():
            contracts._write_past_guard({"date_end": end})
        over._set_state("cancelled")

    def _after_leaving(self, reason):
        """Assets left the contracts: plan anew, credit or offer to, end what has none left."""
        empty = self.filtered(
            lambda c: c.state == "running" and not c.line_ids.filtered(lambda x: not x.is_gone)
        )
        empty._write_past_guard({"cancel_reason": reason, "auto_renew": False})
        empty._close()
        (self - empty)._plan_next_invoice()
        self.filtered("auto_credit")._make_credits()
        self._offer_credit()

    def _offer_credit(self):
        """Ask the accountants to credit what is left to credit."""
        self.invalidate_recordset(["amount_to_credit"])
        due = self.filtered("amount_to_credit")
        notes = {
            contract: self.env._(
                "%(amount)s without taxes was invoiced for days after assets left "
                "%(contract)s. “Credit” on the contract drafts the credit note.",
                amount=formatLang(
                    self.env, contract.amount_to_credit, currency_obj=contract.currency_id
                ),
                contract=contract.name,
            )
            for contract in due
        }
        for company, contracts in due.grouped("company_id").items():
            contracts._tell(
                self.env._("Credit what was paid for assets that left"),
                notes,
                user=company.aftersales_contract_accountant_id,
            )

    def _get_credits_due(self):
        """Return {contract id: [(period, amount)]}: invoiced beyond the asset's last day and not
        credited.
        """
        periods = self.env["aftersales.contract.period"].search(
            [
                ("contract_id", "in", self.ids),
                ("kind", "=", "invoice"),
                ("is_live", "=", True),
                ("line_id.date_left", "!=", False),
            ],
            order="date_start, id",
        )
        result = defaultdict(list)
        for period in periods:
            last = period.line_id._get_last_day()
            if period.date_end <= last or period.credit_ids.filtered("is_live"):
                continue
            earned = schedule.until(
                period.amount, period._get_window(), last, period.currency_id.rounding
            )
            amount = period.currency_id.round(period.amount - earned)
            if amount:
                result[period.contract_id.id].append((period, amount))
        return result

    def _make_credits(self):
        """Draft a credit note for each posted invoice, correct the drafts; return what changed."""
        by_move = defaultdict(list)
        for rows in self._get_credits_due().values():
            for period, amount in rows:
                by_move[period.move_id].append((period, amount))
        drafts = [move for move in by_move if move.state == "draft"]
        for move in drafts:
            self._correct_draft(move, by_move.pop(move))
        moves = list(by_move)
        refunds = self.env["account.move"].create(
            [self._prepare_credit_vals(move, by_move[move]) for move in moves]
        )
        vals_list = []
        for move, refund in zip(moves, refunds, strict=True):
            lines = dict(
                zip(
                    self._group_by_move_line(by_move[move]),
                    refund.invoice_line_ids.sorted(lambda line: (line.sequence, line.id)),
                    strict=True,
                )
            )
            vals_list += [
                {
                    "contract_id": period.contract_id.id,
                    "line_id": period.line_id.id,
                    "kind": "credit",
                    "date_start": max(
                        period.date_start, period.line_id._get_last_day() + schedule.ONE_DAY
                    ),
                    "date_end": period.date_end,
                    "amount": -amount,
                    "origin_id": period.id,
                    "move_id": refund.id,
                    "move_line_id": lines[period.move_line_id].id,
                }
                for period, amount in by_move[move]
            ]
        self.env["aftersales.contract.period"].create(vals_list)
        return refunds | self.env["account.move"].union(*drafts)

    @api.model
    def _group_by_move_line(self, rows):
        """Return {invoice line: amount to credit}; in proportion, when somebody changed what the
        line charges: a discount given by hand is not paid out.
        """
        result = defaultdict(float)
        for period, amount in rows:
            result[period.move_line_id] += amount
        for line, amount in result.items():
            planned = sum(line.aftersales_period_ids.mapped("amount"))
            charged = line._get_period_charge()
            if planned and line.currency_id.compare_amounts(planned, charged):
                result[line] = line.currency_id.round(amount * max(charged, 0.0) / planned)
        return result

    def _prepare_credit_vals(self, move, rows):
        """Return the values of the credit note for ``rows`` [(period, amount)] of ``move``."""
        reason = rows[0][0].line_id.left_reason or ""
        return {
            "move_type": "out_refund",
            "partner_id": move.partner_id.id,
            "partner_shipping_id": move.partner_shipping_id.id,
            "currency_id": move.currency_id.id,
            "company_id": move.company_id.id,
            "journal_id": move.journal_id.id,
            "fiscal_position_id": move.fiscal_position_id.id,
            "invoice_origin": move.invoice_origin,
            "invoice_user_id": move.invoice_user_id.id,
            "reversed_entry_id": move.id,
            "ref": self.env._("%(invoice)s: %(reason)s", invoice=move.name, reason=reason),
            "invoice_line_ids": [
                Command.create(
                    dict(self._prepare_credit_line_vals(line, amount, rows), sequence=number)
                )
                for number, (line, amount) in enumerate(self._group_by_move_line(rows).items())
            ],
        }

    @api.model
    def _prepare_credit_line_vals(self, move_line, amount, rows):
        """Return the values of the credit note's line: account, taxes and analytics of the line
        of the invoice.
        """
        own = [period for period, __ in rows if period.move_line_id == move_line]
        lines = own[0].line_id.union(*(period.line_id for period in own))
        env = self.with_context(lang=move_line.move_id.partner_id.lang).env
        first = min(max(p.date_start, p.line_id._get_last_day() + schedule.ONE_DAY) for p in own)
        name = env._(
            "Contract %(contract)s, credit from %(start)s to %(end)s: %(names)s",
            contract=own[0].contract_id.name,
            start=format_date(env, first),
            end=format_date(env, own[0].date_end),
            names=", ".join(line.serial or line.asset_id.name for line in lines[:30]),
        )
        return {
            "name": name,
            "product_id": move_line.product_id.id,
            "product_uom_id": move_line.product_uom_id.id,
            "quantity": 1.0,
            "price_unit": move_line.currency_id.round(amount),
            "account_id": move_line.account_id.id,
            "tax_ids": [Command.set(move_line.tax_ids.ids)],
            "analytic_distribution": move_line.analytic_distribution,
            "sale_line_ids": [Command.set(move_line.sale_line_ids.ids)],
        }

    @api.model
    def _correct_draft(self, move, rows):
        """A draft is corrected rather than credited; one that is left with nothing is cancelled."""
        for move_line, amount in self._group_by_move_line(rows).items():
            charged = move_line._get_period_charge()
            left = (charged - amount) / charged if charged else 1.0
            move_line.price_unit = move_line.currency_id.round(move_line.price_unit * left)
        for period, amount in rows:
            last = max(period.line_id._get_last_day(), period.date_start)
            period.write({"amount": period.amount - amount, "date_end": last})
        if all(line.currency_id.is_zero(line.price_unit) for line in move.invoice_line_ids):
            move.button_cancel()
