from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesNotice(models.Model):
    """What the accounting entries of a notice say; builders touch nothing (F03)."""

    _inherit = "aftersales.notice"

    def _prepare_settlement_move_vals(self):
        """Return the values of the entry that books the notice, by its settlement method."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        vals = {
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "date": today,
            "ref": self.env._("Fee notice %(name)s", name=self.name),
            "aftersales_notice_id": self.id,
            "aftersales_notice_role": "settlement",
        }
        if self.settlement_method == "journal_entry":
            return dict(vals, **self._prepare_journal_entry_vals(today))
        taxes = self._get_settlement_taxes()
        return dict(
            vals,
            move_type="out_refund" if self.settlement_method == "credit_note" else "in_invoice",
            partner_id=self.dealer_id.id,
            invoice_date=today,
            invoice_date_due=today,
            invoice_payment_term_id=False,
            invoice_origin=self.name,
            invoice_line_ids=[
                Command.create(
                    dict(
                        line._prepare_settlement_line_vals(),
                        quantity=1.0,
                        price_unit=line.amount,
                        tax_ids=[Command.set(taxes.ids)],
                    )
                )
                for line in self._get_paying_lines()
            ],
        )

    def _get_paying_lines(self):
        """Return the lines that carry an amount; the others only explain."""
        return self.line_ids.filtered(lambda line: not line.currency_id.is_zero(line.amount))

    def _get_settlement_taxes(self):
        """Return the taxes of the settlement: the company's choice through the dealer's fiscal
        position.

        Amounts of notices exclude tax; without a tax in the settings there is none on the entry.
        """
        self.ensure_one()
        company = self.company_id
        if self.settlement_method == "vendor_bill":
            taxes = company.aftersales_claim_purchase_tax_ids
        else:
            taxes = company.aftersales_claim_sale_tax_ids
        position = (
            self.env["account.fiscal.position"]
            .with_company(company)
            ._get_fiscal_position(self.dealer_id)
        )
        return position.map_tax(taxes) if position else taxes

    def _get_receivable_account(self):
        """Return the dealer's receivable account in the notice's company."""
        return self.dealer_id.with_company(self.company_id).property_account_receivable_id

    def _get_general_journal(self):
        """Return the company's first general journal, or raise."""
        journal = self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self.company_id),
                ("type", "=", "general"),
            ],
            limit=1,
        )
        if not journal:
            raise UserError(
                self.env._(
                    "%(company)s has no journal for miscellaneous operations. Create one in "
                    "Accounting.",
                    company=self.company_id.display_name,
                )
            )
        return journal

    def _prepare_journal_entry_vals(self, date):
        """Return the values of an entry cost → dealer's receivable; the receivable takes the
        rounding.
        """
        company, currency = self.company_id, self.currency_id
        lines, total = [], 0.0
        for line in self._get_paying_lines():
            balance = currency._convert(line.amount, company.currency_id, company, date)
            total += balance
            lines.append(
                dict(
                    line._prepare_settlement_line_vals(),
                    partner_id=self.dealer_id.commercial_partner_id.id,
                    currency_id=currency.id,
                    amount_currency=line.amount,
                    balance=balance,
                )
            )
        lines.append(
            {
                "name": self.display_name,
                "account_id": self._get_receivable_account().id,
                "partner_id": self.dealer_id.commercial_partner_id.id,
                "currency_id": currency.id,
                "amount_currency": -self.amount_total,
                "balance": -company.currency_id.round(total),
                "date_maturity": date,
            }
        )
        return {
            "move_type": "entry",
            "journal_id": self._get_general_journal().id,
            "line_ids": [Command.create(line) for line in lines],
        }

    def _prepare_offset_move_vals(self, bill):
        """Return the values of the entry that sets the dealer's bill off against its
        receivables.
        """
        self.ensure_one()
        payable = bill.line_ids.filtered(lambda line: line.account_type == "liability_payable")
        amounts = (-sum(payable.mapped("amount_currency")), -sum(payable.mapped("balance")))
        common = {
            "name": self.env._(
                "Set-off of %(bill)s, fee notice %(name)s", bill=bill.name, name=self.name
            ),
            "partner_id": bill.commercial_partner_id.id,
            "currency_id": self.currency_id.id,
        }
        sides = ((payable.account_id[:1], 1), (self._get_receivable_account(), -1))
        return {
            "move_type": "entry",
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "journal_id": self._get_general_journal().id,
            "date": bill.date,
            "ref": common["name"],
            "aftersales_notice_id": self.id,
            "aftersales_notice_role": "offset",
            "line_ids": [
                Command.create(
                    dict(
                        common,
                        account_id=account.id,
                        amount_currency=self.currency_id.round(sign * amounts[0]),
                        balance=self.company_id.currency_id.round(sign * amounts[1]),
                        date_maturity=bill.date,
                    )
                )
                for account, sign in sides
            ],
        }
