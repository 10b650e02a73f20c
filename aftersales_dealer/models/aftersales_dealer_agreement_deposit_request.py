from odoo import fields, models


class AftersalesDealerAgreement(models.Model):
    _inherit = "aftersales.dealer.agreement"

    date_deposit_asked = fields.Date(
        string="Asked for Deposit on",
        copy=False,
        readonly=True,
        help="When the dealer was last asked to pay in what is missing.",
    )

    def _get_deposit_request(self):
        """Return what the mail asking for the deposit says: dict ``required``, ``paid``,
        ``missing`` in the company's currency.
        """
        self.ensure_one()
        company = self.company_id
        required = self.dealer_id._get_deposit_required(company).get(self.dealer_id, 0.0)
        paid = self.dealer_id._get_deposit_balances(company)[self.dealer_id]
        return {
            "required": required,
            "paid": paid,
            "missing": company.currency_id.round(max(required - paid, 0.0)),
            "currency": company.currency_id,
        }
