from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common_claim import ClaimCommon
from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestClaimTampering(ClaimCommon):
    """What only actions decide is not written by clients, whatever they send (J01, J04, D15)."""

    def test_decision_and_system_fields_of_a_claim(self):
        claim = self.make_submitted()
        other = self.env.ref("base.user_admin")
        euro = self.env.ref("base.EUR") | self.env.ref("base.USD")
        values = {
            "approved_by": other.id,
            "appraised_by": other.id,
            "submitted_by": other.id,
            "date_submitted": "2020-01-01 00:00:00",
            "date_approved": "2020-01-01 00:00:00",
            "decision_reason": "Because",
            "currency_id": (euro - claim.currency_id)[:1].id,
            "amount_approved": 9999.0,
            "is_blocked": not claim.is_blocked,
            "registration_id": False,
            "agreement_id": False,
            "name": "CLAIM/FORGED",
        }
        for user in (self.dealer_user, self.appraiser, self.dealer_manager):
            for name, value in values.items():
                with (
                    self.subTest(user=user.login, field=name),
                    self.assertRefused("worked out|J04"),
                ):
                    claim.with_user(user).write({name: value})

    def test_decision_fields_are_not_created(self):
        with self.assertRefused("worked out"):
            self.make_claim(approved_by=self.env.ref("base.user_admin").id)
        claims = self.env["aftersales.claim"].with_user(self.dealer_user)
        claim = claims.with_context(
            default_date_submitted="2020-01-01 00:00:00", default_product_id=self.part.id
        ).create({"dealer_id": self.dealer_a.id})
        self.assertFalse(claim.date_submitted or claim.product_id)

    def test_system_fields_of_a_line(self):
        claim = self.make_submitted()
        line = claim.line_ids[0]
        for name, value in {
            "amount_claimed": 9999.0,
            "claim_state": "draft",
            "dealer_id": self.dealer_b.id,
            "asset_id": self.asset_b.id,
            "amount_settled": 1.0,
        }.items():
            for user in (self.dealer_user, self.appraiser):
                with self.subTest(user=user.login, field=name), self.assertRefused("not typed in"):
                    line.with_user(user).write({name: value})

    def test_line_starts_without_decisions(self):
        claim = self.make_claim(lines=[])
        lines = self.env["aftersales.claim.line"].with_user(self.dealer_user)
        for name, value in {"return_state": "waived", "amount_approved": 5.0}.items():
            with self.subTest(name), self.assertRefused("not typed in|decided only"):
                lines.with_context(**{f"default_{name}": value}).create(
                    {"claim_id": claim.id, "kind": "other", "name": "X", "price_unit": 1.0}
                )

    def test_line_does_not_move_into_a_decided_claim(self):
        approved = self.make_submitted()
        self.as_appraiser(approved).action_approve()
        self.assertEqual(approved.state, "approved")
        returned = self.make_submitted()
        self.as_appraiser(returned).action_return(reason="Say more")
        line = returned.line_ids[0]
        self.assertTrue(line.amount_approved)
        with self.assertRefused("changed only as a draft"):
            line.claim_id = approved
        with self.assertRefused("changed only as a draft"):
            approved.with_user(self.dealer_user).write({"line_ids": [Command.link(line.id)]})

    def test_a_submitted_claim_is_duplicated_as_a_draft(self):
        claim = self.make_submitted()
        copy = claim.copy()
        self.assertEqual(copy.state, "draft")
        self.assertFalse(copy.signature or copy.date_submitted or copy.approved_by)
        self.assertFalse(copy.line_ids.filtered("amount_approved"))


