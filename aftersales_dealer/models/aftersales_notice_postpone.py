from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from .aftersales_notice_flow import DEALER_MANAGER, VERIFIER


class AftersalesNotice(models.Model):
    """A disputed line leaves the notice and comes into the dealer's next one; the undisputed rest
    is confirmed and settled now (F02).

    The line stays on the notice with nothing but the amount that was left out, so that everybody
    sees what became of it.
    """

    _inherit = "aftersales.notice"

    amount_postponed = fields.Monetary(
        string="Left for the Next Notice", compute="_compute_amount_postponed"
    )

    disputed_count = fields.Integer(compute="_compute_disputed_count")

    @api.depends("line_ids.disputed", "line_ids.postponed")
    def _compute_disputed_count(self):
        for notice in self:
            notice.disputed_count = len(notice._get_disputed_lines())

    def _get_disputed_lines(self):
        """Return the lines that are disputed on their own and may leave the notice (F02)."""
        return self.line_ids.filtered(lambda line: line.disputed and not line.postponed)

    def _compute_amount_postponed(self):
        for notice in self:
            notice.amount_postponed = sum(notice.line_ids.mapped("amount_postponed"))

    def _settle_rest(self, lines, method, note):
        """The dealer disputes ``lines`` and agrees with all others: confirm the notice without
        them.
        """
        self.ensure_one()
        lines._postpone(self.env._("Disputed, comes into the next notice"))
        self._write_past_guard({"version": self.version + 1})
        self._confirm(method, note or self.env._("All but the disputed lines"))

    def action_postpone_disputed(self):
        """Leave the disputed lines for the next notice and issue the rest as a new version (F02).

        :raise AccessError: neither verifier nor dealer manager
        :raise UserError: not disputed, disputed as a whole, or nothing would be left
        """
        self._check_groups(VERIFIER, DEALER_MANAGER)
        self._lock()
        self._ensure_state_in(("disputed",), self.env._("lines leave a disputed notice only."))
        for notice in self:
            lines = notice._get_disputed_lines()
            if not lines:
                raise UserError(
                    self.env._(
                        "%(notice)s is disputed as a whole, not by line. Correct it, uphold it, or "
                        "cancel it.",
                        notice=notice.display_name,
                    )
                )
            # Role and status were checked: the lines are frozen for everybody.
            lines.sudo()._postpone(self.env._("Disputed, comes into the next notice"))
        for notice in self:
            notice._set_state("issued", **notice._prepare_answer_vals(), version=notice.version + 1)
        self._close_dispute_activity()
        self._send_to_dealer()


class AftersalesNoticeLine(models.Model):
    _inherit = "aftersales.notice.line"

    def _postpone(self, reason):
        """Leave these lines for the next notice; what they settle waits for it (F02).

        :raise UserError: when a notice would have no line left
        """
        for notice in self.notice_id:
            if not (notice.line_ids - self).filtered(lambda line: not line.postponed):
                raise UserError(
                    self.env._(
                        "%(notice)s: no line would be left. Dispute the notice as a whole, or "
                        "cancel it.",
                        notice=notice.display_name,
                    )
                )
        for line in self:
            amount = format_amount(self.env, line.amount, line.currency_id)
            line._write_past_guard(
                {
                    "postponed": True,
                    "amount_postponed": line.amount,
                    "amount": 0.0,
                    "amount_claimed": 0.0,
                    "amount_approved": 0.0,
                    "reason": f"{reason}: {amount}",
                }
            )
        self._follow_notice()

    def action_postpone(self):
        """Leave these lines for the next notice while the notice is verified (F01).

        :raise UserError: when a notice is not being verified, or would have no line left
        """
        self.notice_id._check_may_verify()
        self.notice_id._lock()
        self.notice_id._ensure_state_in(
            ("draft", "verified"),
            self.env._("lines are left for the next notice only while it is verified."),
        )
        # Role and status were checked; claims and charges follow whatever rights on them.
        self.filtered(lambda line: not line.postponed).sudo()._postpone(
            self.env._("Left for the next notice by %(user)s", user=self.env.user.name)
        )
        return True
