from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common_claim import ClaimCommon


class AuthorisationCommon(ClaimCommon):
    @classmethod
    def make_authorisation(cls, lines=None, request=True, grant=False, **values):
        """Return an authorisation for the machine of dealer A, sent unless said otherwise."""
        vals = {
            "dealer_id": cls.dealer_a.id,
            "asset_id": cls.asset.id,
            "description": "Gearbox seized, to be replaced",
            "line_ids": lines
            or [
                Command.create({"kind": "labour", "amount_estimated": 400.0}),
                Command.create(
                    {"kind": "part", "product_id": cls.part.id, "amount_estimated": 1600.0}
                ),
            ],
        }
        authorisation = (
            cls.env["aftersales.claim.authorisation"].with_user(cls.dealer_user).create(vals)
        )
        if request:
            authorisation.action_request()
        if request and (values or grant):
            cls.as_appraiser(authorisation).write({"valid_until": cls.day(-30), **values})
        if grant:
            cls.as_appraiser(authorisation).action_grant()
        return authorisation


@tagged("post_install", "-at_install")
class TestAuthorisationFlow(AuthorisationCommon):
    def test_requested_and_granted(self):
        authorisation = self.make_authorisation()
        self.assertRecordValues(
            authorisation,
            [{"state": "requested", "amount_estimated": 2000.0, "amount_limit": 2000.0}],
        )
        granted = self.as_appraiser(authorisation)
        granted.write({"amount_limit": 1800.0, "valid_until": self.day(-30)})
        granted.action_grant()
        self.assertRecordValues(
            authorisation,
            [{"state": "granted", "amount_limit": 1800.0, "decided_by": self.appraiser.id}],
        )
        message = authorisation.message_ids.filtered(
            lambda m: self.dealer_a in m.notified_partner_ids
        )
        self.assertIn(authorisation.name, message.body)

    def test_refused_with_a_reason_and_asked_again(self):
        authorisation = self.make_authorisation()
        action = self.as_appraiser(authorisation).action_refuse()
        self.assertEqual(action["res_model"], "aftersales.dealer.reason")
        wizard = (
            self.env["aftersales.dealer.reason"]
            .with_user(self.appraiser)
            .with_context(**action["context"])
            .create({"reason": "Repair instead of replacing"})
        )
        wizard.action_apply()
        self.assertRecordValues(
            authorisation,
            [{"state": "refused", "decision_reason": "Repair instead of replacing"}],
        )
        authorisation.action_draft()
        authorisation.action_request()
        self.assertEqual(authorisation.state, "requested")

    def test_who_may_not_grant(self):
        authorisation = self.make_authorisation(valid_until=self.day(-5))
        for user in (self.dealer_user, self.dealer_manager, self.portal_a):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                authorisation.with_user(user).action_grant()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                authorisation.with_user(user).sudo().action_refuse(reason="no")

    def test_bad_requests(self):
        with self.assertRefused("Describe the fault"):
            self.make_authorisation(request=False).with_context(x=1).copy(
                {"description": " "}
            ).action_request()
        with self.assertRefused("at least one line"):
            self.make_authorisation(
                lines=[Command.create({"kind": "labour", "amount_estimated": 0.0})]
            )
        other = self.make_authorisation(request=False)
        other.asset_id = self.asset_b
        with self.assertRefused("not sold by this dealer"):
            other.action_request()

    def test_bad_grants(self):
        authorisation = self.make_authorisation()
        granted = self.as_appraiser(authorisation)
        with self.assertRefused("until when it is valid"):
            granted.action_grant()
        granted.valid_until = self.day(1)
        with self.assertRefused("until when it is valid"):
            granted.action_grant()
        granted.write({"valid_until": self.day(-1), "limit_kind": "line"})
        granted.line_ids.amount_granted = 0.0
        with self.assertRefused("nothing would be granted"):
            granted.action_grant()
        self.assertEqual(authorisation.state, "requested")

    def test_frozen_once_decided(self):
        authorisation = self.make_authorisation(grant=True)
        with self.assertRefused("can no longer be changed"):
            self.as_appraiser(authorisation).amount_limit = 9999.0
        with self.assertRefused("no longer change"):
            authorisation.line_ids[0].amount_estimated = 1.0
        with self.assertRefused("buttons"):
            authorisation.write({"state": "draft"})

    def test_dealer_does_not_grant_itself(self):
        """Whoever asks may not type what is granted."""
        authorisation = self.make_authorisation()
        with self.assertRaises(AccessError):
            authorisation.with_user(self.dealer_user).line_ids[0].amount_granted = 9999.0

    def test_expires(self):
        authorisation = self.make_authorisation(grant=True)
        authorisation._write_past_guard({"valid_until": self.day(1)})
        cron = self.env.ref("aftersales_dealer.ir_cron_claim_authorisation_expire")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(authorisation.state, "expired")

    def test_other_dealer_and_company_see_nothing(self):
        authorisation = self.make_authorisation(grant=True)
        for user in (self.portal_b, self.foreign_manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                authorisation.with_user(user).read(["amount_limit"])
        self.assertEqual(authorisation.with_user(self.portal_a).amount_limit, 2000.0)


@tagged("post_install", "-at_install")
class TestClaimAuthorised(AuthorisationCommon):
    def setUp(self):
        super().setUp()
        self.env.company.aftersales_authorisation_threshold = 90.0

    def claim_with(self, authorisation=None, lines=None, **values):
        """Return a submitted claim that names the authorisation."""
        return self.make_submitted(
            lines=lines, authorisation_id=authorisation and authorisation.id, **values
        )

    def test_needed_but_none(self):
        """Above the threshold without an authorisation: blocked, explained (D16)."""
        claim = self.claim_with()
        check = self.check(claim, "authorisation")
        self.assertEqual(check.result, "block")
        self.assertIn("need an authorisation before the repair", check.explanation)
        self.assertTrue(claim.is_blocked)
        below = self.claim_with(lines=[self.line_travel()])
        self.assertEqual(self.check(below, "authorisation").result, "ok")

    def test_agreement_before_company(self):
        self.agreement_a._write_past_guard({"authorisation_threshold": 500.0})
        self.assertEqual(self.check(self.claim_with(), "authorisation").result, "ok")

    def test_within(self):
        authorisation = self.make_authorisation(grant=True)
        claim = self.claim_with(authorisation)
        self.assertEqual(self.check(claim, "authorisation").result, "ok")
        self.assertEqual(self.check(claim, "authorised").result, "ok")
        self.assertEqual(claim.amount_appraised, 95.0)
        self.assertEqual(authorisation.state, "used", "one claim uses it up")
        self.assertEqual(authorisation.amount_used, 95.0)

    def test_above_the_total_is_cut(self):
        authorisation = self.make_authorisation(grant=True, amount_limit=85.0)
        claim = self.claim_with(authorisation)
        self.assertEqual(self.check(claim, "authorised").result, "cut")
        self.assertEqual(claim.line_ids.mapped("amount_appraised"), [80.0, 5.0])
        self.assertIn("leaves", self.check(claim, "authorised").explanation)

    def test_by_kind_and_by_line(self):
        lines = [
            Command.create({"kind": "labour", "amount_estimated": 60.0}),
            Command.create({"kind": "part", "product_id": self.part.id, "amount_estimated": 9.0}),
        ]
        by_kind = self.make_authorisation(lines=lines, grant=True, limit_kind="kind")
        claim = self.claim_with(by_kind)
        self.assertEqual(claim.line_ids.mapped("amount_appraised"), [60.0, 0.0])
        by_line = self.make_authorisation(lines=lines, grant=True, limit_kind="line")
        part = self.claim_with(by_line, lines=[self.line_part(price_unit=90.0)])
        self.assertEqual(self.check(part, "authorised").result, "cut")
        self.assertEqual(self.check(part, "authorised").amount, 81.0)

    def test_used_once_and_released(self):
        """A second claim is blocked; when the first is withdrawn the word holds again."""
        authorisation = self.make_authorisation(grant=True)
        first = self.claim_with(authorisation)
        second = self.claim_with(authorisation)
        self.assertEqual(self.check(second, "authorisation").result, "block")
        self.assertIn("another claim used it", self.check(second, "authorisation").explanation)
        second.action_withdraw()
        self.assertEqual(authorisation.state, "used")
        first.action_withdraw()
        self.assertEqual(authorisation.state, "granted")

    def test_shared_by_claims(self):
        authorisation = self.make_authorisation(grant=True, amount_limit=120.0, single_use=False)
        self.claim_with(authorisation)
        self.assertRecordValues(authorisation, [{"state": "granted", "amount_left": 25.0}])
        second = self.claim_with(authorisation)
        self.assertEqual(second.amount_appraised, 25.0)
        self.assertEqual(authorisation.state, "used")

    def test_expired_and_of_another_machine(self):
        authorisation = self.make_authorisation(grant=True)
        authorisation._write_past_guard({"valid_until": self.day(9)})
        claim = self.claim_with(authorisation)
        self.assertIn("was valid for repairs until", self.check(claim, "authorisation").explanation)
        other = self.sell_to_dealer("CLAIM-OTHER", days_ago=60)
        self.make_card(other, days_ago=50, date_registered=self.day(45), user=self.dealer_manager)
        foreign = self.claim_with(self.make_authorisation(grant=True), asset_id=other.id)
        self.assertIn("another machine", self.check(foreign, "authorisation").explanation)
