from odoo import api, models
from odoo.exceptions import UserError

from .aftersales_deposit_move_entry import DEPOSITING

LEDGER_FIELDS = {"account_id", "partner_id", "balance", "debit", "credit"}


class AccountMoveLine(models.Model):
    """Lines of the deposit account follow the movements of deposits, and the other way (F05)."""

    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        # Lines may come to a posted entry: a bank line that is matched.
        lines.filtered(lambda line: line.parent_state == "posted")._adopt_deposits()
        return lines

    def write(self, vals):
        if LEDGER_FIELDS & vals.keys():
            self._check_deposit_unchanged(vals)
        return super().write(vals)

    def unlink(self):
        lowered = self._filter_on_deposit_account()._cancel_deposits()
        result = super().unlink()
        lowered._check_overdrawn(lowered.filtered(lambda move: move.direction == "in"))
        return result

    def _filter_on_deposit_account(self):
        """Return the posted lines on the deposit account of their company."""
        # One setting of the companies, whoever books.
        companies = self.company_id.sudo()
        accounts = {company.id: company.aftersales_deposit_account_id.id for company in companies}
        if not any(accounts.values()):
            return self.browse()
        return self.filtered(
            lambda line: (
                line.parent_state == "posted"
                and line.account_id.id
                and accounts[line.company_id.id] == line.account_id.id
            )
        )

    def _check_deposit_unchanged(self, vals):
        """Raise when a posted line would come to, leave or change on the deposit account."""
        moves = self.env["account.move"]
        for line in self.filtered(lambda line: line.parent_state == "posted"):
            account = line.company_id.sudo().aftersales_deposit_account_id  # as above
            if not account or account.id not in (line.account_id.id, vals.get("account_id")):
                continue
            if any(
                moves._field_will_change(line, vals, name) for name in LEDGER_FIELDS & set(vals)
            ):
                raise UserError(
                    self.env._(
                        "%(entry)s: posted lines of the deposit account %(account)s do not "
                        "change. Reset the entry to draft, or enter a deposit movement.",
                        entry=line.move_id.display_name,
                        account=account.display_name,
                    )
                )

    def _adopt_deposits(self):
        """Make the movements of lines that accounting has booked on the deposit account.

        :raise UserError: for a line without a dealer
        :raise ValidationError: when a deposit would be overdrawn
        """
        if self.env.context.get("aftersales_depositing") is DEPOSITING:
            return
        lines = self._filter_on_deposit_account().filtered(
            lambda line: not line.company_currency_id.is_zero(line.balance)
        )
        if not lines:
            return
        # Accounting books; the movement says the same to the dealer managers.
        deposits = self.env["aftersales.deposit.move"].sudo()
        known = deposits.search([("line_id", "in", lines.ids)]).line_id
        new = deposits.create([line._prepare_deposit_vals() for line in lines - known])
        for deposit, line in zip(new, lines - known, strict=True):
            deposit._set_state("posted", move_id=line.move_id.id, line_id=line.id)
        new._check_overdrawn(new.filtered(lambda move: move.direction == "out"))

    def _prepare_deposit_vals(self):
        """Return the values of the movement that this line is."""
        self.ensure_one()
        dealer = self.partner_id
        if not dealer.is_dealer:
            raise UserError(
                self.env._(
                    "%(entry)s books on the deposit account %(account)s: name the dealer as "
                    "partner of the line.",
                    entry=self.move_id.display_name,
                    account=self.account_id.display_name,
                )
            )
        return {
            "dealer_id": dealer.id,
            "company_id": self.company_id.id,
            "date": self.date,
            "direction": "in" if self.balance < 0 else "out",
            "purpose": "ledger",
            "amount": abs(self.balance),
            "reason": self.name or self.move_id.ref or self.move_id.name,
        }

    def _cancel_deposits(self):
        """Cancel the movements of lines that leave the ledger; returns them."""
        if not self:
            return self.env["aftersales.deposit.move"]
        # As in ``account.move``: what accounting booked, accounting undoes.
        deposits = self.env["aftersales.deposit.move"].sudo()
        found = deposits.search([("line_id", "in", self.ids), ("state", "=", "posted")])
        self.move_id._check_deposit_entries(found)
        found._set_state("cancelled", line_id=False)
        return found

    def _rematch(self):
        """Match what is open of these lines where both sides are there; others stay open."""
        lines = self.filtered(lambda line: not line.reconciled)
        if any(line.balance > 0 for line in lines) and any(line.balance < 0 for line in lines):
            lines.reconcile()
