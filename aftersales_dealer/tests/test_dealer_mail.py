from datetime import timedelta

from odoo.tests import tagged

from .common import AftersalesDealerCommon


@tagged("post_install", "-at_install")
class TestDealerMail(AftersalesDealerCommon):
    """D11, D13: dealers are told of first tasks and grades, once, in their language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("es_ES")
        cls.fresh, cls.silent = cls.env["res.partner"].create(
            [
                {
                    "name": f"Fresh {number}",
                    "is_company": True,
                    "is_dealer": True,
                    "email": email,
                    "lang": "es_ES",
                }
                for number, email in enumerate(("fresh@example.com", False))
            ]
        )
        cls.agreement, cls.agreement_silent = (
            cls.make_agreement(dealer, date_start=cls.today) for dealer in (cls.fresh, cls.silent)
        )
        cls.tasks = cls.agreement.onboarding_task_ids
        cls.own = cls.tasks.filtered(lambda task: task.side == "dealer")
        cls.silver = cls.env["aftersales.dealer.grade"].create({"name": "Silver", "sequence": 20})

    def get_mails(self, dealer=None):
        dealer = dealer or self.fresh
        return self.env["mail.mail"].search([("recipient_ids", "in", dealer.ids)], order="id")

    def report(self, tasks):
        tasks.evidence_required = False
        tasks._write_past_guard({"state": "reported"})

    def test_the_first_tasks_in_one_mail(self):
        mail = self.get_mails()
        self.assertEqual(len(mail), 1)
        self.assertIn(self.agreement.name, mail.subject)
        for task in self.tasks:
            self.assertIn(task.name, mail.body_html)
        day = self.own[0].date_due
        self.assertIn(f"{day:%d/%m/%Y}", mail.body_html)  # as in Spain
        self.assertIn("/my/onboarding", mail.body_html)
        self.assertFalse(self.get_mails(self.silent))
        self.agreement.action_make_onboarding()
        self.assertEqual(self.get_mails(), mail)

    def test_what_was_accepted_and_what_is_missing(self):
        known = self.get_mails()
        self.report(self.own)
        self.own.action_done()
        accepted = self.get_mails() - known
        self.assertEqual(len(accepted), 1)
        for task in self.own:
            self.assertIn(task.name, accepted.body_html)
        (self.tasks - self.own).action_done()  # ours: nobody waits for an answer
        self.assertEqual(self.get_mails(), known | accepted)
        self.own[0].action_reopen()
        self.report(self.own[0])
        self.own[0].action_return(reason="The photo of the front")
        missing = self.get_mails() - known - accepted
        self.assertIn("The photo of the front", missing.body_html)
        self.assertNotIn(self.own[1].name, missing.body_html)

    def test_reminded_once_of_what_is_due(self):
        known = self.get_mails()
        soon, later = self.own[:2]
        soon.date_due = self.today + timedelta(days=2)
        later.date_due = self.today + timedelta(days=9)
        cron = self.env.ref("aftersales_dealer.ir_cron_aftersales_onboarding_reminder")
        for _turn in range(2):
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
        reminder = self.get_mails() - known
        self.assertEqual(len(reminder), 1)
        self.assertIn(soon.name, reminder.body_html)
        self.assertNotIn(later.name, reminder.body_html)

    def propose(self, dealers, **values):
        changes = self.env["aftersales.dealer.grade.change"].with_user(self.dealer_user)
        return changes.create(
            [
                {
                    "dealer_id": dealer.id,
                    "grade_to_id": self.silver.id,
                    "reason": "A spot check found fraud.",
                    **values,
                }
                for dealer in dealers
            ]
        ).with_user(self.dealer_manager)

    def test_a_new_grade_with_what_it_makes_of_the_terms(self):
        self.agreement_b._write_past_guard({"labour_by_grade": True})
        for grade, percent in ((self.grade, 100.0), (self.silver, 90.0)):
            grade.term_ids = [
                (0, 0, {"date_from": self.today - timedelta(days=9), "labour_percent": percent})
            ]
        changes = self.propose(self.dealer_a | self.dealer_b)
        changes.action_approve()
        mail_a, mail_b = self.get_mails(self.dealer_a), self.get_mails(self.dealer_b)
        self.assertEqual((len(mail_a), len(mail_b)), (1, 1))
        self.assertIn("Silver", mail_a.subject)
        self.assertRegex(mail_b.body_html, r"40\.00.* × 90 % .* = .*36\.00")
        self.assertNotIn("36.00", mail_a.body_html)
        self.assertNotIn("spot check", mail_a.body_html + mail_b.body_html)

    def test_a_grade_of_a_later_day_is_told_once_and_taken_back(self):
        change = self.propose(self.dealer_a, date_effective=self.today + timedelta(days=5))
        change.action_approve()
        told = self.get_mails(self.dealer_a)
        self.assertEqual(len(told), 1)
        change._write_past_guard({"date_effective": self.today})
        cron = self.env.ref("aftersales_dealer.ir_cron_aftersales_dealer_grade_change")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(change.state, "done")
        self.assertEqual(self.get_mails(self.dealer_a), told)
        other = self.propose(self.dealer_b, date_effective=self.today + timedelta(days=5))
        other.action_approve()
        other.action_cancel(reason="By mistake")
        mails = self.get_mails(self.dealer_b)
        self.assertEqual(len(mails), 2)
        self.assertIn("Test Gold", mails[1].subject)
        self.assertNotIn("By mistake", mails[1].body_html)
        withdrawn = self.propose(self.dealer_b)
        withdrawn.action_cancel(reason="Not yet")  # the dealer never heard of it
        self.assertEqual(self.get_mails(self.dealer_b), mails)