@tagged("post_install", "-at_install")
class TestNoticeTampering(NoticeCommon):
    """A notice pays what was approved, to the dealer who claimed it, once (F01, F04)."""

    def test_verifier_cannot_enter_more_than_the_claim_was_approved_for(self):
        claim = self.make_claim(100.0)
        for extra in ({}, {"amount_claimed": 9999.0}):
            with self.subTest(extra=extra), self.assertRefused("approved"):
                self.env["aftersales.notice"].with_user(self.clerk).create(
                    {
                        "dealer_id": self.dealer_a.id,
                        "line_ids": [
                            Command.create(
                                {
                                    "claim_id": claim.id,
                                    "claim_line_id": claim.line_ids.id,
                                    "name": "Work",
                                    "amount_approved": 9999.0,
                                    "amount": 9999.0,
                                    **extra,
                                }
                            )
                        ],
                    }
                )

    def test_draft_is_not_turned_over_to_another_dealer_or_currency(self):
        notice = self.make_notice(self.make_claim(100.0))
        euro = self.make_currency("KWD", 0.001, 0.307)
        for user in (self.clerk, self.accountant):
            for values in ({"dealer_id": self.dealer_b.id}, {"currency_id": euro.id}):
                with self.subTest(user=user.login, values=values), self.assertRefused("belongs to"):
                    notice.with_user(user).write(values)

    def test_system_fields_of_a_notice(self):
        notice = self.make_notice(self.make_claim(100.0), state="confirmed")
        line = notice.line_ids
        for user in (self.clerk, self.accountant):
            with self.assertRefused("worked out|no longer"):
                notice.with_user(user).write({"amount_total": 0.0})
            with self.assertRefused("worked out|no longer"):
                line.with_user(user).write({"live": False})
            with self.assertRefused("worked out|no longer"):
                line.with_user(user).write({"currency_id": False})
        draft = self.env["aftersales.notice"].with_user(self.clerk)
        for name, value in {"name": "FORGED/1", "version": 7, "verified_by_id": 1}.items():
            with self.subTest(name), self.assertRefused("worked out"):
                draft.create({"dealer_id": self.dealer_a.id, name: value})
            with self.subTest(name):
                made = draft.with_context(**{f"default_{name}": value}).create(
                    {"dealer_id": self.dealer_a.id}
                )
                self.assertFalse(made.version or made.verified_by_id or made.name != "/")

    def test_accountant_cannot_cut_the_entry_from_its_notice(self):
        notice = self.make_notice(self.make_claim(100.0), state="settled")
        entry = notice.sudo().move_ids.with_user(self.accountant)
        self.assertTrue(entry)
        for values in (
            {"aftersales_notice_id": False},
            {"aftersales_notice_role": "offset"},
            {"state": "draft"},
            {"state": "cancel"},
        ):
            with self.subTest(values), self.assertRefused("notice"):
                entry.write(values)
        with self.assertRefused("notice"):
            entry.button_draft()

    def test_accountant_cannot_forge_a_settlement(self):
        notice = self.make_notice(self.make_claim(100.0), state="confirmed")
        moves = self.env["account.move"].with_user(self.accountant)
        values = {"aftersales_notice_id": notice.id, "aftersales_notice_role": "settlement"}
        with self.assertRefused("notice"):
            moves.create({"move_type": "entry", **values})
        context = {f"default_{name}": value for name, value in values.items()}
        with self.assertRefused("notice"):
            moves.with_context(**context).create({"move_type": "entry"})
        notice.with_user(self.accountant).action_settle()
        self.assertEqual(notice.state, "settled")

    def test_who_changes_verified_amounts_is_the_verifier(self):
        """Else the one who set the amounts could post them (J01)."""
        notice = self.make_notice(self.make_claim(100.0), state="verified")
        both = new_test_user(
            self.env,
            "t_verify_and_post",
            groups="aftersales_dealer.group_aftersales_verifier,account.group_account_invoice",
        )
        notice.line_ids.with_user(both).write({"amount": 50.0, "reason": "Half"})
        notice.with_user(self.clerk).action_issue()
        notice.with_user(self.clerk).action_confirm(note="By letter")
        with self.assertRefused("you verified it"):
            notice.with_user(both).action_settle()
        notice.with_user(self.accountant).action_settle()

    def test_statement_of_another_company_or_of_no_dealer(self):
        wizards = self.env["aftersales.dealer.statement"].with_user(self.foreign_manager)
        wizard = wizards.create({"dealer_id": self.dealer_a.id, "company_id": self.company.id})
        with self.assertRaises(AccessError):
            wizard._get_statement()
        wizards = self.env["aftersales.dealer.statement"].with_user(self.clerk)
        wizard = wizards.create({"dealer_id": self.customer.id})
        with self.assertRefused("not a dealer"):
            wizard._get_statement()
        self.assertTrue(wizards.create({"dealer_id": self.dealer_a.id})._get_statement())

    def test_dispute_of_lines_that_are_none(self):
        notice = self.make_notice(self.make_claim(100.0), state="issued")
        for key in ("abc", "-1", "", "999999999"):
            with self.subTest(key), self.assertRefused("does not belong"):
                notice.with_user(self.portal_a).action_dispute(line_reasons={key: "x"})

    def test_reversal_after_unreconciling_by_hand(self):
        """The accountant undid the deduction and used the credit elsewhere: all comes back."""
        first, second = self.make_invoice(60.0, -20), self.make_invoice(500.0, 10)
        notice = self.make_notice(self.make_claim(100.0), state="settled")
        self.assertEqual((first.amount_residual, second.amount_residual), (0.0, 460.0))
        entry = notice.sudo().move_ids
        receivable = entry.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        receivable.remove_move_reconcile()
        (
            receivable + second.line_ids.filtered(lambda x: x.account_type == "asset_receivable")
        ).reconcile()
        self.assertEqual((first.amount_residual, second.amount_residual), (60.0, 400.0))
        notice.with_user(self.accountant).action_reverse(reason="Wrong")
        self.assertEqual((first.amount_residual, second.amount_residual), (60.0, 500.0))
        self.assertEqual(notice.claim_ids.mapped("state"), ["approved"])
        again = self.make_notice(notice.claim_ids, state="settled")
        self.assertEqual(again.amount_total, 100.0)

    def test_credit_note_is_not_reversed_by_the_wizard_nor_copied_with_its_link(self):
        notice = self.make_notice(self.make_claim(100.0), state="settled")
        entry = notice.sudo().move_ids.with_user(self.accountant)
        wizard = self.env["account.move.reversal"].with_user(self.accountant)
        wizard = wizard.with_context(active_model="account.move", active_ids=entry.ids)
        with self.assertRefused("Reverse the notice"):
            wizard.create({"journal_id": entry.journal_id.id}).refund_moves()
        copy = entry.copy()
        self.assertFalse(copy.aftersales_notice_id or copy.aftersales_notice_role)
