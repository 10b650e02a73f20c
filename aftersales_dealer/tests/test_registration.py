from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import AftersalesDealerCommon


@tagged("post_install", "-at_install")
class TestRegistration(AftersalesDealerCommon):
    """D02: a dealer's sale to an end user is registered, once, in time or accepted late."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls.sell_to_dealer("R-1")

    def test_delivery_to_a_dealer_waits_for_registration(self):
        self.assertRecordValues(
            self.asset,
            [
                {
                    "dealer_id": self.dealer_a.id,
                    "partner_id": self.dealer_a.id,
                    "registration_state": "open",
                }
            ],
        )
        direct = self.sell("R-direct")
        self.assertRecordValues(direct, [{"dealer_id": False, "registration_state": False}])

    def test_register_by_serial_makes_the_end_user_owner(self):
        cards = self.env["aftersales.registration"].with_user(self.dealer_user)
        card = cards.create(
            {
                "serial": " R-1 ",
                "date_sale": self.today - timedelta(days=3),
                "end_user_name": "Ana Ruiz",
                "end_user_email": "ana@example.com",
                "end_user_city": "Soria",
                "meter": 4.0,
            }
        )
        self.assertRecordValues(
            card,
            [
                {
                    "asset_id": self.asset.id,
                    "dealer_id": self.dealer_a.id,
                    "serial": "R-1",
                    "state": "draft",
                }
            ],
        )
        card.action_register()
        self.assertRecordValues(
            card,
            [
                {
                    "state": "registered",
                    "date_registered": self.today,
                    "late": False,
                    "agreement_id": self.agreement_a.id,
                    "registration_days": 20,
                    "counts_for_claims": True,
                }
            ],
        )
        end_user = card.end_user_id
        self.assertRecordValues(
            end_user,
            [{"name": "Ana Ruiz", "email": "ana@example.com", "city": "Soria", "parent_id": False}],
        )
        self.assertEqual(end_user.country_id, self.dealer_a.country_id)
        self.assertRecordValues(
            self.asset,
            [
                {
                    "partner_id": end_user.id,
                    "site_id": end_user.id,
                    "date_sale_end_user": card.date_sale,
                    "registration_id": card.id,
                    "registration_state": "registered",
                }
            ],
        )

    def test_form_finds_the_machine(self):
        with Form(self.env["aftersales.registration"].with_user(self.dealer_user)) as form:
            form.serial = "R-1"
            form.date_sale = self.today
            form.end_user_name = "Form User"
            form.end_user_phone = "600"
            self.assertEqual(form.dealer_id, self.dealer_a)
        self.assertEqual(form.record.asset_id, self.asset)

    def test_registration_starts_its_warranty(self):
        self.policy.start_event = "registration"
        asset = self.sell_to_dealer("R-2")
        self.assertEqual(asset.warranty_state, "draft")
        card = self.make_card(asset, days_ago=7)
        self.assertRecordValues(
            asset.warranty_ids, [{"state": "active", "date_start": card.date_sale}]
        )
        card.with_user(self.dealer_manager).action_cancel(reason="Typing error")
        self.assertRecordValues(
            asset.warranty_ids, [{"state": "draft", "date_start": False, "date_end": False}]
        )
        self.assertRecordValues(
            asset,
            [
                {
                    "partner_id": self.dealer_a.id,
                    "date_sale_end_user": False,
                    "registration_state": "open",
                }
            ],
        )
        again = self.make_card(asset, days_ago=6)
        self.assertRecordValues(
            asset.warranty_ids, [{"state": "active", "date_start": again.date_sale}]
        )

    def test_withdrawn_registration_falls_back_to_the_latest_start(self):
        self.policy.write(
            {"start_event": "registration", "fallback_event": "delivery", "fallback_days": 10}
        )
        asset = self.sell_to_dealer("R-3", days_ago=30)
        latest = self.today - timedelta(days=20)
        by_delivery = {"state": "active", "date_start": latest, "start_basis": "delivery"}
        self.assertRecordValues(asset.warranty_ids, [by_delivery])
        card = self.make_card(asset, days_ago=25)
        self.assertRecordValues(
            asset.warranty_ids,
            [{"state": "active", "date_start": card.date_sale, "start_basis": "registration"}],
        )
        card.with_user(self.dealer_manager).action_cancel(reason="Typing error")
        self.assertRecordValues(asset.warranty_ids, [by_delivery])
        # Sold after the latest start: the warranty goes on from there.
        self.make_card(asset, days_ago=3)
        self.assertRecordValues(asset.warranty_ids, [by_delivery])

    def test_late_counts_only_when_accepted(self):
        card = self.make_card(self.asset, days_ago=25)
        self.assertRecordValues(card, [{"late": True, "days_late": 5, "counts_for_claims": False}])
        self.assertEqual(self.asset.registration_state, "late")
        with self.assertRefused("Only a dealer manager", AccessError):
            card.action_override(reason="Please")
        card = card.with_user(self.dealer_manager)
        self.assertEqual(card.action_override()["res_model"], "aftersales.dealer.reason")
        card.action_override(reason="Post strike")
        self.assertRecordValues(
            card,
            [
                {
                    "override_reason": "Post strike",
                    "override_user_id": self.dealer_manager.id,
                    "counts_for_claims": True,
                    "late": True,
                }
            ],
        )
        with self.assertRefused("needs no acceptance"):
            card.action_override(reason="Twice")

    def test_last_day_is_in_time(self):
        self.assertFalse(self.make_card(self.asset, days_ago=20).late)

    def test_agreement_days_count(self):
        dealer = self.env["res.partner"].create(
            {"name": "D", "is_company": True, "is_dealer": True}
        )
        self.make_agreement(dealer, registration_days=3)
        card = self.make_card(self.sell_to_dealer("R-3", dealer=dealer), days_ago=4)
        self.assertRecordValues(card, [{"late": True, "registration_days": 3}])

    def test_without_agreement_the_company_days_count(self):
        dealer = self.env["res.partner"].create(
            {"name": "D", "is_company": True, "is_dealer": True}
        )
        card = self.make_card(self.sell_to_dealer("R-4", dealer=dealer), days_ago=21)
        self.assertRecordValues(
            card, [{"late": True, "agreement_id": False, "registration_days": 20}]
        )

    def test_decided_fields_cannot_be_written(self):
        card = self.make_card(
            self.asset,
            days_ago=25,
            override_reason="forged",
            override_date="2026-01-01",
            counts_for_claims=True,
        )
        self.assertRecordValues(card, [{"override_reason": False, "counts_for_claims": False}])
        for vals in ({"counts_for_claims": True}, {"override_date": "2026-01-01"}, {"late": False}):
            with self.assertRefused("can no longer be changed"):
                card.write(vals)
        with self.assertRefused("Sold on can no longer be changed"):
            card.date_sale = self.today

    def test_second_registration_is_refused(self):
        first = self.make_card(self.asset)
        with self.assertRefused(
            f"R-1 is registered already with the card {first.name}", ValidationError
        ):
            self.make_card(self.asset)
        first.with_user(self.dealer_manager).action_cancel(reason="Wrong buyer")
        self.assertEqual(self.make_card(self.asset).state, "registered")

    def test_second_registration_is_refused_by_the_index(self):
        self.make_card(self.asset)
        self.patch(
            self.env.registry["aftersales.registration"],
            "_check_registered_once",
            lambda self, asset_ids: None,
        )
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.make_card(self.asset)

    def test_serials_that_cannot_be_registered(self):
        with self.assertRefused("No machine with the serial NONE was delivered", ValidationError):
            self.env["aftersales.registration"].with_user(self.dealer_user).create(
                {"serial": "NONE"}
            )
        foreign = self.sell_to_dealer("R-b", dealer=self.dealer_b)
        with self.assertRefused(
            "was delivered to Test Dealer B, not to Test Dealer A", ValidationError
        ):
            self.make_card(foreign, dealer_id=self.dealer_a.id)
        with self.assertRefused("was not delivered to a dealer", ValidationError):
            self.make_card(self.sell("R-farm"), dealer_id=self.dealer_a.id)
        self.make_serials("R-stock")
        with self.assertRefused("No machine with the serial R-stock", ValidationError):
            self.env["aftersales.registration"].with_user(self.dealer_user).create(
                {"serial": "R-stock"}
            )
        self.assertFalse(
            self.env["aftersales.registration"].search([("dealer_id", "=", self.dealer_a.id)])
        )

    def test_same_serial_of_two_products(self):
        other = self.env["product.product"].create(
            {
                "name": "Test Baler",
                "is_storable": True,
                "tracking": "serial",
                "warranty_policy_id": self.policy.id,
            }
        )
        self.sell("R-1", partner=self.dealer_b, product=other)
        cards = self.env["aftersales.registration"].with_user(self.dealer_user)
        with self.assertRefused("Several machines have the serial R-1", ValidationError):
            cards.create({"serial": "R-1"})
        card = cards.create({"serial": "R-1", "dealer_id": self.dealer_b.id})
        self.assertEqual(card.product_id, other)

    def test_dates_that_contradict_each_other(self):
        with self.assertRefused("is in the future", ValidationError):
            self.make_card(self.asset, days_ago=-1)
        with self.assertRefused("before the delivery to the dealer", ValidationError):
            self.make_card(self.asset, days_ago=101)
        with self.assertRefused("cannot have come in", ValidationError):
            self.make_card(self.asset, days_ago=5, date_registered=self.today - timedelta(days=6))

    def test_received_earlier_is_for_managers(self):
        received = self.today - timedelta(days=10)
        card = self.make_card(self.asset, days_ago=28, date_registered=received, register=False)
        with self.assertRefused("only a dealer manager may enter a card as received earlier"):
            card.action_register()
        card.with_user(self.dealer_manager).action_register()
        self.assertRecordValues(card, [{"date_registered": received, "late": False}])

    def test_missing_data(self):
        with self.assertRefused("enter the end user's name"):
            self.make_card(self.asset, end_user_name=" ")
        with self.assertRefused("phone or e-mail"):
            self.make_card(self.asset, end_user_phone=False)
        self.asset.action_scrap()
        with self.assertRefused("No machine with the serial"):
            self.env["aftersales.registration"].with_user(self.dealer_user).create(
                {"serial": "R-1"}
            )
        with self.assertRefused("is not in service"):
            self.make_card(self.asset)

    def test_state_is_not_written(self):
        card = self.make_card(self.asset, register=False)
        with self.assertRefused("changed with the buttons"):
            card.state = "registered"
        card.action_register()
        with self.assertRefused("cannot become"):
            card.action_register()
        with self.assertRefused("is kept"):
            card.with_user(self.dealer_manager).unlink()

    def test_cancel_a_handed_in_card_is_for_managers(self):
        card = self.make_card(self.asset)
        with self.assertRefused("Only a dealer manager", AccessError):
            card.action_cancel(reason="Oops")
        self.assertEqual(card.state, "registered")

    def test_end_user_is_found_again_within_the_dealer(self):
        assets = self.sell_to_dealer("R-5", "R-6", "R-7", "R-8")
        first = self.make_card(
            assets[0], end_user_name="José Pérez", end_user_phone="+34 600 123 456"
        )
        second = self.make_card(assets[1], end_user_name="jose  perez", end_user_phone="600123456")
        self.assertEqual(second.end_user_id, first.end_user_id)
        other_name = self.make_card(assets[2], end_user_name="Luis Gil", end_user_phone="600123456")
        self.assertNotEqual(other_name.end_user_id, first.end_user_id)
        no_match = self.make_card(assets[3], end_user_name="José Pérez", end_user_phone="600999999")
        self.assertNotEqual(no_match.end_user_id, first.end_user_id)

    def test_end_user_of_another_dealer_is_never_used(self):
        asset_b = self.sell_to_dealer("R-9", dealer=self.dealer_b)
        own = self.make_card(self.asset, end_user_email="same@example.com")
        other = self.make_card(asset_b, end_user_email="same@example.com")
        self.assertNotEqual(own.end_user_id, other.end_user_id)

    def test_chosen_end_user_is_kept(self):
        card = self.make_card(
            self.asset, end_user_id=self.caller.id, end_user_name=False, end_user_phone=False
        )
        self.assertRecordValues(
            card,
            [
                {
                    "end_user_id": self.caller.id,
                    "end_user_name": "Test Caller",
                    "end_user_phone": "+1 555 0100",
                }
            ],
        )

    def test_dealer_of_a_registered_machine_stays(self):
        self.make_card(self.asset)
        with self.assertRefused("Cancel that card before another dealer", ValidationError):
            self.asset.dealer_id = self.dealer_b

    def test_dealer_may_report_what_it_sold(self):
        self.make_card(self.asset)
        ticket = self.make_ticket(self.asset, partner_id=self.dealer_a.id)
        self.assertEqual(ticket.dealer_id, self.dealer_a)
        with self.assertRefused("belongs to", ValidationError):
            self.make_ticket(self.asset, partner_id=self.dealer_b.id)
