from odoo.fields import Command
from odoo.tests import new_test_user

from .common_deposit import DepositCommon


class AdvanceCommon(DepositCommon):
    """Advance compensation of a consumer of dealer A, entered by dealer staff, decided by another
    manager, paid by the accountant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.recourse_account = cls.env["account.account"].create(
            {
                "name": "Recourse on dealers",
                "code": "TRECO",
                "account_type": "asset_current",
                "company_ids": cls.company.ids,
            }
        )
        cls.company.aftersales_recourse_account_id = cls.recourse_account
        cls.consumer = cls.env["res.partner"].create(
            {"name": "Test Consumer", "email": "consumer@example.com"}
        )
        cls.decider = new_test_user(
            cls.env,
            "t_advance_decider",
            groups="aftersales_dealer.group_aftersales_dealer_manager",
        )

    @classmethod
    def make_advance(cls, amount, state="draft", user=None, evidence=True, **values):
        """Return an advance compensation brought to ``state`` by those whose job it is."""
        vals = {
            "dealer_id": cls.dealer_a.id,
            "partner_id": cls.consumer.id,
            "description": "Paid the dealer for a part that never came.",
            "amount_claimed": amount,
        }
        if evidence:
            file = cls.env["ir.attachment"].create({"name": "receipt.pdf", "raw": b"%PDF-1.4"})
            vals["evidence_ids"] = [Command.set(file.ids)]
        advance = cls.env["aftersales.advance"].create(dict(vals, **values))
        user = user or cls.dealer_user
        advance.sudo()._write_past_guard({"entered_by_id": user.id})
        if state == "draft":
            return advance.with_user(user)
        advance.with_user(user).action_hear_dealer()
        if state != "hearing":
            advance.with_user(user).action_answer(answer="objects", text="No.")
            advance.with_user(cls.decider).action_approve()
        if state == "paid":
            advance.with_user(cls.accountant).action_pay(journal=cls.bank)
        return advance.with_user(cls.accountant if state in ("approved", "paid") else user)

    def recover(self, advance, user=None, **amounts):
        """Take back by the dialog: its plan, with ``amounts`` where given."""
        action = advance.with_user(user or self.accountant).action_recover()
        wizard = (
            self.env["aftersales.advance.recover"]
            .with_user(user or self.accountant)
            .with_context(**action["context"])
            .create(amounts)
        )
        wizard.action_apply()
        return wizard

    def assert_recourse_ties(self, advances):
        """Recovered + open = paid, and the recourse account shows what is not booked yet."""
        currency = self.company.currency_id
        expected = 0.0
        self.env.flush_all()
        for advance in advances.sudo():
            paid = advance.amount_paid if advance.state == "paid" else 0.0
            self.assertEqual(
                currency.compare_amounts(advance.amount_recovered + advance.amount_open, paid), 0
            )
            steps = advance.recourse_ids.filtered("amount_live")
            waiting = steps.filtered(
                lambda step: step.kind == "deduction" and step.charge_id.state != "settled"
            )
            expected += advance.amount_unclaimed + sum(waiting.mapped("amount_live"))
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "=", self.recourse_account.id),
                ("partner_id", "in", advances.dealer_id.ids),
                ("parent_state", "=", "posted"),
            ]
        )
        self.assertEqual(
            currency.compare_amounts(sum(lines.mapped("balance")), expected),
            0,
            (lines.mapped("balance"), expected),
        )
