from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..tools.settlement import allocate, to_units
from .account_move import SETTLING

ACCOUNTANT = "account.group_account_invoice"


class AftersalesNotice(models.Model):
    """The deduction from the dealer's receivables, and its reversal (F03, F04)."""

    _inherit = "aftersales.notice"

    # -- settle ---------------------------------------------------------------------------------

    def action_settle(self):
        """Post the accounting entries of confirmed notices and deduct them from the dealers'
        receivables.

        Everything or nothing: all in one transaction. The notices and their claims are locked
        first, and a unique index allows one settlement entry per notice, so that double clicks,
        retries and several
        processes settle once.

        :raise AccessError: the user may not post invoices
        :raise UserError: a notice is not confirmed, the user verified it (J01), an account is
            missing, or the entry would not tie to the notice
        """
        self._check_may_settle()
        self._lock()
        self._ensure_transition("settled")
        for company, notices in self.grouped("company_id").items():
            notices.with_company(company)._settle()
        self._set_state("settled", settled_by_id=self.env.uid, date_settled=fields.Datetime.now())
        # The accountant need not have the right to change claims and charges.
        self.line_ids.sudo()._follow_notice()

    def _check_may_settle(self):
        """Raise unless the user may post and did not verify the notice, or the company allows it
        (J01).
        """
        self._check_groups(ACCOUNTANT)
        for notice in self:
            if (
                notice.verified_by_id == self.env.user
                # One yes or no of the notice's own company, whoever posts.
                and not notice.company_id.sudo().aftersales_same_user_post
            ):
                raise UserError(
                    self.env._(
                        "%(notice)s: you verified it, so somebody else has to post it. A setting "
                        "of the company can allow it.",
                        notice=notice.display_name,
                    )
                )

    def _settle(self):
        """Post the entries of notices of one company and reconcile them."""
        moves = self.env["account.move"].with_context(aftersales_settling=SETTLING)
        paying = self.filtered(lambda notice: not notice.currency_id.is_zero(notice.amount_total))
        today = fields.Date.context_today(self)
        entries = moves.create([notice._prepare_settlement_move_vals(today) for notice in paying])
        entries._post(soft=False)
        bills = entries.filtered(lambda move: move.move_type == "in_invoice")
        offsets = moves.create(
            [bill.aftersales_notice_id._prepare_offset_move_vals(bill) for bill in bills]
        )
        offsets._post(soft=False)
        for bill, offset in zip(bills, offsets, strict=True):
            (bill + offset).line_ids.filtered(
                lambda line: line.account_type == "liability_payable"
            ).reconcile()
        for entry in entries:
            entry.aftersales_notice_id._check_ties(entry)
        self._deduct((entries - bills) + offsets)

    def _check_ties(self, entry):
        """Raise unless the sum of the lines, the notice and the posted entry are the same to the
        cent (F04).
        """
        self.ensure_one()
        rounding = self.currency_id.rounding
        if entry.move_type == "entry":
            booked = sum(
                -line.amount_currency
                for line in entry.line_ids
                if line.account_type == "asset_receivable"
            )
        else:
            booked = entry.amount_untaxed * (-1 if entry.move_type == "out_invoice" else 1)
        lines = sum(to_units(line.amount, rounding) for line in self.line_ids)
        if not lines == to_units(self.amount_total, rounding) == to_units(booked, rounding):
            raise UserError(
                self.env._(
                    "%(notice)s: the entry shows %(booked)s before tax, the notice %(total)s. Use "
                    "taxes that are not included in the price.",
                    notice=self.display_name,
                    booked=format_amount(self.env, booked, self.currency_id),
                    total=format_amount(self.env, self.amount_total, self.currency_id),
                )
            )

    def _get_open_receivables_domain(self, accounts):
        """Return the domain of posted open receivable lines of the dealers, in the notices'
        currencies.
        """
        return [
            ("company_id", "in", self.company_id.ids),
            ("partner_id", "in", self.dealer_id.commercial_partner_id.ids),
            ("account_id", "in", accounts.ids),
            ("currency_id", "in", self.currency_id.ids),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("amount_residual_currency", ">", 0),
        ]

    def _deduct(self, entries):
        """Reconcile the receivable lines of ``entries`` with the dealers' open ones, oldest due
        first (F03).

        Only lines of the same account and currency are touched, as Odoo reconciles; exchange
        differences are Odoo's to book. What is left stays as an open credit of the dealer.
        """
        credits = entries.line_ids.filtered(
            lambda line: (
                line.account_type == "asset_receivable" and line.amount_residual_currency < 0
            )
        )
        open_lines = self.env["account.move.line"].search(
            self._get_open_receivables_domain(credits.account_id), order="date_maturity, date, id"
        )
        by_key = open_lines.grouped(
            lambda line: (line.partner_id, line.account_id, line.currency_id)
        )
        residuals = {
            line: to_units(line.amount_residual_currency, line.currency_id.rounding)
            for line in open_lines
        }
        plan = []
        for credit in credits.sorted("id"):
            candidates = by_key.get(
                (credit.partner_id, credit.account_id, credit.currency_id), open_lines.browse()
            )
            amount = to_units(-credit.amount_residual_currency, credit.currency_id.rounding)
            deductions, __ = allocate(amount, [(line, residuals[line]) for line in candidates])
            for line, units in deductions:
                residuals[line] -= units
                plan.append(credit + line)
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)

    # -- reverse --------------------------------------------------------------------------------

    def action_reverse(self, reason=None, date=None):
        """Undo a settlement: the dealer's invoices are open again, the claims wait for a new
        notice (F03).

        The settlement entries stay, each with a posted reversal it is reconciled with.

        :param str reason: required
        :param date date: date of the reversal entries, default today; Odoo moves it past lock dates
        :raise AccessError: the user may not post invoices
        :raise UserError: not settled, no reason, or a date before the settlement
        """
        self._check_groups(ACCOUNTANT)
        reason = self._check_reason(reason)
        self._lock()
        self._ensure_transition("reversed")
        date = fields.Date.to_date(date) or fields.Date.context_today(self)
        for notice in self:
            notice.with_company(notice.company_id)._reverse_entries(reason, date)
        self._set_state("reversed")
        self._log_note(self.env._("Settlement reversed"), reason)
        # As when settling: the accountant need not have the right to change claims and charges.
        self.line_ids.sudo()._follow_notice()

    def _reverse_entries(self, reason, date):
        """Unreconcile and reverse the entries of one notice, the last one first."""
        self.ensure_one()
        entries = self.move_ids.filtered(
            lambda move: move.aftersales_notice_role in ("settlement", "offset")
        )
        if entries and date < max(entries.mapped("date")):
            raise UserError(
                self.env._(
                    "%(notice)s was settled on %(date)s; the reversal cannot be dated before.",
                    notice=self.display_name,
                    date=max(entries.mapped("date")),
                )
            )
        entries = entries.sorted("id", reverse=True).with_context(aftersales_settling=SETTLING)
        entries.line_ids.remove_move_reconcile()
        entries._reverse_moves(
            [self._prepare_reversal_vals(entry, reason, date) for entry in entries], cancel=True
        )

    def _prepare_reversal_vals(self, entry, reason, date):
        """Return the values of the reversal of ``entry``."""
        return {
            "ref": self.env._("Reversal of %(entry)s: %(reason)s", entry=entry.name, reason=reason),
            "date": date,
            "invoice_date": date if entry.is_invoice() else False,
            "invoice_date_due": date if entry.is_invoice() else False,
            "invoice_payment_term_id": False,
            "invoice_origin": self.name,
            "aftersales_notice_id": self.id,
            "aftersales_notice_role": f"{entry.aftersales_notice_role}_reversal",
        }
