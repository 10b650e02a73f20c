from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestOwnership(AftersalesCommon):
    """W16: an asset that is sold on keeps or loses its cover as the policy says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.buyer = cls.env["res.partner"].create({"name": "Test Buyer", "is_company": True})
        cls.asset = cls.sell("OWN-1")
        cls.asset.date_delivery = cls.today - relativedelta(months=6)
        cls.warranty = cls.asset.warranty_ids

    def transfer(self, assets=None, user=None, **values):
        """Record a sale with the dialog, as the agent does."""
        assets = assets or self.asset
        action = assets.with_user(user or self.agent_user).action_transfer_ownership()
        wizard = self.env[action["res_model"]].with_user(user or self.agent_user)
        vals = {"partner_id": self.buyer.id, **values}
        return wizard.with_context(**action["context"]).create(vals).action_transfer()

    def test_cover_goes_with_the_asset(self):
        ticket = self.make_ticket(self.asset)
        end = self.warranty.date_end
        self.transfer(reason="Bill of sale 17")
        self.assertEqual((self.asset.partner_id, self.asset.site_id), (self.buyer, self.buyer))
        self.assertEqual(self.asset.date_owner, self.today)
        self.assertEqual((self.warranty.state, self.warranty.date_end), ("active", end))
        self.assertEqual(ticket.partner_id, self.customer, "the past stays as it was")
        self.assertIn("Bill of sale 17", self.asset.message_ids[0].body)
        self.assertIn("goes with it", self.asset.message_ids[0].body)
        self.assertIn("Test Buyer", self.warranty.message_ids[0].body)

    def test_cover_is_lost(self):
        self.policy.transferable = False
        sold = self.today - relativedelta(days=10)
        self.transfer(date=sold)
        last = sold - relativedelta(days=1)
        self.assertEqual((self.warranty.state, self.warranty.date_end), ("expired", last))
        self.assertIn("Test Buyer", self.warranty.end_reason)
        answers = self.asset.get_entitlement(date=sold)
        self.assertEqual(answers[self.asset.id]["category"], "paid")
        answers = self.asset.get_entitlement(date=last)
        self.assertEqual(answers[self.asset.id]["category"], "warranty")
        self.asset.date_delivery -= relativedelta(days=1)
        self.assertEqual(self.warranty.date_end, last, "a corrected date does not revive it")

    def test_lost_before_it_began(self):
        """W16: a warranty that had not started, or started with the sale, is void."""
        self.policy.transferable = False
        self.policy.start_event = "commissioning"
        waiting = self.sell("OWN-2")
        self.policy.start_event = "delivery"
        fresh = self.sell("OWN-3")
        self.transfer(waiting | fresh)
        for warranty in (waiting | fresh).warranty_ids:
            self.assertEqual(warranty.state, "void")
            self.assertIn("Test Buyer", warranty.void_reason)

    def test_portal_follows_the_owner(self):
        """W16, J01: the seller no longer sees it, the buyer does."""
        seller, buyer = (
            new_test_user(self.env, login, groups="base.group_portal")
            for login in ("t_seller", "t_buyer")
        )
        seller.partner_id.parent_id = self.customer
        buyer.partner_id.parent_id = self.buyer
        self.transfer()
        asset = self.env["aftersales.asset"]
        domain = [("id", "=", self.asset.id)]
        self.assertFalse(asset.with_user(seller).search(domain))
        self.assertTrue(asset.with_user(buyer).search(domain))
        self.assertTrue(self.warranty.with_user(buyer).has_access("read"))
        self.assertFalse(self.warranty.with_user(seller).has_access("read"))

    def test_refused(self):
        """J03: same owner, not in service, other company, future, before the owner had it."""
        with self.assertRefused("belongs to Test Caller already|belongs to .* already"):
            self.transfer(partner_id=self.caller.id)
        with self.assertRefused("in the future"):
            self.transfer(date=self.today + relativedelta(days=1))
        with self.assertRefused("before"):
            self.transfer(date=self.today - relativedelta(months=7))
        other = self.env["res.company"].create({"name": "Other Maker"})
        foreign = self.env["res.partner"].create({"name": "Foreign", "company_id": other.id})
        with self.assertRefused("contact of Other Maker only"):
            self.transfer(partner_id=foreign.id)
        scrapped = self.sell("OWN-4")
        scrapped.action_scrap()
        with self.assertRefused("only an asset in service"):
            self.transfer(self.asset | scrapped)
        self.assertEqual(self.asset.partner_id, self.customer, "nothing changed")
        self.transfer()
        with self.assertRefused("when its present owner got it"):
            self.transfer(partner_id=self.customer.id, date=self.today - relativedelta(days=1))

    def test_only_agents(self):
        with self.assertRaises(AccessError):
            self.transfer(user=self.technician_user)

    def test_form_locks_the_owner(self):
        """W16: agents transfer, managers also correct."""
        with (
            self.assertRaises(AssertionError),
            Form(self.asset.with_user(self.agent_user)) as form,
        ):
            form.partner_id = self.buyer
        with Form(self.asset.with_user(self.manager_user)) as form:
            form.partner_id = self.buyer
        self.assertFalse(self.asset.date_owner, "a correction is no sale")

    def test_wizard_tells_what_is_lost(self):
        action = self.asset.action_transfer_ownership()
        model = self.env["aftersales.asset.transfer"].with_user(self.agent_user)
        with Form(model.with_context(**action["context"])) as form:
            form.partner_id = self.buyer
            self.assertEqual(form.site_id, self.buyer)
            self.assertEqual(form.keeping_count, 1)
        self.policy.transferable = False
        wizard = model.with_context(**action["context"]).create({"partner_id": self.buyer.id})
        self.assertEqual(wizard.losing_ids, self.warranty)

    def test_many_at_once(self):
        """W16: a fleet is sold on in a constant number of queries."""
        assets = self.sell(*(f"OWN-F{number}" for number in range(12)))

        def count(fleet, owner):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            fleet._transfer_ownership(owner, self.today)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(assets[:1], self.buyer)
        self.assertLessEqual(count(assets[2:], self.buyer), count(assets[1:2], self.buyer) + 6)
