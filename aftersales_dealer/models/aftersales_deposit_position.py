from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .aftersales_deposit_move_entry import ACCOUNTANT

# A dealer is not asked for the same money twice within these days.
ASK_AGAIN_DAYS = 7


class AftersalesDepositPosition(models.Model):
    """What each dealer has deposited: the ledger beside the movements and the agreement (F05).

    A difference means entries that nobody has taken over yet, or a movement that waits to be
    booked: the way from movements of earlier versions, which had no entries, to the ledger.
    """

    _name = "aftersales.deposit.position"
    _description = "Deposit by Dealer"
    _auto = False
    _order = "company_id, dealer_id"
    _rec_name = "dealer_id"
    _depends = {
        "account.move.line": ["account_id", "balance", "company_id", "parent_state", "partner_id"],
        "aftersales.dealer.agreement": ["company_id", "dealer_id", "deposit_required", "state"],
        "aftersales.deposit.move": ["amount_signed", "company_id", "dealer_id", "state"],
        "res.company": ["aftersales_deposit_account_id"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    dealer_id = fields.Many2one("res.partner", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_ledger = fields.Monetary(string="Deposit", readonly=True, help="The deposit account.")
    amount_movements = fields.Monetary(string="Booked Movements", readonly=True)
    difference = fields.Monetary(
        readonly=True, help="Ledger less booked movements: entries without a movement."
    )
    amount_to_book = fields.Monetary(
        string="To Book", readonly=True, help="Movements that have no entry yet."
    )
    required = fields.Monetary(string="Agreed", compute="_compute_required")
    missing = fields.Monetary(compute="_compute_required", search="_search_missing")
    date_asked = fields.Date(string="Asked on", compute="_compute_date_asked")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT company_id * 10000000 + COALESCE(dealer_id, 0) AS id, company_id, dealer_id,
                   sum(ledger) AS amount_ledger,
                   sum(booked) AS amount_movements,
                   sum(ledger) - sum(booked) AS difference,
                   sum(to_book) AS amount_to_book
              FROM (
                SELECT line.company_id, line.partner_id AS dealer_id,
                       -line.balance AS ledger, 0 AS booked, 0 AS to_book
                  FROM account_move_line line
                  JOIN res_company company ON company.id = line.company_id
                   AND company.aftersales_deposit_account_id = line.account_id
                 WHERE line.parent_state = 'posted'
                UNION ALL
                SELECT move.company_id, move.dealer_id, 0,
                       CASE WHEN move.state IN ('posted', 'reversed')
                            THEN move.amount_signed ELSE 0 END,
                       CASE WHEN move.state = 'draft' THEN move.amount_signed ELSE 0 END
                  FROM aftersales_deposit_move move
                 WHERE move.state != 'cancelled'
                UNION ALL
                SELECT agreement.company_id, agreement.dealer_id,
                       0, 0, 0
                  FROM aftersales_dealer_agreement agreement
                 WHERE agreement.state = 'running' AND agreement.deposit_required > 0
              ) part
             GROUP BY company_id, dealer_id
            """
        )

    def _compute_required(self):
        self.required = self.missing = 0.0
        for company, positions in self.grouped("company_id").items():
            required = positions.dealer_id._get_deposit_required(company)
            for position in positions:
                amount = required.get(position.dealer_id, 0.0)
                position.required = amount
                position.missing = company.currency_id.round(
                    max(amount - position.amount_ledger, 0.0)
                )

    @api.model
    def _search_missing(self, operator, value):
        if operator != ">" or value:
            return NotImplemented
        found = self.search([])  # pylint: disable=no-search-all
        found = found.filtered("missing")
        return Domain("id", "in", found.ids)

    def _compute_date_asked(self):
        asked = {
            (agreement.dealer_id, agreement.company_id): agreement.date_deposit_asked
            for agreement in self._get_agreements()
        }
        for position in self:
            position.date_asked = asked.get((position.dealer_id, position.company_id))

    def _get_agreements(self):
        """Return the agreements in force of these dealers with these companies."""
        today = fields.Date.context_today(self)
        keys = [(position.dealer_id, position.company_id, today) for position in self]
        # Accountants need not see agreements; of them the day of the last request is shown.
        agreements = self.env["aftersales.dealer.agreement"].sudo()
        return agreements.union(*agreements._get_for(keys).values())

    def action_ask_deposit(self):
        """Ask dealers by e-mail, in their language, for what is missing of the deposit agreed.

        :raise AccessError: the user is neither accountant nor dealer manager
        :raise UserError: nothing is missing, no e-mail address, or asked a few days ago
        """
        self.env["aftersales.notice"]._check_groups(
            ACCOUNTANT, "aftersales_dealer.group_aftersales_dealer_manager"
        )
        today = fields.Date.context_today(self)
        agreements = {(a.dealer_id, a.company_id): a for a in self._get_agreements()}
        for position in self:
            position._check_may_ask(agreements.get((position.dealer_id, position.company_id)))
        # sudo: the text of the mail is the company's, whatever the user may read of templates.
        template = self.env.ref("aftersales_dealer.mail_template_aftersales_deposit").sudo()
        for position in self:
            agreement = agreements[position.dealer_id, position.company_id]
            agreement.message_post_with_source(template, subtype_xmlid="mail.mt_comment")
            agreement.date_deposit_asked = today
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s dealers were asked for their deposit.", len(self)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_may_ask(self, agreement):
        """Raise when there is nothing to ask this dealer for, or nowhere to write to."""
        self.ensure_one()
        dealer = self.dealer_id
        today = fields.Date.context_today(self)
        if not agreement or self.currency_id.is_zero(self.missing):
            raise UserError(
                self.env._(
                    "%(dealer)s: nothing is missing of the deposit agreed.",
                    dealer=dealer.display_name,
                )
            )
        if not dealer.email:
            raise UserError(
                self.env._(
                    "%(dealer)s has no e-mail address. Enter it on the contact.",
                    dealer=dealer.display_name,
                )
            )
        asked = agreement.date_deposit_asked
        if asked and asked > today - timedelta(days=ASK_AGAIN_DAYS):
            raise UserError(
                self.env._(
                    "%(dealer)s was asked on %(date)s. Wait for the payment, or telephone.",
                    dealer=dealer.display_name,
                    date=format_date(self.env, asked),
                )
            )

    def action_take_over(self):
        """Tie movements and ledger: movements to book are matched with entries of the same dealer,
        side and amount; what the ledger has besides becomes movements.

        :raise AccessError: the user may not post
        """
        self.env["aftersales.notice"]._check_groups(ACCOUNTANT)
        for company, positions in self.grouped("company_id").items():
            positions.dealer_id._take_over_deposits(company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_view_movements(self):
        """Open the movements of this dealer."""
        self.ensure_one()
        return self.dealer_id.action_view_dealer_deposit()

    def action_statement(self):
        """Open the dialog that prints the statement of this dealer's deposit."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_dealer_statement_action"
        )
        return dict(
            action,
            context={"default_dealer_id": self.dealer_id.id, "default_kind": "deposit"},
        )
