from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class AftersalesDealerStatement(models.TransientModel):
    """Prints a dealer's statement for a period (F03, H03)."""

    _name = "aftersales.dealer.statement"
    _description = "Dealer Statement"

    dealer_id = fields.Many2one(
        "res.partner", required=True, default=lambda self: self.env.context.get("active_id")
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(
        [("receivable", "Account"), ("deposit", "Deposit")],
        string="Statement of",
        required=True,
        default="receivable",
    )
    date_from = fields.Date(required=True, default=lambda self: self._default_date_from())
    date_to = fields.Date(required=True, default=fields.Date.context_today)

    @api.model
    def _default_date_from(self):
        return fields.Date.context_today(self) + relativedelta(months=-3, day=1)

    def _check_period(self):
        """Raise when the period ends before it starts."""
        for wizard in self:
            if wizard.date_from > wizard.date_to:
                raise UserError(
                    self.env._("The statement ends before it starts. Correct its dates.")
                )

    def _get_statement(self):
        """Return the sections of the statement, one per currency.

        :raise AccessError: for the books of a company that is not the user's
        :raise UserError: for a contact that is and was no dealer
        """
        self._check_may_ask()
        return self.dealer_id._get_dealer_statement(self.company_id, self.date_from, self.date_to)

    def _get_deposit_statement(self):
        """Return the statement of the dealer's deposit (F05); raises as ``_get_statement``."""
        self._check_may_ask()
        return self.dealer_id._get_deposit_statement(self.company_id, self.date_from, self.date_to)

    def _check_may_ask(self):
        """Raise when these books are not the user's, or the contact is and was no dealer."""
        self.ensure_one()
        # The ledger is read as superuser, so what the user may ask for is checked here.
        if not self.env.su and self.company_id not in self.env.user.company_ids:
            raise AccessError(
                # The user does not work there, so may not read it: its name alone, for the refusal.
                self.env._("You do not work for %(company)s.", company=self.company_id.sudo().name)
            )
        # Read for the guard alone: agreements need not be the accountant's to see.
        dealer = self.dealer_id.sudo()
        if not dealer.is_dealer and not dealer.dealer_agreement_ids:
            raise UserError(self.env._("“%(name)s” is not a dealer.", name=dealer.display_name))

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._(
            "Statement %(dealer)s %(start)s %(end)s",
            dealer=self.dealer_id.name,
            start=self.date_from,
            end=self.date_to,
        )

    def action_print(self):
        """Print the statement as PDF."""
        self._check_period()
        return self.env.ref(self._get_report_ref()).report_action(self)

    def _get_report_ref(self):
        """Return the XML id of the report of this kind of statement."""
        name = "deposit" if self.kind == "deposit" else "dealer"
        return f"aftersales_dealer.action_report_aftersales_{name}_statement"
