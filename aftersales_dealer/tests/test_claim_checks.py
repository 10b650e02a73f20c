from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.aftersales_dealer.tools.claim_rules import CHECKS

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimChecks(ClaimCommon):
    def set_severity(self, code, severity):
        self.get_rule(code).severity = severity

    def test_registered(self):
        claim = self.make_submitted()
        self.assertCheck(claim, "registered", "ok", "in time")
        late = self.sell_to_dealer("CLAIM-L", days_ago=60)
        card = self.make_card(late, days_ago=50)
        claim = self.make_submitted(asset_id=late.id)
        self.assertCheck(claim, "registered", "block", "late")
        self.assertTrue(claim.is_blocked)
        with self.assertRefused("blocked by “Registered in time”"):
            self.as_appraiser(claim).action_approve()
        card.with_user(self.dealer_manager).action_override(reason="Post office strike")
        claim.action_run_checks()
        self.assertCheck(claim, "registered", "ok", "Post office strike")
        self.as_appraiser(claim).action_approve()
        self.assertEqual(claim.state, "approved")

    def test_override_of_a_blocking_check(self):
        late = self.sell_to_dealer("CLAIM-O", days_ago=60)
        self.make_card(late, days_ago=50)
        claim = self.make_submitted(asset_id=late.id)
        check = self.check(claim, "registered")
        for user in (self.dealer_user, self.appraiser, self.portal_a):
            with self.subTest(user.login), self.assertRaises(AccessError):
                check.with_user(user).action_override(reason="please")
        managed = check.with_user(self.dealer_manager)
        with self.assertRefused("Give a reason"):
            managed.action_override(reason=" ")
        managed.action_override(reason="Agreed with the dealer")
        self.assertFalse(claim.is_blocked)
        self.assertIn("Agreed with the dealer", check.effect)
        with self.assertRefused("blocks nothing"):
            managed.action_override(reason="again")
        claim.action_run_checks()
        self.assertFalse(claim.is_blocked, "running the checks again keeps the override")
        self.as_appraiser(claim).action_approve()
        self.assertEqual(claim.state, "approved")

    def test_covered(self):
        """A wear part out of its three months is cut to nothing, the rest stays (W07)."""
        old = self.sell_to_dealer("CLAIM-W", days_ago=200)
        self.make_card(old, days_ago=190, date_registered=self.day(185), user=self.dealer_manager)
        wear = Command.create({"kind": "part", "product_id": self.wear_part.id, "price_unit": 20.0})
        claim = self.make_submitted(asset_id=old.id, lines=[self.line_labour(), wear])
        check = self.assertCheck(claim, "covered", "cut", "Test Belt is not covered")
        self.assertIn("ended on", check.explanation)
        self.assertEqual(check.amount, 20.0)
        labour, belt = claim.line_ids
        self.assertEqual((labour.amount_appraised, belt.amount_appraised), (80.0, 0.0))
        self.assertIn("Covered", belt.appraisal_reason)
        self.assertCheck(self.make_submitted(), "covered", "ok", "Covered by")

    def test_deadline(self):
        self.assertCheck(self.make_submitted(), "deadline", "ok", "within 30 days")
        claim = self.make_submitted(date_failure=self.day(45), date_repair=self.day(40))
        self.assertCheck(claim, "deadline", "block", "10 days late")

    def test_duplicate(self):
        first = self.make_submitted(lines=[self.line_part()])
        self.assertCheck(first, "duplicate", "ok", "Nothing")
        second = self.make_submitted(lines=[self.line_part()], date_repair=self.day(7))
        self.assertCheck(second, "duplicate", "block", first.name)
        first.action_run_checks()
        self.assertCheck(first, "duplicate", "ok", "Nothing")
        first.action_withdraw()
        second.action_run_checks()
        self.assertCheck(second, "duplicate", "ok", "Nothing")

    def test_duplicate_outside_the_period(self):
        self.company.aftersales_claim_duplicate_days = 5
        self.make_submitted(lines=[self.line_part()])
        other = self.make_submitted(
            lines=[self.line_part()], date_failure=self.day(2), date_repair=self.day(1)
        )
        self.assertCheck(other, "duplicate", "ok", "Nothing")

    def test_price(self):
        self.assertCheck(self.make_submitted(), "price", "ok", "No price")
        claim = self.make_submitted(lines=[self.line_labour(price_unit=50.0)])
        check = self.assertCheck(claim, "price", "cut", "the agreement grants")
        self.assertEqual(check.amount, 20.0)
        self.assertEqual(claim.line_ids.amount_appraised, 80.0)
        self.as_appraiser(claim).action_approve()
        self.assertRecordValues(claim, [{"amount_approved": 80.0, "is_partial": True}])

    def test_part_price_follows_the_agreement(self):
        claim = self.make_claim(lines=[self.line_part()])
        self.assertEqual(claim.line_ids.price_unit, 60.0, "the agreement pays the cost")

    def test_standard_time(self):
        claim = self.make_submitted(lines=[self.line_labour(hours=3.0)])
        check = self.assertCheck(claim, "standard_time", "cut", "standard time")
        self.assertEqual(check.amount, 40.0)
        self.assertCheck(self.make_submitted(), "standard_time", "ok", "within")

    def test_price_and_time_cut_once(self):
        claim = self.make_submitted(lines=[self.line_labour(hours=3.0, price_unit=50.0)])
        self.assertEqual(claim.line_ids.amount_appraised, 80.0)

    def test_serial(self):
        pump = self.env["product.product"].create(
            {
                "name": "Serial Pump",
                "is_storable": True,
                "tracking": "serial",
                "is_asset": False,
                "standard_price": 9,
            }
        )
        lot = self.env["stock.lot"].create({"name": "SP-1", "product_id": pump.id})
        line = {"kind": "part", "product_id": pump.id, "return_required": False}
        missing = self.make_submitted(lines=[Command.create(line)])
        self.assertCheck(missing, "serial", "flag", "serial of the fitted part is missing")
        known = self.make_submitted(lines=[Command.create(dict(line, lot_id=lot.id))])
        self.assertCheck(known, "serial", "ok", "known")

    def test_agreement(self):
        self.assertCheck(self.make_submitted(), "agreement", "ok", self.agreement_a.name)
        self.agreement_a.action_cancel(reason="Ended")
        claim = self.make_submitted(lines=[self.line_labour(price_unit=40.0)])
        self.assertCheck(claim, "agreement", "block", "no agreement in force")

    def test_severity_off_flag_block(self):
        self.set_severity("price", "off")
        claim = self.make_submitted(lines=[self.line_labour(price_unit=50.0)])
        self.assertFalse(self.check(claim, "price"))
        self.assertEqual(claim.line_ids.amount_appraised, 100.0)
        self.set_severity("price", "flag")
        claim.action_run_checks()
        self.assertCheck(claim, "price", "flag", "grants")
        self.assertEqual(claim.line_ids.amount_appraised, 100.0)
        self.set_severity("price", "block")
        claim.action_run_checks()
        self.assertTrue(claim.is_blocked)

    def test_severities_are_the_managers(self):
        setting = self.env["aftersales.claim.check.setting"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        with self.assertRaises(AccessError):
            setting.with_user(self.appraiser).severity = "off"
        setting.with_user(self.dealer_manager).severity = "flag"

    def test_new_company_has_its_checks_and_locations(self):
        settings = self.env["aftersales.claim.check.setting"].search(
            [("company_id", "=", self.company_2.id)]
        )
        self.assertEqual(set(settings.mapped("code")), set(CHECKS))
        self.assertTrue(self.company_2.aftersales_old_part_type_id)
        self.env["aftersales.claim.check.setting"]._create_missing(self.company_2)
        again = settings.search_count([("company_id", "=", self.company_2.id)])
        self.assertEqual(again, len(settings))

    def test_old_parts_are_received_in_a_warehouse(self):
        """Odoo computes with the warehouse of every incoming operation type."""
        companies = self.env["res.company"].search([])
        types = companies.aftersales_old_part_type_id
        self.assertTrue(types)
        self.assertTrue(all(picking_type.warehouse_id for picking_type in types))
        self.company_2.aftersales_old_part_type_id = False
        self.env["stock.warehouse"].search([("company_id", "=", self.company_2.id)]).active = False
        self.company_2._create_aftersales_claim_setup()
        self.assertFalse(self.company_2.aftersales_old_part_type_id)
        self.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC", "company_id": self.company_2.id}
        )
        self.assertTrue(self.company_2.aftersales_old_part_type_id.warehouse_id)

    def test_automatic_approval(self):
        """Clean and small claims are approved at once; off while there is no limit (D08)."""
        self.assertEqual(self.make_submitted().state, "submitted")
        self.company.aftersales_claim_auto_limit = 100.0
        claim = self.make_submitted(lines=[self.line_labour()])
        self.assertRecordValues(
            claim,
            [
                {
                    "state": "approved",
                    "amount_approved": 80.0,
                    "approved_by": self.env.ref("base.user_root").id,
                }
            ],
        )
        self.assertCheck(claim, "auto_limit", "ok", "within the limit")

    def test_no_automatic_approval(self):
        self.company.aftersales_claim_auto_limit = 90.0
        above = self.make_submitted()
        self.assertEqual(above.state, "submitted")
        self.assertCheck(above, "auto_limit", "flag", "above the limit")
        cut = self.make_submitted(lines=[self.line_labour(price_unit=41.0)])
        self.assertEqual(cut.state, "submitted", "a claim that was cut is looked at")
        parts = self.make_submitted(lines=[self.line_part()])
        self.assertEqual(parts.state, "awaiting_parts", "old parts come first")

    def test_explanations_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        claim = self.make_submitted()
        check = self.check(claim, "deadline")
        english = check.with_context(lang="en_US").explanation
        self.assertIn("(until", english)
        self.assertTrue(check.with_context(lang="es_ES").explanation)

    def test_queries_do_not_grow(self):
        """30 claims are checked with as many queries as one (design rule 1)."""

        def count(claims):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            claims._run_checks(version_offset=0)
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        def lines():
            return [self.line_labour(), self.line_part(), self.line_travel()]

        claims = self.env["aftersales.claim"]
        for number in range(31):
            claims |= self.make_claim(
                lines=lines(), date_repair=self.day(8) - timedelta(days=number % 2)
            )
        claims = claims.with_user(self.appraiser)
        claims.action_submit()
        count(claims[:1])
        one, thirty = count(claims[:1]), count(claims[1:])
        self.assertLessEqual(thirty, one + 6, f"one claim: {one} queries, thirty: {thirty}")

    def test_submit_in_batch(self):
        claims = self.env["aftersales.claim"]
        for __ in range(11):
            claims |= self.make_claim(lines=[self.line_travel()])
        self.env.flush_all()
        start = self.env.cr.sql_log_count
        claims[:1].action_submit()
        self.env.flush_all()
        one = self.env.cr.sql_log_count - start
        start = self.env.cr.sql_log_count
        claims[1:].action_submit()
        self.env.flush_all()
        ten = self.env.cr.sql_log_count - start
        self.assertLessEqual(ten, one + 15, f"one claim: {one} queries, ten: {ten}")
