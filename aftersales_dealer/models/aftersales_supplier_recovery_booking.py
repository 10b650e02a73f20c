from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.aftersales_service.tools.snapshot import touch

from .account_move_recovery import RECOVERING

ACCOUNTANT = "account.group_account_invoice"


class AftersalesSupplierRecovery(models.Model):
    """Booked once through a vendor credit note, or a debit note to the supplier (F07)."""

    _inherit = "aftersales.supplier.recovery"

    move_ids = fields.One2many(
        "account.move",
        "aftersales_recovery_id",
        string="Accounting Entries",
        readonly=True,
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    move_count = fields.Integer(compute="_compute_move_count")
    amount_outstanding = fields.Monetary(
        string="Outstanding",
        compute="_compute_amount_outstanding",
        store=True,
        help="Claimed and not answered, accepted and not booked, or booked and not yet set off or "
        "paid.",
    )

    @api.depends("move_ids")
    def _compute_move_count(self):
        for recovery in self:
            # Whoever may read the recovery may know how many entries it has.
            recovery.move_count = len(recovery.sudo().move_ids)

    @api.depends(
        "state",
        "amount_claimed",
        "amount_accepted",
        "move_ids.amount_residual",
        "move_ids.aftersales_recovery_role",
    )
    def _compute_amount_outstanding(self):
        for recovery in self:
            booked = recovery.move_ids.filtered(lambda m: m.aftersales_recovery_role == "booking")
            recovery.amount_outstanding = {
                "sent": recovery.amount_claimed,
                "answered": recovery.amount_accepted,
                "booked": sum(booked.mapped("amount_residual")),
            }.get(recovery.state, 0.0)

    def action_book(self):
        """Post what the suppliers accepted: one entry each, grouped to one line an account.

        :raise AccessError: the user may not post
        :raise UserError: not answered, booked already, an account or rate is missing, or the
            period is closed
        """
        self.env["aftersales.notice"]._check_groups(ACCOUNTANT)
        self.check_access("read")
        touch(self)
        self.invalidate_recordset(["state"])
        self._ensure_transition("booked")
        today = fields.Date.context_today(self)
        accepted = self.filtered(lambda r: not r.currency_id.is_zero(r.amount_accepted))
        for recovery in accepted:
            company = recovery.company_id
            company._check_currency_rate(recovery.currency_id, today, recovery)
        moves = self.env["account.move"].with_context(aftersales_recovering=RECOVERING)
        for company, recoveries in accepted.grouped("company_id").items():
            entries = moves.with_company(company).create(
                [recovery._prepare_booking_vals(today) for recovery in recoveries]
            )
            for recovery, entry in zip(recoveries, entries, strict=True):
                company._check_period_open(today, entry.journal_id, recovery)
            entries._post(soft=False)
        # Accountants read recoveries; booking alone changes them.
        self.sudo()._set_state("booked")

    def _prepare_booking_vals(self, date):
        """Return the values of the credit note or debit note of one recovery."""
        self.ensure_one()
        label = self.env._("Supplier recovery %(name)s", name=self.name)
        return {
            "move_type": "in_refund" if self.method == "refund" else "out_invoice",
            "partner_id": self.supplier_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "invoice_date": date,
            "date": date,
            "ref": self.supplier_reference or label,
            "invoice_origin": self.name,
            "aftersales_recovery_id": self.id,
            "aftersales_recovery_role": "booking",
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": label,
                        "account_id": self._get_recovery_account().id,
                        "quantity": 1.0,
                        "price_unit": self.amount_accepted,
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }

    def _get_recovery_account(self):
        """Return where recovered costs are booked: own account, else the warranty expense.

        :raise UserError: when neither is set
        """
        self.ensure_one()
        company = self.company_id.sudo()  # settings of the company, whoever books
        account = company.aftersales_recovery_account_id or company.aftersales_claim_account_id
        if not account:
            raise UserError(
                self.env._(
                    "%(company)s has no account for supplier recovery. Choose one in Settings / "
                    "After-sales.",
                    company=company.display_name,
                )
            )
        return account

    def action_reverse(self, reason=None):
        """Take the booking back for ``reason`` (str); the answer stands, and may be booked anew.

        :raise AccessError: the user may not post
        :raise UserError: not booked
        """
        if not reason:
            return self.env["aftersales.dealer.reason"]._ask(
                self, "reverse", self.env._("Reverse the Booking")
            )
        self.env["aftersales.notice"]._check_groups(ACCOUNTANT)
        self.check_access("read")
        touch(self)
        self.invalidate_recordset(["state"])
        self._ensure_states("booked")
        for recovery in self:
            entry = recovery.move_ids.filtered(
                lambda move: move.aftersales_recovery_role == "booking"
            ).with_context(aftersales_recovering=RECOVERING)
            if entry:
                date = max(entry.date, fields.Date.context_today(self))
                entry.line_ids.remove_move_reconcile()
                reversal = entry._reverse_moves(
                    [{"ref": f"{recovery.name}: {reason}", "date": date, "invoice_date": date}],
                    cancel=True,
                )
                entry.aftersales_recovery_role = "reversed"
                # The unique index has room for another booking only when this is in the database.
                entry.flush_recordset(["aftersales_recovery_role"])
                reversal.write(
                    {
                        "aftersales_recovery_id": recovery.id,
                        "aftersales_recovery_role": "reversal",
                    }
                )
            # As when booking: the trail of what was just checked and done.
            recovery.sudo()._message_log(
                body=self.env._("Booking reversed: %(reason)s", reason=reason)
            )
        self.sudo()._set_state("answered")  # as when booking
        return True

    def action_view_moves(self):
        """Open the accounting entries of the recovery."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entries of %(recovery)s", recovery=self.display_name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("aftersales_recovery_id", "in", self.ids)],
            "context": {"create": False},
        }
