from odoo import api, fields, models

from ..tools.settlement import running_balances, to_units


class ResPartner(models.Model):
    """A dealer's deposit: what the ledger says, and what was agreed (D01, F05)."""

    _inherit = "res.partner"

    dealer_deposit_balance = fields.Monetary(
        string="Deposit",
        compute="_compute_dealer_deposit_balance",
        currency_field="dealer_deposit_currency_id",
        help="What the current company's ledger shows on the deposit account for the dealer.",
    )
    dealer_deposit_required = fields.Monetary(
        string="Deposit Agreed",
        compute="_compute_dealer_deposit_required",
        currency_field="dealer_deposit_currency_id",
    )
    dealer_deposit_missing = fields.Monetary(
        string="Deposit Missing",
        compute="_compute_dealer_deposit_required",
        currency_field="dealer_deposit_currency_id",
    )
    dealer_deposit_currency_id = fields.Many2one(
        "res.currency", compute="_compute_dealer_deposit_currency_id"
    )

    @api.depends_context("company")
    def _compute_dealer_deposit_currency_id(self):
        self.dealer_deposit_currency_id = self.env.company.currency_id

    @api.depends_context("company", "uid")
    def _compute_dealer_deposit_balance(self):
        self.dealer_deposit_balance = 0.0
        for dealer, balance in (
            self._filter_deposit_readable()._get_deposit_balances(self.env.company).items()
        ):
            dealer.dealer_deposit_balance = balance

    @api.depends_context("company", "uid")
    def _compute_dealer_deposit_required(self):
        currency = self.env.company.currency_id
        required = self._filter_deposit_readable()._get_deposit_required(self.env.company)
        for dealer in self:
            amount = required.get(dealer, 0.0)
            dealer.dealer_deposit_required = amount
            dealer.dealer_deposit_missing = currency.round(
                max(amount - dealer.dealer_deposit_balance, 0.0)
            )

    def _filter_deposit_readable(self):
        """Return the partners whose deposit the user may know: a dealer its own."""
        if not self.env["aftersales.deposit.move"].has_access("read"):
            return self.browse()
        if self.env.user.share:
            return self & self.env.user.commercial_partner_id
        return self

    def _get_deposit_domain(self, company):
        """Return the domain of the lines of ``company``'s deposit account for these dealers."""
        account = company.sudo().aftersales_deposit_account_id  # one setting, whoever asks
        return [
            ("partner_id", "in", self.ids),
            ("company_id", "=", company.id),
            ("account_id", "=", account.id),
            ("parent_state", "=", "posted"),
        ]

    def _get_deposit_balances(self, company):
        """Return {dealer: balance of the deposit account of ``company``}, in its currency: one
        query.
        """
        balances = dict.fromkeys(self, 0.0)
        # One setting of the company, whoever asks.
        if not company.sudo().aftersales_deposit_account_id or not self.ids:
            return balances
        # Not everybody who sees a deposit reads the ledger; one sum a dealer leaves this method.
        items = self.env["account.move.line"].sudo()
        groups = items._read_group(
            self._get_deposit_domain(company), ["partner_id"], ["balance:sum"]
        )
        currency = company.currency_id
        # ``+ 0.0``: no minus zero on screens.
        return balances | {
            dealer.with_env(self.env): currency.round(-balance) + 0.0 for dealer, balance in groups
        }

    def _get_deposit_required(self, company, date=None):
        """Return {dealer: deposit that its agreement in force asks for}, in the currency of
        ``company``.
        """
        date = date or fields.Date.context_today(self)
        # Dealers and accountants see the one amount, whatever else was agreed.
        agreements = self.env["aftersales.dealer.agreement"].sudo()
        found = agreements._get_for((dealer._origin, company, date) for dealer in self)
        result = {}
        for dealer in self:
            agreement = found[dealer._origin, company, date]
            if agreement and agreement.deposit_required:
                result[dealer] = agreement.currency_id._convert(
                    agreement.deposit_required, company.currency_id, company, date
                )
        return result

    def _get_deposit_statement(self, company, date_from, date_to):
        """Return the statement of the dealer's deposit: the ledger of the deposit account (F05).

        :param res.company company: whose books
        :param date date_from: first day
        :param date date_to: last day
        :return: dict ``currency``, ``opening``, ``closing``, ``required``, ``lines``; each line a
            dict ``date``, ``name``, ``label``, ``amount`` (paid in positive), ``balance``
        """
        self.ensure_one()
        # As for the balance; a portal dealer asks for its own, which its page checks.
        items = self.env["account.move.line"].sudo()
        currency = company.currency_id
        rounding = currency.rounding
        domain = self._get_deposit_domain(company)
        [(opening,)] = items._read_group([*domain, ("date", "<", date_from)], [], ["balance:sum"])
        found = items.search(
            [*domain, ("date", ">=", date_from), ("date", "<=", date_to)], order="date, id"
        )
        # Callers checked whose statement it is; numbers and reasons are its own.
        deposits = self.env["aftersales.deposit.move"].sudo()
        by_line = deposits.search([("line_id", "in", found.ids)]).grouped("line_id")
        start = to_units(-(opening or 0.0), rounding)
        amounts = [to_units(-item.balance, rounding) for item in found]
        balances = running_balances(start, amounts)
        return {
            "currency": currency,
            "opening": currency.round(start * rounding) + 0.0,
            "closing": currency.round((balances or [start])[-1] * rounding) + 0.0,
            "required": self._get_deposit_required(company, date_to).get(self, 0.0),
            "lines": [
                {
                    "date": item.date,
                    "name": by_line[item].name if item in by_line else item.move_name,
                    "label": by_line[item].reason if item in by_line else item.name,
                    "amount": currency.round(amount * rounding),
                    "balance": currency.round(balance * rounding) + 0.0,
                }
                for item, amount, balance in zip(found, amounts, balances, strict=True)
            ],
        }

    def _take_over_deposits(self, company):
        """Match movements to book of these dealers with entries on the deposit account, and make
        movements of the other entries.
        """
        deposits = self.env["aftersales.deposit.move"]
        lines = self.env["account.move.line"].search(
            self._get_deposit_domain(company), order="date, id"
        )
        lines -= deposits.search([("line_id", "in", lines.ids)]).line_id
        waiting = deposits.search(
            [
                ("dealer_id", "in", self.ids),
                ("company_id", "=", company.id),
                ("state", "=", "draft"),
            ],
            order="date, id",
        )
        currency = company.currency_id
        free = lines.grouped(lambda line: (line.partner_id, currency.round(-line.balance)))
        for move in waiting:
            key = (move.dealer_id, currency.round(move.amount_signed))
            line = free.get(key, lines.browse())[:1]
            if line:
                free[key] -= line
                lines -= line
                move._set_state("posted", move_id=line.move_id.id, line_id=line.id)
        lines._adopt_deposits()

    def action_view_dealer_deposit(self):
        """Open the movements of this dealer's deposit."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_deposit_move_action"
        )
        return dict(
            action, domain=[("dealer_id", "=", self.id)], context={"default_dealer_id": self.id}
        )
