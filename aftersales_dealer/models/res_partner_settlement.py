from odoo import fields, models

from ..tools.settlement import running_balances, to_units


class ResPartner(models.Model):
    """A dealer's notices and statement (F03, H03)."""

    _inherit = "res.partner"

    dealer_notice_count = fields.Integer(
        compute="_compute_dealer_notice_count", string="Fee Notices"
    )

    def _compute_dealer_notice_count(self):
        self.dealer_notice_count = 0
        notices = self.env["aftersales.notice"]
        if not notices.has_access("read"):
            return
        for dealer, count in notices._read_group(
            [("dealer_id", "in", self.ids)], ["dealer_id"], ["__count"]
        ):
            dealer.dealer_notice_count = count

    def action_view_aftersales_notices(self):
        """Open the fee notices of this dealer (F02)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_notice_action"
        )
        return dict(
            action, domain=[("dealer_id", "=", self.id)], context={"default_dealer_id": self.id}
        )

    def _get_statement_domain(self, company):
        """Return the domain of the receivable movements of this dealer in ``company`` (F03)."""
        self.ensure_one()
        return [
            ("partner_id", "=", self.commercial_partner_id.id),
            ("company_id", "=", company.id),
            ("account_id.account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
        ]

    def _get_dealer_statement(self, company, date_from, date_to):
        """Return the dealer's statement: its receivable account, per currency, for a period (F03,
        H03).

        Read-only. Amounts are in the currency of each entry; charges are positive, deductions and
        payments negative.

        :param res.company company: whose books
        :param date date_from: first day
        :param date date_to: last day
        :return: list of dict ``currency``, ``opening``, ``closing``, ``lines``; each line a dict
            ``date``, ``date_due``, ``move``, ``name``, ``label``, ``amount``, ``balance``,
            ``residual``
        """
        # A portal dealer cannot read journal items: the domain is its own account, and only what
        # the statement shows leaves this method.
        items = self.env["account.move.line"].sudo()
        domain = self._get_statement_domain(company)
        openings = dict(
            items._read_group(
                [*domain, ("date", "<", date_from)], ["currency_id"], ["amount_currency:sum"]
            )
        )
        found = items.search(
            [*domain, ("date", ">=", date_from), ("date", "<=", date_to)],
            order="date, move_name, id",
        ).filtered(lambda item: not item.currency_id.is_zero(item.amount_currency))
        by_currency = found.grouped("currency_id")
        currencies = {c: None for c in (company.currency_id, *openings, *by_currency)}
        sections = [
            self._prepare_statement_section(
                currency, openings.get(currency, 0.0), by_currency.get(currency, items)
            )
            for currency in currencies
        ]
        used = [s for s in sections if s["lines"] or not s["currency"].is_zero(s["opening"])]
        return used or sections[:1]

    def _prepare_statement_section(self, currency, opening, items):
        """Return the statement in one currency; balances are summed in whole units, so they are
        exact.
        """
        rounding = currency.rounding
        amounts = [to_units(item.amount_currency, rounding) for item in items]
        start = to_units(opening, rounding)
        balances = running_balances(start, amounts)
        return {
            "currency": currency,
            "opening": currency.round(start * rounding),
            "closing": currency.round((balances or [start])[-1] * rounding),
            "lines": [
                {
                    "date": item.date,
                    "date_due": item.date_maturity,
                    "move": item.move_id,
                    "name": item.move_name,
                    "label": item.move_id._get_dealer_statement_label(),
                    "amount": item.amount_currency,
                    "balance": currency.round(balance * rounding),
                    "residual": item.amount_residual_currency,
                }
                for item, balance in zip(items, balances, strict=True)
            ],
        }
