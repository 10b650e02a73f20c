from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, tagged

from .common import AftersalesDealerCommon


@tagged("post_install", "-at_install")
class TestAgreementRenewal(AftersalesDealerCommon):
    """D01: renewal with differences, endings in sight, deposit, old parts with any truck."""

    def renew(self, agreement, **values):
        agreement = agreement.with_user(self.dealer_manager)
        renewal = agreement.browse(agreement.action_renew()["res_id"])
        renewal.write(values)
        return renewal

    def test_renewal_shows_what_changed_and_ends_the_old_one(self):
        renewal = self.renew(
            self.agreement_a,
            date_start=self.today + timedelta(days=10),
            labour_rate=45.0,
            part_return_mode="truck",
            part_return_days=180,
        )
        differences = renewal._get_differences(self.agreement_a)
        self.assertEqual([row[0] for row in differences], ["Labour", "Old parts come back"])
        self.assertIn("45.00", renewal.difference_html)
        self.assertEqual(self.agreement_a.action_renew()["res_id"], renewal.id)
        renewal.action_start()
        self.assertEqual(self.agreement_a.date_end, self.today + timedelta(days=9))
        self.assertEqual(self.agreement_a.state, "running")
        self.assertEqual(self.dealer_a._get_agreement(), self.agreement_a)
        self.assertEqual(self.dealer_a._get_agreement(self.today + timedelta(days=10)), renewal)

    def test_renewal_is_as_long_as_before(self):
        self.agreement_a.date_end = self.agreement_a.date_start + timedelta(days=800)
        renewal = self.renew(self.agreement_a)
        self.assertEqual(renewal.date_start, self.agreement_a.date_end + timedelta(days=1))
        self.assertAlmostEqual((renewal.date_end - renewal.date_start).days, 800, delta=3)

    def test_who_renews_what(self):
        with self.assertRaises(AccessError):
            self.agreement_a.with_user(self.dealer_user).action_renew()
        draft = self.make_agreement(self.dealer_a, start=False)
        with self.assertRefused("only an agreement that is or was in force"):
            draft.action_renew()

    def test_ending_is_reminded_of_once(self):
        self.agreement_a.date_end = self.today + timedelta(days=30)
        self.agreement_b.date_end = self.today + timedelta(days=300)
        cron = self.env.ref("aftersales_dealer.ir_cron_aftersales_dealer_agreement_ending")
        for _turn in range(2):
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
        self.assertEqual(len(self.agreement_a.activity_ids), 1)
        self.assertEqual(self.agreement_a.activity_ids.date_deadline, self.agreement_a.date_end)
        self.assertFalse(self.agreement_b.activity_ids)

    def test_deposit_agreed_is_missing(self):
        agreement = self.renew(self.agreement_a, deposit_required=500.0)
        self.assertFalse(agreement.is_deposit_short)  # not in force yet
        agreement.action_start()
        self.assertRecordValues(agreement, [{"deposit_missing": 500.0, "is_deposit_short": True}])
        short = agreement.search([("is_deposit_short", "=", True)])
        self.assertIn(agreement, short)
        self.assertNotIn(self.agreement_b, short)

    def test_any_truck_has_a_last_day(self):
        truck = self.make_agreement(
            self.dealer_a, start=False, part_return_mode="truck", part_return_days=120
        )
        self.assertEqual(truck._get_part_return_date(self.today), self.today + timedelta(days=120))
        with self.assertRefused("at least one day", ValidationError):
            truck.part_return_days = 0

    def test_terms_are_worded_in_the_language_asked_for(self):
        rows = dict(row for __, rows in self.agreement_a._get_term_sections() for row in rows)
        self.assertRegex(rows["Labour"], r"40\.00.* per hour")
        self.assertEqual(rows["Region"], "everywhere")
        html = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_dealer.report_dealer_agreement", self.agreement_a.ids
        )[0]
        self.assertIn(self.agreement_a.name.encode(), html)


