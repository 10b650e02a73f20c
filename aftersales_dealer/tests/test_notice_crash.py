from unittest.mock import patch

from odoo.tests import tagged

from .common_notice import NoticeCommon

STEPS = (
    ("aftersales.notice", "_lock"),
    ("aftersales.notice", "_ensure_ready"),
    ("account.move", "_post"),
    ("aftersales.notice", "_check_ties"),
    ("aftersales.notice", "_get_deductions"),
    ("aftersales.notice", "_set_off"),
    ("account.move.line", "_reconcile_plan"),
    ("aftersales.notice", "_deduct"),
    ("aftersales.notice", "_log_deductions"),
    ("aftersales.notice", "_set_state_in_bulk"),
    ("aftersales.claim", "_follow_notices"),
    ("aftersales.dealer.charge", "_follow_notices"),
)


class _Killed(Exception):
    pass


@tagged("post_install", "-at_install")
class TestNoticeCrash(NoticeCommon):
    """A settlement that stops after any of its steps has changed nothing, and is done once when it
    is done again (F04). With real connections: tests/test_notice_concurrency.py.
    """

    def test_stopped_after_any_step(self):
        invoice = self.make_invoice(60.0)
        claim, charge = self.make_claim(70.0, 40.0), self.make_charge(-10.0)
        notice = self.make_notice(claim, "confirmed").with_user(self.accountant)
        notice.settlement_method = "vendor_bill"
        for model, name in STEPS:
            with self.subTest(f"{model}.{name}"):
                self._settle_until(notice, model, name)
                self.assertEqual(notice.state, "confirmed")
                self.assertEqual((claim.state, charge.state), ("noticed", "noticed"))
                self.assertEqual(invoice.amount_residual, 60.0)
                self.assertFalse(notice.sudo().move_ids)
        notice.action_settle()
        self.assert_ties(notice)
        self.assertEqual((claim.state, charge.state), ("settled", "settled"))
        self.assertEqual((invoice.amount_residual, notice.amount_open), (0.0, 40.0))

    def _settle_until(self, notice, model, name):
        """Settle the notice and stop after the step ``name`` of ``model``."""
        cls = self.registry[model]
        original = getattr(cls, name)

        def killed(records, *args, **kwargs):
            original(records, *args, **kwargs)
            raise _Killed

        stopped = patch.object(cls, name, killed)
        with stopped, self.assertRaises(_Killed), self.env.cr.savepoint():
            notice.action_settle()
        self.env.invalidate_all()
