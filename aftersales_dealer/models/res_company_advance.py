from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class ResCompany(models.Model):
    """What advance compensation needs of a company (F05)."""

    _inherit = "res.company"

    aftersales_recourse_account_id = fields.Many2one(
        "account.account",
        string="Recourse Account",
        check_company=True,
        domain="[('account_type', '=', 'asset_current')]",
        help="What the company paid for dealers and has still to claim from them.",
    )
    aftersales_advance_answer_days = fields.Integer(
        string="Dealer Answers within (Days)",
        default=7,
        help="How long a dealer may answer before an advance compensation is decided.",
    )

    def _get_recourse_account(self):
        """Return the company's recourse account.

        :raise UserError: when none is set
        """
        self.ensure_one()
        account = self.sudo().aftersales_recourse_account_id  # one setting, whoever asks
        if not account:
            raise UserError(
                self.env._(
                    "%(company)s has no recourse account. Choose a current asset account in "
                    "Settings / After-sales / Deposits and advance compensation.",
                    company=self.display_name,
                )
            )
        return account

    def _check_currency_rate(self, currency, date, document):
        """Raise when ``currency`` has no rate in this company on ``date``: Odoo would count 1.

        :param document: the record that is converted, named in the message
        """
        self.ensure_one()
        if currency == self.currency_id:
            return
        rates = self.env["res.currency.rate"].sudo()  # rates are no secret, whoever converts
        known = rates.search_count(
            [
                ("currency_id", "=", currency.id),
                ("company_id", "in", (False, *self.root_id.ids)),
                ("name", "<=", date),
            ],
            limit=1,
        )
        if not known:
            raise UserError(
                self.env._(
                    "%(document)s: %(currency)s has no rate on %(date)s. Enter one in Accounting / "
                    "Configuration / Currencies.",
                    document=document.display_name,
                    currency=currency.name,
                    date=format_date(self.env, date),
                )
            )
