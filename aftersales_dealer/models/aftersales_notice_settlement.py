from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..tools.settlement import to_units
from .account_move import SETTLING

ACCOUNTANT = "account.group_account_invoice"


class AftersalesNotice(models.Model):
    """The entries of a settlement (F03, F04).

    What is deducted from which invoice is in ``aftersales_notice_deduction.py``, what has to hold
    before in ``aftersales_notice_ready.py``, the way back in ``aftersales_notice_reversal.py``.
    """

    _inherit = "aftersales.notice"

    def action_settle(self, date=None, allocations=None):
        """Post the accounting entries of confirmed notices and deduct them from the dealers'
        receivables.

        Everything or nothing: all in one transaction. The notices and their claims are locked
        first, and a unique index allows one settlement entry per notice, so that double clicks,
        retries and several processes settle once.

        :param date date: accounting date of the entries, default today
        :param dict allocations: what to deduct from which open item: {journal item id: amount in
            the notice's currency}, of one notice; ``{}`` leaves all as open credit; without it the
            oldest due is deducted first
        :raise AccessError: the user may not post invoices
        :raise UserError: a notice is not confirmed, the user verified it (J01), an account or a
            rate is missing, the dealer is archived, the period is closed, an amount is not open,
            or the entry would not tie to the notice
        """
        self._check_may_settle()
        if allocations is not None:
            self.ensure_one()
        date = self._get_booking_date(date)
        self._lock()
        self._ensure_transition("settled")
        self._ensure_ready(date)
        for company, notices in self.grouped("company_id").items():
            notices.with_company(company)._settle(date, allocations)
        self._set_state_in_bulk(
            "settled", settled_by_id=self.env.uid, date_settled=fields.Datetime.now()
        )
        # The accountant need not have the right to change claims and charges.
        self.line_ids.sudo()._follow_notice()

    def _get_booking_date(self, date):
        """Return ``date`` (date or str), today when empty; raise UserError when it is no date."""
        try:
            return fields.Date.to_date(date) or fields.Date.context_today(self)
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("“%(date)s” is no date. Write it as 2026-03-31.", date=date)
            ) from error

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

    def _settle(self, date, allocations):
        """Post the entries of notices of one company and reconcile them."""
        moves = self.env["account.move"].with_context(aftersales_settling=SETTLING)
        # Claims and charges that balance out are booked all the same, on their accounts.
        paying = self.filtered(lambda notice: any(notice.line_ids.mapped("amount")))
        entries = moves.create([notice._prepare_settlement_move_vals(date) for notice in paying])
        self._ensure_open_period(entries, date)
        entries._post(soft=False)
        for entry in entries:
            entry.aftersales_notice_id._check_ties(entry)
        deductions = self._get_deductions(entries, allocations)
        offsets = self._set_off(entries, deductions, date)
        self._deduct(entries - offsets.aftersales_offset_bill_id, offsets, deductions)
        self._log_deductions(deductions)

    def _set_off(self, entries, deductions, date):
        """Post the entries that set dealers' bills off against their receivables; what no open
        invoice takes stays payable, as agreed for bills.
        """
        moves = self.env["account.move"].with_context(aftersales_settling=SETTLING)
        bills = entries.filtered(lambda move: move.move_type == "in_invoice" and deductions[move])
        offsets = moves.create(
            [
                bill.aftersales_notice_id._prepare_offset_move_vals(
                    bill, sum(units for __, units in deductions[bill]) * bill.currency_id.rounding
                )
                for bill in bills
            ]
        )
        self._ensure_open_period(offsets, date)
        offsets._post(soft=False)
        for bill, offset in zip(bills, offsets, strict=True):
            (bill + offset).line_ids.filtered(
                lambda line: line.account_type == "liability_payable"
            ).reconcile()
        return offsets

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
