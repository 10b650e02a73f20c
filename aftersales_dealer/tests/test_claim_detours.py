from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimDetours(ClaimCommon):
    """No detour leads around an old part, a refusal or the registration card (D08, D09)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.aftersales_claim_auto_limit = 1000000.0

    def test_appeal_of_a_refusal_is_seen_by_a_person(self):
        self.company.aftersales_claim_auto_limit = 0.0
        claim = self.make_submitted()
        self.as_appraiser(claim).action_refuse(reason="The photos show another machine.")
        self.company.aftersales_claim_auto_limit = 1000000.0
        claim.action_appeal(reason="They do not.")
        self.assertEqual(claim.state, "submitted")

    def test_limit_of_automatic_approval_is_in_the_companys_currency(self):
        """A hundred of the company's money are thirty of a dearer one."""
        self.company.aftersales_claim_auto_limit = 100.0
        dear = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", "KWD")])
        )
        dear.active = True
        dear.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {
                "currency_id": dear.id,
                "name": "2000-01-01",
                "rate": 0.3,
                "company_id": self.company.id,
            }
        )
        self.agreement_a._write_past_guard({"currency_id": dear.id})
        claim = self.make_submitted(lines=[self.line_labour()])  # 80 of the dear ones
        self.assertEqual(claim.currency_id, dear)
        self.assertEqual(claim.state, "submitted")
        self.assertEqual(self.check(claim, "auto_limit").result, "flag")

    def test_refused_and_appealed_claim_still_owes_its_old_part(self):
        claim = self.make_submitted(lines=[self.line_part()])
        self.assertEqual(claim.line_ids.return_state, "awaiting")
        self.as_appraiser(claim).action_refuse(reason="The part never came.")
        self.assertEqual(claim.line_ids.return_state, "none")
        claim.action_appeal(reason="It will come.")
        self.assertEqual(claim.state, "awaiting_parts")
        self.assertEqual(claim.line_ids.return_state, "awaiting")

    def test_card_registered_after_the_draft_counts(self):
        self.company.aftersales_claim_auto_limit = 0.0
        asset = self.sell_to_dealer("CLAIM-LATE", days_ago=30)
        claim = self.make_claim(asset_id=asset.id)
        card = self.make_card(
            asset, days_ago=20, date_registered=self.day(15), user=self.dealer_manager
        )
        claim.action_submit()
        self.assertEqual(claim.registration_id, card)
        self.assertEqual(self.check(claim, "registered").result, "ok")

    def test_cancelled_card_no_longer_counts(self):
        self.company.aftersales_claim_auto_limit = 0.0
        asset = self.sell_to_dealer("CLAIM-GONE", days_ago=30)
        card = self.make_card(
            asset, days_ago=20, date_registered=self.day(15), user=self.dealer_manager
        )
        claim = self.make_submitted(asset_id=asset.id)
        self.as_appraiser(claim).action_refuse(reason="No")
        card.with_user(self.dealer_manager).action_cancel(reason="Never sold")
        claim.action_appeal(reason="But yes")
        self.assertFalse(claim.registration_id)
        self.assertEqual(self.check(claim, "registered").result, "block")

    def test_dealer_staff_does_not_undo_an_appraisal_by_checking_again(self):
        self.company.aftersales_claim_auto_limit = 0.0
        claim = self.make_submitted()
        line = self.as_appraiser(claim).line_ids[0]
        line.write({"amount_appraised": 1.0, "reason": "Too dear"})
        self.as_appraiser(claim).action_appraise()
        with self.assertRaises(AccessError):
            claim.with_user(self.dealer_user).action_run_checks()
        self.assertEqual(line.amount_approved, 1.0)

    def _make_waived_return(self):
        """Return (approved claim, its return in draft): the part was waived after it was made."""
        self.company.aftersales_claim_auto_limit = 0.0
        claim = self.make_submitted(lines=[self.line_part()])
        part_return = claim._create_part_returns()
        line = claim.line_ids
        self.as_appraiser(line).action_waive_return(reason="Broken")
        self.as_appraiser(claim).action_approve()
        self.assertEqual(claim.state, "approved")
        self.assertTrue(line.amount_approved)
        return claim, part_return

    def test_waived_part_that_never_comes_costs_nothing_any_more(self):
        claim, part_return = self._make_waived_return()
        approved = claim.amount_approved
        part_return.action_ship()
        part_return.line_ids.quantity_received = 0.0
        part_return.action_receive()
        self.assertEqual(claim.line_ids.amount_approved, approved)
        self.assertEqual(claim.line_ids.return_state, "waived")

    def test_waived_part_stays_waived_when_its_return_is_cancelled(self):
        claim, part_return = self._make_waived_return()
        part_return.action_cancel()
        self.assertEqual(claim.line_ids.return_state, "waived")

    def test_old_part_on_its_way_is_not_deleted(self):
        self.company.aftersales_claim_auto_limit = 0.0
        claim = self.make_submitted(lines=[self.line_part()])
        part_return = claim._create_part_returns()
        part_return.action_ship()
        with self.assertRefused("no longer"):
            part_return.line_ids.with_user(self.dealer_user).unlink()
        with self.assertRefused("no longer"):
            part_return.line_ids.with_user(self.dealer_user).write(
                {"return_id": part_return.copy().id}
            )
        with self.assertRefused("no longer|not typed in"):
            part_return.line_ids.with_user(self.dealer_user).write({"state": "draft"})

    def test_dates_at_the_end_of_time(self):
        far = "9999-12-31"
        with self.assertRefused("future"):
            self.make_submitted(date_failure=far, date_repair=far)
        asset = self.sell_to_dealer("CLAIM-FAR", days_ago=30)
        with self.assertRefused("future"):
            self.make_card(asset, date_sale=far)

    def test_same_part_twice_at_once(self):
        """Submissions of one machine's claims change its row: the later one sees the earlier."""
        claim = self.make_claim(lines=[self.line_part()])
        before = self._get_row_version()
        claim.action_submit()
        self.assertNotEqual(self._get_row_version(), before)

    def _get_row_version(self):
        self.env.cr.execute("SELECT ctid FROM aftersales_asset WHERE id = %s", [self.asset.id])
        return self.env.cr.fetchone()

    def test_contact_of_a_dealer_is_not_the_dealer(self):
        """Its notice would be nobody's on the portal, and not by the terms agreed."""
        contact = self.portal_a.partner_id
        self.assertEqual(contact.commercial_partner_id, self.dealer_a)
        with self.assertRefused("Test Dealer A"):
            self.make_claim(dealer_id=contact.id)
        claim = self.make_claim()
        with self.assertRefused("Test Dealer A"):
            claim.dealer_id = contact

    def test_return_is_not_turned_over_to_another_dealer(self):
        claim = self.make_submitted(lines=[self.line_part()])
        part_return = claim._create_part_returns()
        with self.assertRefused("another dealer"):
            part_return.dealer_id = self.dealer_b

    def _count_queries(self, action, count, lines):
        """Return how many queries ``action`` takes on ``count`` fresh claims."""
        self.company.aftersales_claim_auto_limit = 0.0
        claims = self.env["aftersales.claim"].with_user(self.dealer_user)
        for __ in range(count):
            claims |= self.make_claim(lines=lines)
        action(claims, prepare=True)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        action(claims, prepare=False)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_submitting_costs_few_queries_a_claim(self):
        def submit(claims, prepare):
            if not prepare:
                claims.action_submit()

        lines = [self.line_labour(), self.line_travel(), self.line_part(return_required=False)]
        __, few, many = (self._count_queries(submit, count, lines) for count in (1, 5, 25))
        self.assertLess(many - few, 20, (few, many))

    def test_approving_costs_few_queries_a_claim(self):
        def approve(claims, prepare):
            if prepare:
                claims.action_submit()
            else:
                self.as_appraiser(claims).action_approve()

        lines = [self.line_labour(), self.line_travel()]
        __, few, many = (self._count_queries(approve, count, lines) for count in (1, 5, 25))
        # Each dealer gets its mail; the rest is done for all claims at once.
        self.assertLess(many - few, 20 * 22, (few, many))
