from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import AftersalesDealerCommon


@tagged("post_install", "-at_install")
class TestAgreement(AftersalesDealerCommon):
    """D01: what was agreed with a dealer, one agreement in force at a time."""

    def test_defaults_come_from_the_company(self):
        self.company.dealer_registration_days = 12
        agreement = self.make_agreement(self.dealer_a, start=False)
        self.assertRecordValues(
            agreement,
            [
                {
                    "registration_days": 12,
                    "settlement_method": "credit_note",
                    "state": "draft",
                    "company_id": self.company.id,
                }
            ],
        )

    def test_overlap_is_refused_and_says_with_what(self):
        other = self.make_agreement(self.dealer_a, start=False)
        with self.assertRefused(f"overlaps with .*{self.agreement_a.name}", ValidationError):
            other.action_start()
        self.assertEqual(other.state, "draft")

    def test_overlap_is_refused_by_the_database(self):
        other = self.make_agreement(self.dealer_a, start=False)
        other.flush_recordset()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env.cr.execute(
                "UPDATE aftersales_dealer_agreement SET state = 'running' WHERE id = %s", [other.id]
            )

    def test_follow_up_agreement_and_the_other_company_may_run(self):
        self.agreement_a.date_end = self.today
        following = self.make_agreement(self.dealer_a, date_start=self.today + timedelta(days=1))
        foreign = self.make_agreement(self.dealer_a, company_id=self.company_2.id)
        self.assertEqual((following | foreign).mapped("state"), ["running", "running"])
        self.assertEqual(self.dealer_a._get_agreement(self.today), self.agreement_a)
        self.assertEqual(self.dealer_a._get_agreement(self.today + timedelta(days=1)), following)
        self.assertEqual(self.dealer_a._get_agreement(company=self.company_2), foreign)

    def test_agreement_of_a_day_in_batch(self):
        dealers = self.dealer_a | self.dealer_b | self.customer
        self.assertEqual(
            dealers._get_agreements(),
            {
                self.dealer_a: self.agreement_a,
                self.dealer_b: self.agreement_b,
                self.customer: self.env["aftersales.dealer.agreement"],
            },
        )
        self.assertFalse(self.dealer_a._get_agreement(self.today - timedelta(days=1000)))

    def test_expired_agreement_still_counts_for_its_time(self):
        self.agreement_a.date_end = self.today - timedelta(days=10)
        with self.enter_registry_test_mode():
            self.env.ref(
                "aftersales_dealer.ir_cron_aftersales_dealer_agreement_expire"
            ).method_direct_trigger()
        self.assertEqual(self.agreement_a.state, "expired")
        self.assertEqual(self.agreement_b.state, "running")
        self.assertEqual(
            self.dealer_a._get_agreement(self.today - timedelta(days=11)), self.agreement_a
        )
        self.assertFalse(self.dealer_a._get_agreement())

    def test_terms_in_force_do_not_change(self):
        agreement = self.agreement_a.with_user(self.dealer_manager)
        with self.assertRefused("Labour Rate per Hour can no longer be changed"):
            agreement.labour_rate = 99.0
        agreement.date_end = self.today + timedelta(days=30)
        with self.assertRefused("changed with the buttons"):
            agreement.state = "cancelled"

    def test_extension_into_the_next_agreement_is_refused(self):
        self.agreement_a.date_end = self.today
        self.make_agreement(self.dealer_a, date_start=self.today + timedelta(days=1))
        with self.assertRefused("overlaps with", ValidationError):
            self.agreement_a.date_end = self.today + timedelta(days=1)

    def test_two_drafts_started_together_are_refused(self):
        drafts = self.make_agreement(self.customer_dealer(), start=False)
        drafts |= drafts.copy()
        with self.assertRefused("overlaps with", ValidationError):
            drafts.action_start()

    def customer_dealer(self):
        return self.env["res.partner"].create(
            {"name": "New Dealer", "is_company": True, "is_dealer": True}
        )

    def test_cancel_needs_a_reason_and_a_manager(self):
        agreement = self.agreement_a.with_user(self.dealer_manager)
        action = agreement.action_cancel()
        self.assertEqual(
            (action["res_model"], agreement.state), ("aftersales.dealer.reason", "running")
        )
        wizard = (
            self.env["aftersales.dealer.reason"]
            .with_user(self.dealer_manager)
            .with_context(**action["context"])
        )
        wizard.create({"reason": "Closed down"}).action_apply()
        self.assertRecordValues(agreement, [{"state": "cancelled", "cancel_reason": "Closed down"}])
        with self.assertRaises(AccessError):
            self.agreement_b.with_user(self.dealer_user).action_cancel(reason="No right")
        with self.assertRaises(AccessError):
            self.agreement_b.with_user(self.plain_user).read(["labour_rate"])

    def test_reason_dialog_serves_known_documents_only(self):
        wizard = self.env["aftersales.dealer.reason"].with_context(
            active_model="sale.order", active_ids=self.env["sale.order"].search([], limit=1).ids
        )
        with self.assertRefused("Open this dialog from the document"):
            wizard.create({"operation": "cancel", "reason": "x"}).action_apply()

    def test_malformed(self):
        with self.assertRefused("is not a dealer", ValidationError):
            self.make_agreement(self.customer)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.make_agreement(
                self.dealer_a, start=False, date_end=self.today - timedelta(days=800)
            )
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.make_agreement(self.dealer_a, start=False, labour_rate=-1.0)
        with self.assertRefused("between 1 and 31", ValidationError):
            self.make_agreement(self.dealer_a, start=False, part_return_day_1=40)
        with self.assertRefused("ended on"):
            self.make_agreement(self.dealer_a, date_end=self.today - timedelta(days=1))
        with self.assertRefused("is a contact of", ValidationError):
            self.caller.is_dealer = True

    def test_other_company_sees_nothing(self):
        own = self.env["aftersales.dealer.agreement"].with_user(self.foreign_manager)
        self.assertFalse(own.search([("dealer_id", "=", self.dealer_a.id)]))
        with self.assertRaises(AccessError):
            self.agreement_a.with_user(self.foreign_manager).read(["labour_rate"])

    def test_part_prices(self):
        self.part.write({"standard_price": 60.0, "list_price": 100.0})
        self.assertEqual(
            self.agreement_a._get_part_prices(self.part, self.today), {self.part: 60.0}
        )
        markup = self.make_agreement(
            self.dealer_a, start=False, part_price_basis="cost_markup", part_price_markup=15.0
        )
        self.assertAlmostEqual(markup._get_part_prices(self.part, self.today)[self.part], 69.0)
        sales = self.make_agreement(self.dealer_a, start=False, part_price_basis="list_price")
        self.assertEqual(sales._get_part_prices(self.part, self.today)[self.part], 100.0)

    def test_part_return_date(self):
        year = self.today.year
        day = self.today.replace(year=year, month=7, day=1)
        self.assertEqual(self.agreement_a._get_part_return_date(day), day.replace(month=12, day=31))
        by_days = self.make_agreement(
            self.dealer_a, start=False, part_return_mode="days", part_return_days=45
        )
        self.assertEqual(by_days._get_part_return_date(day), day + timedelta(days=45))

    def test_product_categories(self):
        parent = self.env["product.category"].create({"name": "Machines"})
        child = self.env["product.category"].create({"name": "Tractors", "parent_id": parent.id})
        self.machine.categ_id = child
        limited = self.make_agreement(self.dealer_a, start=False, product_category_ids=parent.ids)
        self.assertTrue(limited._covers_product(self.machine))
        self.assertFalse(limited._covers_product(self.wear_part))
        self.assertTrue(self.agreement_a._covers_product(self.wear_part))

    def test_only_dealer_staff_makes_dealers(self):
        seller = new_test_user(
            self.env, "t_seller", groups="sales_team.group_sale_salesman,base.group_partner_manager"
        )
        partner = self.env["res.partner"].create({"name": "Becomes a Dealer", "is_company": True})
        with self.assertRefused("Only dealer staff", AccessError):
            partner.with_user(seller).is_dealer = True
        with self.assertRefused("Only dealer staff", AccessError):
            partner.with_user(seller).dealer_grade_id = self.grade
        with self.assertRefused("Only dealer staff", AccessError):
            self.env["res.partner"].with_user(seller).create({"name": "New", "is_dealer": True})
        with self.assertRefused("Only dealer staff", AccessError):
            self.env["res.partner"].with_user(seller).with_context(default_is_dealer=True).create(
                {"name": "New"}
            )
        self.assertFalse(self.dealer_a.with_user(seller).copy().is_dealer)
        partner.with_user(seller).write({"is_dealer": False, "city": "Soria"})
        staff = self.dealer_user
        staff.group_ids |= self.env.ref("base.group_partner_manager")
        partner.with_user(staff).write({"is_dealer": True, "dealer_grade_id": self.grade.id})
        self.assertTrue(partner.is_dealer)

    def test_dealer_form_and_figures(self):
        self.sell_to_dealer("AG-1", "AG-2")
        self.make_card(self.env["aftersales.asset"].search([("serial", "=", "AG-1")]))
        dealer = self.dealer_a.with_user(self.dealer_user)
        self.assertRecordValues(
            dealer,
            [
                {
                    "dealer_asset_count": 2,
                    "dealer_open_asset_count": 1,
                    "dealer_registration_count": 1,
                }
            ],
        )
        self.assertEqual(dealer.dealer_agreement_id, self.agreement_a)
        assets = self.env["aftersales.asset"].search(dealer.action_view_dealer_assets()["domain"])
        self.assertEqual(set(assets.mapped("serial")), {"AG-1", "AG-2"})
        cards = self.env["aftersales.registration"].search(
            dealer.action_view_dealer_registrations()["domain"]
        )
        self.assertEqual(cards.serial, "AG-1")
        self.assertEqual(self.grade.dealer_count, 2)

    def test_settings(self):
        settings = self.env["res.config.settings"].create({"dealer_registration_days": 25})
        settings.execute()
        self.assertEqual(self.company.dealer_registration_days, 25)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.company.dealer_registration_days = -1
            self.company.flush_recordset()

    def test_used_agreement_is_kept(self):
        with self.assertRefused("is kept", UserError):
            self.agreement_a.with_user(self.dealer_manager).unlink()
