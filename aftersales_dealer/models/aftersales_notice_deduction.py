from math import isfinite

from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..tools.record_id import read_id
from ..tools.settlement import allocate, to_units
from .account_move_line import DeductionLimits


class AftersalesNotice(models.Model):
    """What is deducted from which open item of the dealer (F03)."""

    _inherit = "aftersales.notice"

    def _get_open_receivables_domain(self, accounts):
        """Return the domain of posted open items of the dealers on ``accounts``, in the notices'
        currencies.
        """
        return [
            ("company_id", "in", self.company_id.ids),
            ("partner_id", "in", self.dealer_id.commercial_partner_id.ids),
            ("account_id", "in", accounts.ids),
            ("currency_id", "in", self.currency_id.ids),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("amount_residual_currency", "!=", 0),
        ]

    def _get_open_receivables(self):
        """Return the open items that settlements are matched with, oldest due first: what the
        dealers owe; for notices that the dealers owe, their open credits.
        """
        accounts = self.env["account.account"].union(
            *(notice._get_receivable_account() for notice in self)
        )
        items = self.env["account.move.line"].search(
            self._get_open_receivables_domain(accounts), order="date_maturity, date, id"
        )
        owing = {(notice.dealer_id.commercial_partner_id, notice._is_owed()) for notice in self}
        return items.filtered(
            lambda item: (item.partner_id, item.amount_residual_currency < 0) in owing
        )

    def _get_deductions(self, entries, allocations=None):
        """Return what is deducted from which open item by posted ``entries``.

        Only items of the same account and currency are touched, as Odoo reconciles. Several
        entries of one dealer share its items.

        :return: {entry: list of (open item, units of the currency)}
        """
        open_lines = self._get_open_receivables() - entries.line_ids
        residuals = {
            line: to_units(abs(line.amount_residual_currency), line.currency_id.rounding)
            for line in open_lines
        }
        by_key = open_lines.grouped(
            lambda line: (
                line.partner_id,
                line.account_id,
                line.currency_id,
                line.amount_residual_currency < 0,
            )
        )
        proposed = open_lines._get_aftersales_proposed()
        result = dict.fromkeys(entries, ())
        for entry in entries.sorted("id"):
            account, amount = entry._get_aftersales_credit()
            key = (entry.aftersales_notice_id.dealer_id.commercial_partner_id, account)
            candidates = by_key.get((*key, entry.currency_id, amount < 0), open_lines.browse())
            if not amount:
                continue
            if allocations is None:
                items = [(line, residuals[line]) for line in candidates & proposed]
                taken, __ = allocate(abs(amount), items)
            else:
                taken = self._check_allocations(allocations, candidates, abs(amount))
            for line, units in taken:
                residuals[line] -= units
            result[entry] = taken
        return result

    def _check_allocations(self, allocations, candidates, amount):
        """Return the chosen ``allocations`` {line id: amount} as (line, units), in due order.

        :param amount: units that there are to deduct
        :raise UserError: not an open item of the dealer, more than is open, more than there is
        """
        self.ensure_one()
        if not isinstance(allocations, dict):
            raise UserError(self.env._("Give what is deducted as journal item id: amount."))
        currency, chosen = self.currency_id, {}
        for line_id, value in allocations.items():
            # Keys come as text from JSON; what is no number is no item of the dealer.
            wanted = read_id(line_id)
            line = candidates.filtered(lambda line, wanted=wanted: line.id == wanted)
            if not line:
                raise UserError(
                    self.env._(
                        "%(notice)s: an item chosen to be deducted from is not open for this "
                        "dealer, account and currency any more. Open the dialog again.",
                        notice=self.display_name,
                    )
                )
            number = isinstance(value, (int, float)) and isfinite(value) and value >= 0
            residual = abs(line.amount_residual_currency)
            if not number or currency.compare_amounts(value, residual) > 0:
                raise UserError(
                    self.env._(
                        "%(item)s: deduct between 0 and the open %(open)s.",
                        item=line.move_id.name,
                        open=format_amount(self.env, residual, currency),
                    )
                )
            chosen[line] = to_units(value, currency.rounding)
        if sum(chosen.values()) > amount:
            raise UserError(
                self.env._(
                    "%(notice)s: %(chosen)s were chosen to be deducted, but there are only "
                    "%(amount)s. Lower an amount.",
                    notice=self.display_name,
                    chosen=format_amount(
                        self.env, sum(chosen.values()) * currency.rounding, currency
                    ),
                    amount=format_amount(self.env, amount * currency.rounding, currency),
                )
            )
        return [(line, chosen[line]) for line in candidates if chosen.get(line)]

    def _deduct(self, entries, offsets, deductions):
        """Reconcile the receivables of ``entries``, and of the ``offsets`` of bills, with the items
        they are matched with. Exchange differences are Odoo's to book; what is left stays open.
        """
        plan, limits = [], DeductionLimits()
        for entry, move in [
            *((entry, entry) for entry in entries),
            *((offset.aftersales_offset_bill_id, offset) for offset in offsets),
        ]:
            own_lines = move.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            ).sorted(lambda line: (line.date_maturity or line.date, line.id))
            for own, item, amount in own_lines._pair_aftersales(deductions[entry]):
                credit, debit = (own + item).sorted("balance")
                limits[credit.id, debit.id] = amount
                plan.append(own + item)
        if plan:
            items = self.env["account.move.line"].with_context(aftersales_limits=limits)
            items._reconcile_plan(plan)

    def _log_deductions(self, deductions):
        """Write what was deducted from which invoice to the chatter of each notice."""
        bodies = {}
        for entry, taken in deductions.items():
            items = entry._describe_aftersales_deduction(taken)
            if items:
                title = (
                    self.env._("Invoiced by %(entry)s", entry=entry.name)
                    if entry._get_aftersales_credit()[1] < 0
                    else self.env._("Deducted by %(entry)s", entry=entry.name)
                )
                bodies[entry.aftersales_notice_id.id] = Markup("<b>%s</b><ul>%s</ul>") % (
                    title,
                    Markup("").join(Markup("<li>%s</li>") % item for item in items),
                )
        if bodies:
            self.browse(bodies)._message_log_batch(bodies=bodies)
