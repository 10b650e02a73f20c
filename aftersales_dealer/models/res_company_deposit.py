from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class ResCompany(models.Model):
    """The accounts of deposits and of advance compensation (F05)."""

    _inherit = "res.company"

    aftersales_deposit_account_id = fields.Many2one(
        "account.account",
        string="Deposit Account",
        check_company=True,
        domain="[('account_type', '=', 'liability_current')]",
        help="What the company owes its dealers. Only deposits are booked on it.",
    )
    aftersales_deposit_journal_id = fields.Many2one(
        "account.journal",
        string="Deposit Journal",
        check_company=True,
        domain="[('type', '=', 'general')]",
        help="Empty: the first journal for miscellaneous operations.",
    )

    def write(self, vals):
        if "aftersales_deposit_account_id" in vals:
            for company in self:
                company._check_deposit_account_free(vals["aftersales_deposit_account_id"])
        return super().write(vals)

    def _check_deposit_account_free(self, account_id):
        """Raise when the deposit account would change while dealers have deposits on it."""
        self.ensure_one()
        account = self.aftersales_deposit_account_id
        if not account or account.id == account_id:
            return
        # Whoever changes settings need not read the ledger.
        items = self.env["account.move.line"].sudo()
        groups = items._read_group(
            [
                ("account_id", "=", account.id),
                ("company_id", "=", self.id),
                ("parent_state", "=", "posted"),
            ],
            ["partner_id"],
            ["balance:sum"],
        )
        held = [partner for partner, balance in groups if not self.currency_id.is_zero(balance)]
        if held:
            raise UserError(
                self.env._(
                    "%(account)s holds the deposits of %(count)s dealers. Move the balances first, "
                    "then change the deposit account of %(company)s.",
                    account=account.display_name,
                    count=len(held),
                    company=self.display_name,
                )
            )

    def _get_deposit_account(self):
        """Return the company's deposit account.

        :raise UserError: when none is set, or it is not a current liability
        """
        self.ensure_one()
        account = self.sudo().aftersales_deposit_account_id  # one setting, whoever asks
        if not account or account.account_type != "liability_current":
            raise UserError(
                self.env._(
                    "%(company)s has no deposit account. Choose a current liability account in "
                    "Settings / After-sales / Deposits and advance compensation.",
                    company=self.display_name,
                )
            )
        return account

    def _get_deposit_journal(self):
        """Return the journal of deposits: the chosen one, else the first general journal.

        :raise UserError: when there is none
        """
        self.ensure_one()
        # One setting of the company, whoever books.
        journal = self.sudo().aftersales_deposit_journal_id or self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self),
                ("type", "=", "general"),
            ],
            limit=1,
        )
        if not journal:
            raise UserError(
                self.env._(
                    "%(company)s has no journal for miscellaneous operations. Create one in "
                    "Accounting.",
                    company=self.display_name,
                )
            )
        return journal

    def _check_period_open(self, date, journal, document):
        """Raise when ``date`` is in a closed period: Odoo would move the entry to another day.

        :param document: the record that is booked, named in the message
        """
        self.ensure_one()
        locks = self._get_violated_lock_dates(date, False, journal)
        if locks:
            raise UserError(
                self.env._(
                    "%(document)s: the books of %(company)s are closed until %(lock)s. Choose a "
                    "later date than %(date)s.",
                    document=document.display_name,
                    company=self.display_name,
                    lock=format_date(self.env, locks[-1][0]),
                    date=format_date(self.env, date),
                )
            )
