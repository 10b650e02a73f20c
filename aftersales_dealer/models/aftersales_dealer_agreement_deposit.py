from odoo import api, fields, models


class AftersalesDealerAgreement(models.Model):
    """The deposit that was agreed, beside what was paid in (D01)."""

    _inherit = "aftersales.dealer.agreement"

    deposit_paid = fields.Monetary(
        compute="_compute_deposit", help="The dealer's deposit with the company now."
    )
    deposit_missing = fields.Monetary(
        compute="_compute_deposit",
        help="What of the agreed deposit was not paid in, or is used up.",
    )
    is_deposit_short = fields.Boolean(
        string="Deposit Short", compute="_compute_deposit", search="_search_is_deposit_short"
    )

    @api.depends("deposit_required", "dealer_id", "company_id", "currency_id", "state")
    def _compute_deposit(self):
        today = fields.Date.context_today(self)
        for company, agreements in self.grouped("company_id").items():
            dealers = agreements.dealer_id.with_company(company)
            paid = {dealer.id: dealer.dealer_deposit_balance for dealer in dealers}
            for agreement in agreements:
                currency = agreement.currency_id or company.currency_id
                agreement.deposit_paid = company.currency_id._convert(
                    paid.get(agreement.dealer_id.id, 0.0), currency, company, today
                )
                missing = max(0.0, agreement.deposit_required - agreement.deposit_paid)
                agreement.deposit_missing = currency.round(missing)
                agreement.is_deposit_short = agreement.state == "running" and not currency.is_zero(
                    missing
                )

    def _search_is_deposit_short(self, operator, value):
        if operator != "in":
            return NotImplemented
        running = self.search([("state", "=", "running"), ("deposit_required", ">", 0)])
        return [("id", "in", running.filtered("is_deposit_short").ids)]
