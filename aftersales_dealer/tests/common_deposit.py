from .common_notice import NoticeCommon


class DepositCommon(NoticeCommon):
    """Deposits of two dealers, booked by the accountant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.receivable = cls.dealer_a.with_company(cls.company).property_account_receivable_id

    @classmethod
    def deposit(cls, amount, direction="in", user=None, post=True, **values):
        """Return a movement of dealer A, booked by the accountant unless said otherwise."""
        vals = {
            "dealer_id": cls.dealer_a.id,
            "amount": amount,
            "direction": direction,
            "reason": "Test",
        }
        user = user or cls.accountant
        move = cls.env["aftersales.deposit.move"].with_user(user).create(dict(vals, **values))
        if post:
            move.action_post()
        return move

    @classmethod
    def book(cls, amount, partner=None, post=True, account=None, **values):
        """Return an entry of accounting that pays ``amount`` in on the deposit account."""
        partner = cls.dealer_a if partner is None else partner
        sides = ((account or cls.deposit_account, -amount), (cls.income, amount))
        entry = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "company_id": cls.company.id,
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "By accounting",
                            "account_id": account.id,
                            "partner_id": partner.id,
                            "balance": balance,
                        },
                    )
                    for account, balance in sides
                ],
                **values,
            }
        )
        if post:
            entry.action_post()
        return entry

    def ledger(self, dealer=None, company=None):
        """Return what the ledger says of the deposit of ``dealer`` (A)."""
        company = company or self.company
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "=", company.aftersales_deposit_account_id.id),
                ("partner_id", "=", (dealer or self.dealer_a).id),
                ("parent_state", "=", "posted"),
            ]
        )
        return company.currency_id.round(-sum(lines.mapped("balance")))

    def assert_deposit_ties(self, dealer=None):
        """Balance, statement, movements and ledger are the same to the cent."""
        dealer = dealer or self.dealer_a
        dealer.invalidate_recordset(["dealer_deposit_balance"])
        currency = self.company.currency_id
        ledger = self.ledger(dealer)
        movements = self.env["aftersales.deposit.move"].search(
            [
                ("dealer_id", "=", dealer.id),
                ("company_id", "=", self.company.id),
                ("state", "in", ("posted", "reversed")),
            ]
        )
        statement = dealer._get_deposit_statement(self.company, self.today, self.today)
        figures = {
            "balance": dealer.dealer_deposit_balance,
            "movements": sum(movements.mapped("amount_signed")),
            "statement": statement["closing"],
        }
        for name, figure in figures.items():
            self.assertEqual(currency.compare_amounts(figure, ledger), 0, (name, figure, ledger))
        for movement in movements:
            self.assertEqual(
                currency.compare_amounts(-movement.line_id.balance, movement.amount_signed), 0
            )
        return ledger
