from odoo import models
from odoo.exceptions import UserError

# Damages are no turnover, and what an advance recovers was taxed when it was paid.
UNTAXED_CHARGES = ("penalty", "advance")


class AftersalesNoticeLine(models.Model):
    """Where a line of a notice is booked (F03)."""

    _inherit = "aftersales.notice.line"

    def _get_account(self):
        """Return the account the line's cost is booked on: own, charge's, product category's,
        company's (F03).

        :raise UserError: when none is set
        """
        self.ensure_one()
        company = self.company_id
        category = self.product_id.categ_id.with_company(company)
        account = (
            self.account_id
            or self.charge_id.account_id
            or (self.type == "charge" and company.aftersales_charge_account_id)
            or category.property_aftersales_claim_account_id
            or company.aftersales_claim_account_id
            or company.expense_account_id
        )
        if not account:
            raise UserError(
                self.env._(
                    "There is no account for the cost of %(line)s. Set the warranty expense "
                    "account of %(company)s in Settings / After-sales.",
                    line=self.display_name,
                    company=company.display_name,
                )
            )
        return account

    def _get_accounts(self, position):
        """Return {line: account} after the fiscal position of the dealer."""
        return {line: position.map_account(line._get_account()) for line in self}

    def _is_taxed(self):
        """Whether the taxes of the settlement apply to the line."""
        self.ensure_one()
        return self.charge_kind not in UNTAXED_CHARGES

    def _get_analytic_distributions(self, accounts):
        """Return {line: analytic distribution}: the line's own, the agreement's, else what Odoo's
        distribution models say for product, category, dealer and account (F03).

        :param dict accounts: {line: account}
        """
        # Rules of the company that Odoo applies for every user; the result is on the entry.
        rules = self.env["account.analytic.distribution.model"].sudo()
        if not rules.search_count([], limit=1):
            rules = None
        by_dealer, by_rule, result = self._get_agreed_distributions(), {}, {}
        for line in self:
            result[line] = line.analytic_distribution or by_dealer.get(line.dealer_id)
            if result[line] or rules is None:
                continue
            key = (line.product_id, line.dealer_id, accounts[line], line.company_id)
            if key not in by_rule:
                by_rule[key] = rules._get_distribution(line._get_analytic_arguments(accounts[line]))
            result[line] = by_rule[key]
        return result

    def _get_agreed_distributions(self):
        """Return {dealer: analytic distribution} of the dealers' agreements that have one."""
        found = {}
        for company, lines in self.grouped("company_id").items():
            # The accountant need not read agreements: one term of them is taken.
            agreements = lines.dealer_id.sudo()._get_agreements(company=company)
            for dealer, agreement in agreements.items():
                if agreement.settlement_analytic_distribution:
                    # The key is the dealer as the caller has it.
                    found[dealer.sudo(False)] = agreement.settlement_analytic_distribution
        return found

    def _get_analytic_arguments(self, account):
        """Return what Odoo's analytic distribution models are asked with."""
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "product_categ_id": self.product_id.categ_id.id,
            "partner_id": self.dealer_id.id,
            "partner_category_id": self.dealer_id.category_id.ids,
            "account_prefix": account.code,
            "company_id": self.company_id.id,
            "related_root_plan_ids": self.env["account.analytic.plan"],
        }
