from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user

from .common import AftersalesDealerCommon


class NoticeCommon(AftersalesDealerCommon):
    """Approved claims of two dealers, open invoices, and finance staff who are different
    persons.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.company.chart_template:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company=cls.company, install_demo=False
            )
        cls.clerk = new_test_user(
            cls.env,
            "t_notice_verifier",
            groups="aftersales_dealer.group_aftersales_verifier,aftersales_dealer.group_aftersales_dealer_manager",
        )
        cls.accountant = new_test_user(
            cls.env, "t_notice_accountant", groups="account.group_account_invoice"
        )
        cls.expense = cls.env["account.account"].create(
            {
                "name": "Warranty expense",
                "code": "TWARR",
                "account_type": "expense",
                "company_ids": cls.company.ids,
            }
        )
        cls.company.aftersales_claim_account_id = cls.expense
        cls.deposit_account = cls.env["account.account"].create(
            {
                "name": "Deposits of dealers",
                "code": "TDEPO",
                "account_type": "liability_current",
                "company_ids": cls.company.ids,
            }
        )
        cls.company.aftersales_deposit_account_id = cls.deposit_account
        cls.income = cls.env["account.account"].search(
            [("account_type", "=", "income"), ("company_ids", "in", cls.company.ids)], limit=1
        )

    @classmethod
    def make_claim(
        cls, *amounts, dealer=None, currency=None, state="approved", approver=None, **values
    ):
        """Return a claim in ``state`` with a line for each amount: (claimed, approved) or one for
        both.
        """
        dealer = dealer or cls.dealer_a
        vals = {
            "dealer_id": dealer.id,
            "company_id": cls.company.id,
            "date_failure": cls.today - timedelta(days=12),
            "date_repair": cls.today - timedelta(days=10),
            "signed_by": "Test End User",
        }
        claim = cls.env["aftersales.claim"].create(dict(vals, **values))
        pairs = [amount if isinstance(amount, tuple) else (amount, amount) for amount in amounts]
        lines = cls.env["aftersales.claim.line"].create(
            [
                {"claim_id": claim.id, "kind": "other", "name": f"Line {n}", "price_unit": claimed}
                for n, (claimed, __) in enumerate(pairs, 1)
            ]
        )
        if currency:
            claim.currency_id = currency
        # The way of a claim to its approval is the claims' own test.
        for line, (claimed, approved) in zip(lines, pairs, strict=True):
            line._write_past_guard(
                {"amount_approved": approved, "reason": "Cut" if approved < claimed else False}
            )
        approver = approver or cls.appraiser
        claim._write_past_guard(
            {"state": state, "approved_by": approver.id, "date_approved": fields.Datetime.now()}
        )
        return claim

    @classmethod
    def make_charge(cls, amount, dealer=None, currency=None, state="approved", **values):
        """Return a charge of ``dealer`` (A): positive for the dealer, negative against it."""
        vals = {
            "dealer_id": (dealer or cls.dealer_a).id,
            "company_id": cls.company.id,
            "currency_id": (currency or cls.company.currency_id).id,
            "date": cls.today,
            "kind": "reward" if amount > 0 else "penalty",
            "amount": amount,
            "description": "Test charge",
        }
        charge = cls.env["aftersales.dealer.charge"].create(dict(vals, **values))
        if state == "approved":
            charge.action_approve()
        return charge

    @classmethod
    def make_notice(cls, claims, state="draft", user=None):
        """Return the notice of ``claims`` (or charges) brought to ``state`` by the people whose job
        it is. The mail with the PDF, which takes a second, is left to the job.
        """
        notices, failures = (
            cls.env["aftersales.notice"]
            .with_user(user or cls.clerk)
            ._prepare_for_claims(False, cls.today, claims.dealer_id, claims.company_id)
        )
        assert not failures, failures
        name = "claim_id" if claims._name == "aftersales.claim" else "charge_id"
        notice = notices.filtered(lambda n: n.line_ids[name] & claims)
        steps = {
            "verified": lambda n: n.with_user(cls.clerk).action_verify(),
            "issued": lambda n: (
                n.with_user(cls.clerk).with_context(aftersales_mail_later=True).action_issue()
            ),
            "confirmed": lambda n: n.with_user(cls.clerk).action_confirm(note="By letter"),
            "settled": lambda n: n.with_user(cls.accountant).action_settle(),
        }
        for step, act in steps.items():
            if state == "draft":
                break
            act(notice)
            if step == state:
                break
        return notice.with_user(user or cls.clerk)

    @classmethod
    def make_invoice(
        cls, amount, days_due=0, dealer=None, currency=None, move_type="out_invoice", date=None
    ):
        """Return a posted invoice of ``dealer`` (A), due in ``days_due`` days (negative:
        overdue).
        """
        due = cls.today + timedelta(days=days_due)
        invoice = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": (dealer or cls.dealer_a).id,
                "company_id": cls.company.id,
                "currency_id": (currency or cls.company.currency_id).id,
                "invoice_date": date or min(due, cls.today),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Machine",
                            "price_unit": amount,
                            "account_id": cls.income.id,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        invoice.action_post()
        return invoice

    @classmethod
    def make_currency(cls, name, rounding, rate):
        """Return an active currency worth 1 / ``rate`` of the company's, since long ago."""
        currency = (
            cls.env["res.currency"].with_context(active_test=False).search([("name", "=", name)])
        )
        currency.active = True
        if currency.rounding != rounding:
            currency.rounding = rounding
        currency.rate_ids.unlink()
        cls.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": "2000-01-01",
                "rate": rate,
                "company_id": cls.company.id,
            }
        )
        return currency

    def assert_ties(self, notice):
        """F04: lines, notice and entry are the same to the cent."""
        currency = notice.currency_id
        total = sum(round(line.amount / currency.rounding) for line in notice.line_ids)
        self.assertEqual(total, round(notice.amount_total / currency.rounding))
        settlement = notice.sudo().move_ids.filtered(
            lambda m: m.aftersales_notice_role == "settlement"
        )
        if total:
            self.assertEqual(len(settlement), 1)
            self.assertEqual(settlement.state, "posted")
        if settlement.move_type == "entry":
            booked = -sum(
                settlement.line_ids.filtered(lambda x: x.account_type == "asset_receivable").mapped(
                    "amount_currency"
                )
            )
        else:
            booked = settlement.amount_untaxed
            if settlement.move_type == "out_invoice":
                booked = -booked
        self.assertEqual(round(booked / currency.rounding), total)
        self.assertTrue(
            notice.company_id.currency_id.is_zero(sum(settlement.line_ids.mapped("balance")))
        )