@tagged("post_install", "-at_install")
class TestOnboarding(AftersalesDealerCommon, HttpCase):
    """D13: the first tasks of a new dealer, by template, with evidence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fresh = cls.env["res.partner"].create(
            {"name": "Fresh Dealer", "is_company": True, "is_dealer": True}
        )
        cls.agreement = cls.make_agreement(
            cls.fresh, date_start=cls.today, user_id=cls.dealer_manager.id
        )
        cls.tasks = cls.agreement.onboarding_task_ids
        cls.shop = cls.tasks.filtered("evidence_required")[0]
        cls.goods = cls.tasks.filtered(lambda task: task.side == "company")
        cls.portal_fresh = cls.make_portal_user("t_portal_fresh", cls.fresh)

    def test_tasks_come_with_the_first_agreement(self):
        self.assertEqual((self.goods.date_due - self.today).days, 10)
        self.assertEqual(self.goods.user_id, self.dealer_manager)
        self.assertEqual(self.goods.activity_ids.date_deadline, self.goods.date_due)
        before = len(self.tasks)
        self.agreement.action_make_onboarding()
        self.assertEqual(len(self.agreement.onboarding_task_ids), before)
        self.assertFalse(self.agreement_a.onboarding_task_ids)  # began two years ago
        renewal = self.agreement.browse(self.agreement.action_renew()["res_id"])
        self.assertFalse(renewal.onboarding_template_id)

    def test_progress_and_overdue(self):
        self.goods.with_user(self.dealer_user).action_done()
        self.assertAlmostEqual(self.agreement.onboarding_progress, 100.0 / 3, 2)
        self.shop.date_due = self.today - timedelta(days=1)
        self.assertTrue(self.shop.is_overdue)
        self.assertEqual(self.agreement.onboarding_overdue_count, 1)
        overdue = self.shop.search([("is_overdue", "=", True), ("id", "in", self.tasks.ids)])
        self.assertEqual(overdue, self.shop)

    def test_the_activity_follows_the_task(self):
        due = self.today + timedelta(days=40)
        self.goods.write({"date_due": due, "user_id": self.dealer_user.id})
        activity = self.goods.activity_ids
        self.assertEqual((activity.date_deadline, activity.user_id), (due, self.dealer_user))

    def test_cancelled_agreement_needs_no_more_tasks(self):
        self.goods.action_done()
        self.agreement.with_user(self.dealer_manager).action_cancel(reason="Withdrew")
        self.assertEqual(self.goods.state, "done")
        self.assertEqual(set((self.tasks - self.goods).mapped("state")), {"cancelled"})
        self.assertFalse(self.tasks.activity_ids)

    def test_evidence_and_roles(self):
        with self.assertRefused("needs evidence"):
            self.shop.with_user(self.dealer_user).action_done()
        with self.assertRefused("This step is for", AccessError):
            self.shop.with_user(self.dealer_user).action_cancel(reason="Not needed")
        self.shop.with_user(self.dealer_manager).action_cancel(reason="Has a shop")
        self.assertEqual(self.shop.state, "cancelled")
        for stranger in (self.foreign_manager, self.portal_b, self.plain_user):
            with self.assertRaises(AccessError):
                self.shop.with_user(stranger).read(["name"])

    def report(self, task, files):
        self.authenticate("t_portal_fresh", "t_portal_fresh")
        page = self.url_open("/my/onboarding").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        return self.url_open(
            f"/my/onboarding/{task.id}/report",
            data={"csrf_token": token, "note": "The new front"},
            files=files,
        )

    def test_dealer_reports_with_a_photo(self):
        other = self.tasks.filtered(lambda t: t.side == "dealer") - self.shop
        empty = self.report(self.shop, [("files", ("", b"", ""))])
        self.assertIn("as evidence", empty.text)
        wrong = self.report(self.shop, [("files", ("x.jpg", b"<script>", "image/jpeg"))])
        self.assertIn("is no photo", wrong.text)
        self.assertEqual(self.shop.state, "open")
        pdf = [("files", ("front.pdf", b"%PDF-1.7 front", "application/pdf"))]
        self.assertIn("Thank you", self.report(self.shop, pdf).text)
        self.assertRecordValues(self.shop, [{"state": "reported", "report_note": "The new front"}])
        self.assertEqual(self.shop.attachment_ids.mapped("name"), ["front.pdf"])
        self.report(self.goods, pdf)  # the company's: nothing happens
        self.assertEqual((self.goods.state, other.state), ("open", "open"))
        self.shop.with_user(self.dealer_user).action_return(reason="The inside, too")
        self.assertIn("The inside, too", self.url_open("/my/onboarding").text)
        self.report(self.shop, pdf)
        self.shop.with_user(self.dealer_user).action_done()
        self.assertEqual(self.shop.state, "done")

    def test_agreement_on_the_portal(self):
        self.authenticate("t_portal_fresh", "t_portal_fresh")
        page = self.url_open(f"/my/agreements/{self.agreement.id}").text
        self.assertIn("within 20 days after the sale", page)
        foreign = self.url_open(f"/my/agreements/{self.agreement_a.id}")
        self.assertNotIn(self.agreement_a.name, foreign.text)
        self.assertIn("/my/onboarding", self.url_open("/my/dealer").text)
