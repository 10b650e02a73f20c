from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from odoo.addons.aftersales_service.tests.common import AftersalesCommon


class AftersalesDealerCommon(AftersalesCommon):
    """Two dealers with agreements and portal users, the company's dealer staff, a foreign
    company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env.user)
        cls.grade = cls.env["aftersales.dealer.grade"].create({"name": "Test Gold"})
        cls.dealer_a, cls.dealer_b = cls.env["res.partner"].create(
            [
                {
                    "name": f"Test Dealer {letter}",
                    "is_company": True,
                    "is_dealer": True,
                    "dealer_grade_id": cls.grade.id,
                    "email": f"dealer.{letter.lower()}@example.com",
                    "country_id": cls.env.ref("base.es").id,
                }
                for letter in ("A", "B")
            ]
        )
        cls.agreement_a, cls.agreement_b = (
            cls.make_agreement(dealer) for dealer in (cls.dealer_a, cls.dealer_b)
        )
        cls.company_2 = cls.env["res.company"].create({"name": "Test Company 2"})
        cls._make_dealer_users()

    @classmethod
    def _make_dealer_users(cls):
        prefix = "aftersales_dealer.group_aftersales_"
        in_company_2 = {
            "company_id": cls.company_2.id,
            "company_ids": [Command.set(cls.company_2.ids)],
        }
        (
            cls.dealer_user,
            cls.dealer_manager,
            cls.appraiser,
            cls.verifier,
            cls.portal_a,
            cls.portal_b,
            cls.portal_customer,
            cls.foreign_manager,
        ) = cls.make_users(
            ("t_dealer_user", f"{prefix}dealer_user"),
            ("t_dealer_manager", f"{prefix}dealer_manager"),
            ("t_appraiser", f"{prefix}appraiser"),
            ("t_verifier", f"{prefix}verifier,account.group_account_invoice"),
            ("t_portal_a", "base.group_portal", {"parent_id": cls.dealer_a.id}),
            ("t_portal_b", "base.group_portal", {"parent_id": cls.dealer_b.id}),
            ("t_portal_customer", "base.group_portal", {"parent_id": cls.customer.id}),
            ("t_foreign_manager", f"{prefix}dealer_manager", in_company_2),
        )

    @classmethod
    def make_agreement(cls, dealer, start=True, **values):
        """Return an agreement of ``dealer`` in force since two years ago, started unless said
        otherwise."""
        vals = {
            "dealer_id": dealer.id,
            "date_start": cls.today - timedelta(days=730),
            "labour_rate": 40.0,
            "travel_rate": 0.5,
            "part_price_basis": "cost",
        }
        agreement = cls.env["aftersales.dealer.agreement"].create(dict(vals, **values))
        if start:
            agreement.action_start()
        return agreement

    @classmethod
    def make_portal_user(cls, login, partner):
        """Return a portal user who is a contact of ``partner``; the password is the login."""
        return cls.make_users((login, "base.group_portal", {"parent_id": partner.id}))

    @classmethod
    def sell_to_dealer(cls, *serials, dealer=None, days_ago=100):
        """Sell and deliver new serials to ``dealer`` (A); the delivery was ``days_ago``. Returns
        the assets."""
        assets = cls.sell(*serials, partner=dealer or cls.dealer_a)
        assets.date_delivery = cls.today - timedelta(days=days_ago)
        return assets

    @classmethod
    def make_card(cls, asset, user=None, register=True, days_ago=5, **values):
        """Return a registration card of ``asset``, sold ``days_ago``, handed in unless said
        otherwise."""
        vals = {
            "asset_id": asset.id,
            "date_sale": cls.today - timedelta(days=days_ago),
            "end_user_name": "Test End User",
            "end_user_phone": "+34 600 000 001",
        }
        cards = cls.env["aftersales.registration"].with_user(user or cls.dealer_user)
        card = cards.create(dict(vals, **values))
        if register:
            card.action_register()
        return card
