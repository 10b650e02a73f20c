from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_claim import ClaimCommon

MODELS = (
    "aftersales.claim",
    "aftersales.claim.line",
    "aftersales.claim.check",
    "aftersales.claim.version",
    "aftersales.claim.version.line",
    "aftersales.part.return",
    "aftersales.part.return.line",
)


@tagged("post_install", "-at_install")
class TestClaimAccess(ClaimCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.claim = cls.make_submitted(lines=[cls.line_labour(), cls.line_part()])
        cls.claim._create_part_returns()

    def _records(self, model, user):
        return self.env[model].with_user(user)

    def test_portal_dealer_reads_only_its_own(self):
        for model in MODELS:
            with self.subTest(model):
                self.assertTrue(self._records(model, self.portal_a).search([]))
                self.assertFalse(self._records(model, self.portal_b).search([]))
                self.assertFalse(self._records(model, self.portal_customer).search([]))
                foreign = (
                    self.env[model].sudo().search([("dealer_id", "=", self.dealer_a.id)], limit=1)
                )
                with self.assertRaises(AccessError):
                    foreign.with_user(self.portal_b).read(["display_name"])

    def test_portal_dealer_writes_nothing(self):
        for model in MODELS:
            records = self._records(model, self.portal_a).search([], limit=1)
            for operation in ("write", "create", "unlink"):
                with self.subTest(model=model, operation=operation):
                    self.assertFalse(records.has_access(operation))
        claim = self.claim.with_user(self.portal_a)
        for action in ("action_submit", "action_withdraw", "action_run_checks"):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(claim, action)()
        with self.assertRaises(AccessError):
            claim.action_ship_old_parts()

    def test_other_company_sees_nothing(self):
        for model in MODELS:
            with self.subTest(model):
                self.assertFalse(self._records(model, self.foreign_manager).search([]))
        with self.assertRaises(AccessError):
            self.claim.with_user(self.foreign_manager).action_withdraw()

    def test_service_roles_see_no_claims(self):
        for user in (self.technician_user, self.agent_user, self.plain_user):
            for model in MODELS:
                with self.subTest(model=model, user=user.login):
                    records = self.env[model].sudo().search([("dealer_id", "=", self.dealer_a.id)])
                    self.assertTrue(records)
                    self.assertFalse(records.with_user(user)._filtered_access("read"))
        self.assertEqual(self.asset.with_user(self.agent_user).claim_count, 0)
        self.assertEqual(self.asset.with_user(self.dealer_user).claim_count, 1)

    def test_checks_and_versions_are_the_systems(self):
        for model in (
            "aftersales.claim.check",
            "aftersales.claim.version",
            "aftersales.claim.version.line",
        ):
            for user in (self.dealer_manager, self.appraiser):
                records = self._records(model, user).search([], limit=1)
                for operation in ("write", "create", "unlink"):
                    with self.subTest(model=model, user=user.login, operation=operation):
                        self.assertFalse(records.has_access(operation))

    def test_card_under_a_claim_stays(self):
        with self.assertRefused("carries the claim"):
            self.card.with_user(self.dealer_manager).action_cancel(reason="wrong")
        self.claim.action_withdraw()
        self.card.with_user(self.dealer_manager).action_cancel(reason="wrong")
        self.assertEqual(self.card.state, "cancelled")

    def test_reports(self):
        """Claim, packing list and labels print as the roles that need them (H03)."""
        report = self.env["ir.actions.report"].with_context(force_report_rendering=False)
        part_return = self.claim.line_ids.return_line_ids.return_id
        for user in (self.dealer_user, self.appraiser):
            for name, record, text in (
                ("aftersales_dealer.action_report_claim", self.claim, self.claim.name),
                (
                    "aftersales_dealer.action_report_part_return",
                    part_return,
                    part_return.line_ids.label,
                ),
                (
                    "aftersales_dealer.action_report_part_return_labels",
                    part_return,
                    part_return.line_ids.label,
                ),
            ):
                with self.subTest(name, user=user.login):
                    html, __ = report.with_user(user)._render_qweb_html(name, record.ids)
                    self.assertIn(text, html.decode())
