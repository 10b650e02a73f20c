from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesNotice(models.Model):
    """What the accounting entries of a notice say; builders touch nothing (F03)."""

    _inherit = "aftersales.notice"

    def _get_entry_type(self):
        """Return the type of the entry that books the notice.

        A dealer who owes more than it is granted gets an invoice, whatever the method (F06).
        """
        self.ensure_one()
        if self.settlement_method == "journal_entry" or self.currency_id.is_zero(self.amount_total):
            return "entry"
        if self._is_owed():
            return "out_invoice"
        return "in_invoice" if self.settlement_method == "vendor_bill" else "out_refund"

    def _is_owed(self):
        """Whether the dealer owes the notice: its charges are more than its claims with their tax
        (F06). Charges without tax may exceed the claims before tax only: that is no invoice.
        """
        self.ensure_one()
        owed = self.currency_id.compare_amounts(self.amount_total, 0.0) < 0
        if not owed or self.settlement_method == "journal_entry":
            return owed
        total = self._get_total_with_tax("out_invoice")
        return self.currency_id.compare_amounts(total, 0.0) < 0

    def _get_total_with_tax(self, move_type):
        """Return what an entry of ``move_type`` comes to, the taxes of the settings included."""
        self.ensure_one()
        total = 0.0
        for posting in self._get_postings(move_type):
            taxes = posting["taxes"].compute_all(
                posting["amount"], currency=self.currency_id, partner=self.dealer_id
            )
            total += taxes["total_included"]
        return self.currency_id.round(total)

    def _prepare_settlement_move_vals(self, date):
        """Return the values of the entry that books the notice on ``date``, by its method."""
        self.ensure_one()
        move_type = self._get_entry_type()
        vals = {
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "date": date,
            "ref": self.env._("Fee notice %(name)s", name=self.name),
            "aftersales_notice_id": self.id,
            "aftersales_notice_role": "settlement",
        }
        if move_type == "entry":
            return dict(vals, **self._prepare_journal_entry_vals(date))
        sign = -1 if move_type == "out_invoice" else 1
        vals.update(
            move_type=move_type,
            partner_id=self.dealer_id.id,
            invoice_date=date,
            invoice_origin=self.name,
            invoice_line_ids=[
                Command.create(
                    {
                        "name": posting["name"],
                        "account_id": posting["account"].id,
                        "analytic_distribution": posting["analytic"] or False,
                        "tax_ids": [Command.set(posting["taxes"].ids)],
                        "quantity": 1.0,
                        "price_unit": sign * posting["amount"],
                    }
                )
                for posting in self._get_postings(move_type)
            ],
        )
        if move_type == "out_refund":
            # Open credit is open from today on; what one side owes falls due as agreed.
            vals.update(invoice_date_due=date, invoice_payment_term_id=False)
        return vals

    def _get_postings(self, move_type):
        """Return the lines of the entry: one for each account, taxes and analytic distribution,
        or one for each line of the notice where the company wants it (F03).

        :return: list of dict with ``name``, ``account``, ``taxes``, ``analytic``, ``amount``
        """
        self.ensure_one()
        detailed = self.company_id.aftersales_settle_detailed
        taxes = self._get_settlement_taxes(move_type)
        groups = {}
        # What carries no amount only explains.
        paying = self.line_ids.filtered(lambda line: not line.currency_id.is_zero(line.amount))
        accounts = paying._get_accounts(self._get_fiscal_position())
        analytic = paying._get_analytic_distributions(accounts)
        for line in paying:
            line_taxes = taxes if line._is_taxed() else taxes.browse()
            key = (
                accounts[line],
                line_taxes,
                tuple(sorted((analytic[line] or {}).items())),
                line if detailed else line.type,
            )
            groups.setdefault(key, []).append(line)
        return [
            {
                "name": self._get_posting_name(lines),
                "account": account,
                "taxes": line_taxes,
                "analytic": dict(distribution),
                "amount": self.currency_id.round(sum(line.amount for line in lines)),
            }
            for (account, line_taxes, distribution, __), lines in groups.items()
        ]

    def _get_posting_name(self, lines):
        """Return the label of an accounting line that stands for ``lines`` (a list)."""
        if len(lines) == 1:
            return lines[0].display_name
        if lines[0].type == "charge":
            return self.env._("%(notice)s: %(count)s charges", notice=self.name, count=len(lines))
        return self.env._("%(notice)s: %(count)s claim lines", notice=self.name, count=len(lines))

    def _get_fiscal_position(self):
        """Return the fiscal position that the company applies to the dealer."""
        self.ensure_one()
        positions = self.env["account.fiscal.position"].with_company(self.company_id)
        return positions._get_fiscal_position(self.dealer_id)

    def _get_settlement_taxes(self, move_type):
        """Return the taxes of the settlement: the company's choice through the dealer's fiscal
        position.

        Amounts of notices exclude tax; without a tax in the settings there is none on the entry.

        :raise UserError: for a tax that is included in the price
        """
        self.ensure_one()
        company = self.company_id
        if move_type == "entry":
            return self.env["account.tax"]
        if move_type == "in_invoice":
            taxes = company.aftersales_claim_purchase_tax_ids
        else:
            taxes = company.aftersales_claim_sale_tax_ids
        taxes = self._get_fiscal_position().map_tax(taxes)
        for tax in taxes.flatten_taxes_hierarchy():
            if tax.price_include:
                raise UserError(
                    self.env._(
                        "%(notice)s: the tax “%(tax)s” is included in the price, but the amounts "
                        "of notices are without tax. Choose one that is not included in the price, "
                        "in Settings / After-sales or in the dealer's fiscal position.",
                        notice=self.display_name,
                        tax=tax.display_name,
                    )
                )
        return taxes

    def _get_receivable_account(self):
        """Return the dealer's receivable account in the notice's company.

        :raise UserError: when there is none
        """
        dealer = self.dealer_id.with_company(self.company_id)
        account = dealer.property_account_receivable_id
        if not account:
            raise UserError(
                self.env._(
                    "%(dealer)s has no receivable account in %(company)s. Set it on the contact, "
                    "page Invoicing.",
                    dealer=dealer.display_name,
                    company=self.company_id.display_name,
                )
            )
        return account

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
        rounding. A negative notice is booked the other way round.
        """
        company, currency = self.company_id, self.currency_id
        partner = self.dealer_id.commercial_partner_id
        lines, total = [], 0.0
        for posting in self._get_postings("entry"):
            balance = currency._convert(posting["amount"], company.currency_id, company, date)
            total += balance
            lines.append(
                {
                    "name": posting["name"],
                    "account_id": posting["account"].id,
                    "analytic_distribution": posting["analytic"] or False,
                    "partner_id": partner.id,
                    "currency_id": currency.id,
                    "amount_currency": posting["amount"],
                    "balance": balance,
                }
            )
        lines.append(
            {
                "name": self.display_name,
                "account_id": self._get_receivable_account().id,
                "partner_id": partner.id,
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

    def _prepare_offset_move_vals(self, bill, amount):
        """Return the values of the entry that sets ``amount`` of the dealer's bill off against
        its receivables, at the rate of the bill.
        """
        self.ensure_one()
        payable = bill.line_ids.filtered(lambda line: line.account_type == "liability_payable")
        amount = self.currency_id.round(amount)
        total = -sum(payable.mapped("amount_currency"))
        balance = -sum(payable.mapped("balance")) * amount / total
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
            "aftersales_offset_bill_id": bill.id,
            "line_ids": [
                Command.create(
                    dict(
                        common,
                        account_id=account.id,
                        amount_currency=sign * amount,
                        balance=sign * self.company_id.currency_id.round(balance),
                        date_maturity=bill.date,
                    )
                )
                for account, sign in sides
            ],
        }
