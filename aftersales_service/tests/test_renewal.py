import datetime

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common import AftersalesCommon


class RenewalCommon(AftersalesCommon):
    """A salesperson with a customer, and something to sell at the end of the warranty."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        sales = "sales_team.group_sale_salesman"
        cls.seller = new_test_user(cls.env, "t_seller", groups=sales, email="seller@example.com")
        cls.other_seller = new_test_user(cls.env, "t_seller2", groups=sales)
        cls.customer.user_id = cls.seller
        cls.offer, cls.other_offer = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "service",
                    "aftersales_service_type": "contract",
                    "list_price": 500,
                }
                for name in ("Test Care", "Test Care Plus")
            ]
        )
        cls.policy.renewal_product_ids = cls.offer
        cls.company.aftersales_renewal_days = "60, 30"

    @classmethod
    def sell_ending(cls, *serials, days=50, partner=None):
        """Return assets whose warranty ends in so many days."""
        assets = cls.sell(*serials, partner=partner)
        assets.sale_line_id.order_id.user_id = False
        end = cls.today + relativedelta(days=days)
        assets.date_delivery = end - relativedelta(months=24)
        terms = assets.warranty_ids.term_ids.filtered(lambda term: not term.part_category_id)
        terms.date_end = end  # month ends apart, exactly that day
        return assets

    def run_job(self):
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_service.ir_cron_renewal_tell").method_direct_trigger()

    def get_digests(self, user=None):
        partner = (user or self.seller).partner_id
        return self.env["mail.message"].search(
            [("message_type", "=", "user_notification"), ("partner_ids", "in", partner.ids)]
        )


@tagged("post_install", "-at_install")
class TestRenewal(RenewalCommon):
    def test_one_digest_with_what_to_offer(self):
        """W10: customer, machine, end and offer, in one message, once."""
        assets = self.sell_ending("RN-1", "RN-2")
        self.sell_ending("RN-3", days=61)
        self.run_job()
        self.assertRecordValues(
            assets.renewal_ids,
            [
                {
                    "user_id": self.seller.id,
                    "partner_id": self.customer.id,
                    "date_end": self.today + relativedelta(days=50),
                    "state": "open",
                    "date_next": self.today + relativedelta(days=20),
                    "is_pending": False,
                }
            ]
            * 2,
        )
        digest = self.get_digests()
        self.assertEqual(len(digest), 1)
        for text in ("RN-1", "RN-2", "Test Farm", "Test Care", "Make Quotation"):
            self.assertIn(text, digest.body)
        self.assertNotIn("RN-3", digest.body)
        self.run_job()
        self.assertEqual(len(self.get_digests()), 1, "told once")

    def test_told_again_by_steps_and_when_the_end_moves(self):
        """W10: thirty days before again; a longer warranty starts anew."""
        asset = self.sell_ending("RN-4")
        self.run_job()
        renewal = asset.renewal_ids
        renewal.sudo()._write_past_guard({"date_next": self.today})
        self.run_job()
        self.assertEqual(len(self.get_digests()), 2)
        self.assertEqual(renewal.date_next, self.today + relativedelta(days=20))
        later = self.today + relativedelta(days=55)
        asset.warranty_ids.term_ids[0].date_end = later
        self.run_job()
        self.assertEqual(asset.renewal_ids, renewal)
        self.assertEqual(renewal.date_end, later)

    def test_nobody_is_bothered_when_cover_goes_on(self):
        """W10: a longer warranty, another owner's, or no owner: nothing to offer."""
        asset = self.sell_ending("RN-5")
        longer = self.policy.copy({"name": "Longer"})
        vals = dict(asset._prepare_warranty_vals(), policy_id=longer.id)
        self.env["aftersales.warranty"].create(vals)._start(self.today)
        ours = self.sell_ending("RN-6")
        ours.partner_id = self.company.partner_id
        gone = self.sell_ending("RN-7")
        gone.action_scrap()
        self.run_job()
        self.assertFalse((asset | ours | gone).renewal_ids)

    def test_who_is_told(self):
        """W10: of the sale, else of the customer, else of the settings; deputies while away."""
        by_order = self.sell_ending("RN-8")
        by_order.sale_line_id.order_id.user_id = self.other_seller
        nobody = self.env["res.partner"].create({"name": "Nobody's"})
        unsold = self.sell_ending("RN-9", partner=nobody)
        self.company.aftersales_renewal_user_id = self.manager_user
        self.seller.out_of_office_from = fields.Datetime.now() - datetime.timedelta(days=1)
        away = self.sell_ending("RN-10")
        self.run_job()
        self.assertEqual(by_order.renewal_ids.user_id, self.other_seller)
        self.assertIn("RN-8", self.get_digests(self.other_seller).body)
        self.assertEqual(unsold.renewal_ids.user_id, self.manager_user)
        self.assertEqual(away.renewal_ids.user_id, self.seller)
        self.assertFalse(self.get_digests())
        self.assertIn("RN-10", self.get_digests(self.manager_user).body)

    def test_nobody_at_all(self):
        """W10: without any salesperson the line waits on the screen."""
        nobody = self.env["res.partner"].create({"name": "Nobody's"})
        asset = self.sell_ending("RN-11", partner=nobody)
        self.run_job()
        self.assertFalse(asset.renewal_ids.user_id)
        self.assertFalse(asset.renewal_ids.is_pending)
        with self.assertRefused("whole numbers", ValidationError):
            self.company.aftersales_renewal_days = "sixty"
        self.company.aftersales_renewal_days = False
        quiet = self.sell_ending("RN-12")
        self.run_job()
        self.assertFalse(quiet.renewal_ids)

    def test_nearest_recommendation(self):
        """W10: of the product, else of its category, else of the policy."""
        asset = self.sell_ending("RN-13")
        self.run_job()
        renewal = asset.renewal_ids
        self.assertEqual(renewal.offer_product_ids, self.offer)
        self.machine.categ_id = self.env["product.category"].create(
            {"name": "Tractors", "renewal_product_ids": [Command.set(self.other_offer.ids)]}
        )
        renewal.invalidate_recordset(["offer_product_ids"])
        self.assertEqual(renewal.offer_product_ids, self.other_offer)
        self.machine.product_tmpl_id.renewal_product_ids = self.offer
        renewal.invalidate_recordset(["offer_product_ids"])
        self.assertEqual(renewal.offer_product_ids, self.offer)

    def test_one_quotation_a_customer(self):
        """W10: made once, opened after; won when confirmed, to offer again when cancelled."""
        other = self.env["res.partner"].create({"name": "Other", "user_id": self.seller.id})
        assets = self.sell_ending("RN-14", "RN-15")
        foreign = self.sell_ending("RN-16", partner=other)
        self.run_job()
        renewals = (assets | foreign).renewal_ids.with_user(self.seller)
        action = renewals.action_make_quotations()
        orders = renewals.sale_order_id
        self.assertEqual(len(orders), 2)
        self.assertEqual(action["domain"], [("id", "in", orders.ids)])
        order = assets.renewal_ids.sale_order_id
        line = order.order_line.filtered("product_id")
        self.assertEqual((line.product_id, line.product_uom_qty), (self.offer, 2))
        self.assertEqual(order.user_id, self.seller)
        again = assets.renewal_ids.with_user(self.seller).action_make_quotations()
        self.assertEqual(again["res_id"], order.id)
        self.assertEqual(len(order.order_line.filtered("product_id")), 1)
        later = self.sell_ending("RN-17")
        later.with_user(self.seller).action_offer_extension()
        self.assertEqual(later.renewal_ids.sale_order_id, order, "the draft is added to")
        foreign.renewal_ids.sale_order_id.action_cancel()
        self.assertEqual(foreign.renewal_ids.state, "open")
        order.state = "sale"
        self.assertEqual(set(assets.renewal_ids.mapped("state")), {"won"})
        with self.assertRefused("is Won already"):
            assets.renewal_ids.with_user(self.seller).action_make_quotations()

    def test_lost_and_offered_again(self):
        asset = self.sell_ending("RN-18")
        self.run_job()
        renewal = asset.renewal_ids.with_user(self.seller)
        wizard = self.env["aftersales.renewal.lose"].with_user(self.seller)
        form = Form(wizard.with_context(**renewal.action_lose()["context"]))
        form.reason = "Sells the machine"
        form.save().action_lose()
        self.assertEqual((renewal.state, renewal.lost_reason), ("lost", "Sells the machine"))
        with self.assertRefused("reason is missing"):
            renewal._lose(" ")
        renewal.action_reopen()
        self.assertEqual(renewal.state, "open")

    def test_offer_extension_from_the_asset(self):
        """W10: a salesperson without rights in after-sales service offers at any time."""
        asset = self.sell_ending("RN-19", days=400)
        action = asset.with_user(self.seller).action_offer_extension()
        self.assertEqual(action["res_id"], asset.renewal_ids.sale_order_id.id)
        again = asset.with_user(self.seller).action_offer_extension()
        self.assertEqual(again["res_id"], action["res_id"])
        with self.assertRefused("may not make quotations", AccessError):
            asset.with_user(self.agent_user).action_offer_extension()
        asset.action_scrap()
        asset.renewal_ids.sale_order_id.action_cancel()
        with self.assertRefused("nobody to offer"):
            asset.with_user(self.seller).action_offer_extension()

    def test_who_sees_what(self):
        """J01, J02: salespeople their own, agents all to read, nobody another company's."""
        asset = self.sell_ending("RN-20")
        self.run_job()
        renewal = asset.renewal_ids
        model, domain = self.env["aftersales.renewal"], [("id", "=", renewal.id)]
        self.assertTrue(model.with_user(self.seller).search(domain))
        self.assertFalse(model.with_user(self.other_seller).search(domain))
        self.assertTrue(model.with_user(self.agent_user).search(domain))
        with self.assertRaises(AccessError):
            model.with_user(self.plain_user).search(domain)
        with self.assertRaises(AccessError):
            renewal.with_user(self.agent_user).product_id = self.offer
        with self.assertRefused("worked out or set by the buttons"):
            renewal.with_user(self.seller).date_end = self.today
        with Form(renewal.with_user(self.seller)) as form:
            form.product_id = self.other_offer
        renewal.with_user(self.seller).action_make_quotations()
        self.assertEqual(
            renewal.sale_order_id.order_line.filtered("product_id").product_id, self.other_offer
        )
        company = self.env["res.company"].create({"name": "Other Maker"})
        self.seller.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        self.assertFalse(model.with_user(self.seller).with_company(company).search(domain))

    def test_a_thousand_in_constant_queries(self):
        """W10: what is noted a day takes no query a warranty."""
        assets = self.sell_ending(*(f"RNB-{number}" for number in range(45)))
        warranties = assets.warranty_ids

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["aftersales.renewal"]._note_ending(some, [60, 30])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(warranties[:1])
        self.assertLessEqual(count(warranties[5:]), count(warranties[1:5]) + 3)
        self.assertEqual(len(assets.renewal_ids), 45)

    def test_expiry_in_batches(self):
        """W10: all that ended, through batches smaller than what is due; no mail for each."""
        assets = self.sell_ending(*(f"RNE-{number}" for number in range(7)), days=-1)
        warranties = assets.warranty_ids
        warranties._write_past_guard({"state": "active"})
        mails = self.env["mail.mail"].search_count([])
        job = self.env.ref("aftersales_service.ir_cron_warranty_expire")
        job.code = "model._cron_expire(batch_size=3)"
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
        self.assertEqual(set(warranties.mapped("state")), {"expired"})
        self.assertEqual(set(assets.mapped("warranty_state")), {"expired"})
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)


@tagged("post_install", "-at_install")
class TestRenewalButton(RenewalCommon, HttpCase):
    def run_job(self):
        # The browser's requests need the registry in test mode all the time.
        self.env.ref("aftersales_service.ir_cron_renewal_tell").method_direct_trigger()

    def test_button_of_the_digest(self):
        """W10: one click in the mail makes the quotation, a second one opens it."""
        asset = self.sell_ending("RNH-1")
        self.run_job()
        renewal = asset.renewal_ids
        url = f"/aftersales/renewal/{renewal.id}/quotation"
        self.assertIn(url, self.get_digests().body)
        self.authenticate("t_seller2", "t_seller2")
        self.url_open(url, allow_redirects=False)
        self.assertFalse(renewal.sale_order_id, "another salesperson's")
        self.authenticate("t_seller", "t_seller")
        for _time in range(2):
            answer = self.url_open(url, allow_redirects=False)
            order = renewal.sale_order_id
            self.assertEqual(len(order), 1)
            self.assertTrue(answer.headers["Location"].endswith(f"/odoo/sales/{order.id}"))
        self.assertEqual(len(order.order_line.filtered("product_id")), 1)
