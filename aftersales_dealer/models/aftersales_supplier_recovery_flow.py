from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

MANAGER = "aftersales_dealer.group_aftersales_dealer_manager"
VERIFIER = "aftersales_dealer.group_aftersales_verifier"


class AftersalesSupplierRecovery(models.Model):
    """Sent to the supplier, answered line by line (F07)."""

    _inherit = "aftersales.supplier.recovery"

    def action_send(self):
        """Claim from the suppliers by e-mail, with the PDF in their language.

        :raise AccessError: the user is neither dealer manager nor finance verifier
        :raise UserError: nothing is claimed, or the supplier has no address or is archived
        """
        self.env["aftersales.notice"]._check_groups(MANAGER, VERIFIER)
        self.lock_for_update()
        self._ensure_transition("sent")
        today = fields.Date.context_today(self)
        for recovery in self:
            recovery._check_sendable()
        for recovery in self:
            days = recovery.company_id.aftersales_recovery_answer_days
            recovery._set_state(
                "sent",
                date_sent=today,
                date_answer_due=today + timedelta(days=days),
                date_warned=False,
            )
        self.activity_unlink(["mail.mail_activity_data_todo"])
        # sudo: the text of the mail is the company's, whatever the user may read of templates.
        template = self.env.ref(
            "aftersales_dealer.mail_template_aftersales_supplier_recovery"
        ).sudo()
        for recovery in self:
            recovery.message_post_with_source(template, subtype_xmlid="mail.mt_comment")

    def _check_sendable(self):
        """Raise when there is nothing to claim, or nobody to claim it from."""
        self.ensure_one()
        supplier = self.supplier_id
        if self.currency_id.is_zero(self.amount_claimed):
            raise UserError(
                self.env._("%(recovery)s claims nothing yet.", recovery=self.display_name)
            )
        if not supplier.email or not supplier.active:
            raise UserError(
                self.env._(
                    "%(supplier)s is archived or has no e-mail address. Correct the contact.",
                    supplier=supplier.display_name,
                )
            )

    def action_accept_all(self):
        """Note that the supplier accepts every line as claimed; amounts may be lowered after."""
        self.check_access("write")
        self._ensure_states("sent")
        for line in self.line_ids:
            line.amount_accepted = line.amount_claimed

    def action_answer(self):
        """Record the supplier's answer, as the lines say it.

        :raise UserError: not sent, or less is accepted without the supplier's reason
        """
        self.check_access("write")
        self._ensure_states("sent")
        for line in self.line_ids:
            short = line.currency_id.compare_amounts(line.amount_accepted, line.amount_claimed) < 0
            if short and not (line.answer_reason or "").strip():
                raise UserError(
                    self.env._(
                        "%(recovery)s, %(line)s: write down why the supplier accepts less.",
                        recovery=line.recovery_id.display_name,
                        line=line.name,
                    )
                )
        self._set_state("answered", date_answered=fields.Date.context_today(self))
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def action_reopen(self):
        """Take the answer back: the supplier answers anew."""
        self.check_access("write")
        self._ensure_states("answered")
        self._set_state("sent", date_answered=False)

    def action_cancel(self, reason=None):
        """Drop the recovery for ``reason`` (str); its costs may be claimed anew."""
        if not reason:
            return self.env["aftersales.dealer.reason"]._ask(
                self, "cancel", self.env._("Cancel the Recovery")
            )
        self.env["aftersales.notice"]._check_groups(MANAGER, VERIFIER)
        self._set_state("cancelled")
        for recovery in self:
            recovery._message_log(body=self.env._("Cancelled: %(reason)s", reason=reason))
        return True

    def _ensure_states(self, *states):
        """Raise unless each is in one of ``states``: the transitions alone allow more ways."""
        self._ensure_state_in(states, self.env._("this is not the moment for it."))
