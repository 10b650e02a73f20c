from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimBulk(ClaimCommon):
    def make_many(self, count, submit=True, **values):
        """Return ``count`` claims with one travel line each."""
        claims = self.env["aftersales.claim"]
        for __ in range(count):
            claims += self.make_claim(lines=[self.line_travel()], **values)
        if submit:
            claims.action_submit()
        return claims.browse(claims.ids)

    def count_queries(self, claims, method, *args):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        getattr(claims, method)(*args)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def open_bulk(self, claims, operation):
        """Return the dialog that the list's button opens, as its form."""
        action = getattr(claims, f"action_{operation}_bulk")()
        bulk = self.env[action["res_model"]].with_user(claims.env.user).browse(action["res_id"])
        return Form(bulk)

    def test_approving_costs_the_same_for_many(self):
        """Twelve claims need at most as many queries as two: mails are queued in batch (D07)."""
        few, many = self.make_many(2), self.make_many(14)
        few, many = self.as_appraiser(few), self.as_appraiser(many)
        self.as_appraiser(self.make_many(2)).action_approve()  # templates are in the cache
        first = self.count_queries(few, "action_approve")
        second = self.count_queries(many, "action_approve")
        self.assertLessEqual(second - first, 6, f"{first} queries for 2, {second} for 14 claims")

    def test_dealer_gets_one_mail(self):
        """Many decisions: a message on each claim, one queued mail for each dealer."""
        claims = self.make_many(3)
        before = self.env["mail.mail"].search([])
        self.as_appraiser(claims).action_approve()
        mails = self.env["mail.mail"].search([]) - before
        self.assertEqual(mails.recipient_ids, self.dealer_a)
        self.assertEqual(len(mails), 1)
        self.assertEqual(mails.state, "outgoing")
        for claim in claims:
            self.assertIn(claim.name, mails.body_html)
            told = claim.message_ids.filtered(lambda m: self.dealer_a in m.notified_partner_ids)
            self.assertIn(claim.name, told.subject)
            self.assertEqual(told.subtype_id, self.env.ref("mail.mt_comment"))

    def test_all_or_nothing(self):
        good, bad = self.make_many(2, submit=False), self.make_claim(signature=False)
        form = self.open_bulk(good | bad, "submit")
        self.assertEqual((form.claim_count, form.problem_count), (3, 1))
        with self.assertRefused("signature"):
            form.save().action_confirm()
        self.assertEqual(set((good | bad).mapped("state")), {"draft"})

    def test_skip_those_with_problems(self):
        """The good ones are done, the others are reported with why and stay as they are."""
        good, bad = self.make_many(3, submit=False), self.make_claim(signature=False)
        form = self.open_bulk(good | bad, "submit")
        form.skip_problems = True
        bulk = form.save()
        bulk.action_confirm()
        self.assertEqual(set(good.mapped("state")), {"submitted"})
        self.assertEqual(bad.state, "draft")
        self.assertEqual((bulk.state, bulk.done_count), ("done", 3))
        self.assertEqual(bulk.problem_ids.claim_id, bad)
        self.assertIn("signature", bulk.problem_ids.problem)

    def test_approve_skips_what_is_blocked(self):
        good = self.make_many(2)
        blocked = self.make_submitted(date_repair=self.day(8))
        blocked.check_ids[0].sudo().result = "block"
        form = self.open_bulk(self.as_appraiser(good | blocked), "approve")
        self.assertIn("blocked", form._record.problem_ids.problem)
        form.skip_problems = True
        form.save().action_confirm()
        self.assertEqual(set(good.mapped("state")), {"approved"})
        self.assertEqual(blocked.state, "submitted")

    def test_failure_found_only_while_doing_is_isolated(self):
        """What goes wrong later than the look loses none of the others."""
        claims = self.make_many(5, submit=False)
        broken = claims[3]
        model = self.registry["aftersales.claim"]
        submit = model.action_submit

        def failing(records):
            """Refuse the whole batch when the broken claim is in it."""
            if broken in records:
                raise UserError("Broken claim")  # pylint: disable=translation-required
            return submit(records)

        self.patch(model, "action_submit", failing)
        problems = claims._run_isolated("action_submit")
        self.assertEqual(problems, {broken: "Broken claim"})
        self.assertEqual(set((claims - broken).mapped("state")), {"submitted"})
        self.assertEqual(broken.state, "draft")

    def test_who_may_not(self):
        claims = self.make_many(2)
        with self.assertRaises(AccessError):
            claims.with_user(self.dealer_user).action_approve_bulk()
        with self.assertRaises(AccessError):
            claims.with_user(self.portal_a).action_submit_bulk()

    def test_nothing_in_order(self):
        form = self.open_bulk(self.make_claim(signature=False), "submit")
        form.skip_problems = True
        with self.assertRefused("None of these claims"):
            form.save().action_confirm()
