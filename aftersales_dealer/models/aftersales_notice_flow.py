from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import AccessError, LockError, UserError

# Printing takes a second a notice: more of them are sent by the job.
MAIL_AT_ONCE = 5
VERIFIER = "aftersales_dealer.group_aftersales_verifier"
DEALER_MANAGER = "aftersales_dealer.group_aftersales_dealer_manager"


class AftersalesNotice(models.Model):
    """Verification, issue and cancellation (F01, F02)."""

    _inherit = "aftersales.notice"

    # -- guards ---------------------------------------------------------------------------------

    def _check_groups(self, *groups):
        """Raise AccessError unless the user has one of ``groups``; code that runs as superuser
        passes.
        """
        if self.env.su or self.env.user.has_groups(",".join(groups)):
            return
        # Portal dealers may not read groups; the refusal shows nothing but their names.
        names = [self.env.ref(group).sudo().full_name for group in groups]
        raise AccessError(
            self.env._(
                "This step is for: %(groups)s. Ask an administrator for the right.",
                groups=", ".join(names),
            )
        )

    def _check_may_verify(self):
        """Raise unless the user is a verifier who neither appraised the claims nor approved the
        charges, or the company allows it (J01).
        """
        self._check_groups(VERIFIER)
        for notice in self:
            # One yes or no of the notice's own company, whoever verifies.
            if notice.company_id.sudo().aftersales_same_user_verify:
                continue
            # Verifiers need not see every claim: deciders are compared, numbers are named.
            lines = notice.sudo().line_ids
            own = [
                *lines.claim_id.filtered(lambda claim: self.env.user in claim._get_appraisers()),
                *lines.charge_id.filtered(lambda charge: charge.approved_by_id == self.env.user),
            ]
            if own:
                raise UserError(
                    self.env._(
                        "%(notice)s: you decided on %(claims)s, so somebody else has to verify it. "
                        "A setting of the company can allow it.",
                        notice=notice.display_name,
                        claims=", ".join(document.name for document in own),
                    )
                )

    def _lock(self):
        """Lock the notices and their claims until the end of the transaction, in that order (F04).

        :raise UserError: when somebody else is working on one of them at this moment
        """
        try:
            self.lock_for_update()
            # Claims and charges are locked whatever rights the user has on them.
            self.sudo().line_ids.claim_id.lock_for_update(allow_referencing=True)
            # As for claims.
            self.sudo().line_ids.charge_id.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "%(notice)s is being worked on at this moment. Reload it and look before you "
                    "try again.",
                    notice=", ".join(self.mapped("display_name")),
                )
            ) from error
        self.invalidate_recordset(["state"])

    def _check_reason(self, reason):
        """Return ``reason`` stripped; raise UserError when it is empty."""
        reason = str(reason or "").strip()  # JSON may bring anything
        if not reason:
            raise UserError(
                self.env._(
                    "%(notice)s: give the reason or a note.",
                    notice=", ".join(self.mapped("display_name")),
                )
            )
        return reason

    def _log_note(self, title, text):
        """Write ``title`` and what a person gave as ``text`` to the chatter of each notice."""
        body = Markup("<b>%s</b><br/>%s") % (title, text)
        self._message_log_batch(bodies=dict.fromkeys(self.ids, body))

    # -- verification ---------------------------------------------------------------------------

    def action_verify(self):
        """Finance has checked every line: the notices may be issued (F01).

        :raise AccessError: the user is not a verifier
        :raise UserError: wrong status, no lines, or the user appraised the claims (J01)
        """
        self._check_may_verify()
        self._lock()
        self._ensure_checked()
        for notice in self:
            if not notice.line_ids:
                raise UserError(
                    self.env._("%(notice)s has no lines to verify.", notice=notice.display_name)
                )
            # Also lines that the verifier may not see must be on the notice, unless they are on
            # another one: what was disputed comes later.
            missing = notice.sudo().claim_ids.line_ids.filtered(
                lambda line: not line.notice_line_ids
            )
            if missing:
                raise UserError(
                    self.env._(
                        "%(notice)s lacks the line “%(line)s” of %(claim)s. Prepare the claim as a "
                        "whole.",
                        notice=notice.display_name,
                        line=missing[0].name,
                        claim=missing[0].claim_id.name,
                    )
                )
        self._set_state_in_bulk(
            "verified", verified_by_id=self.env.uid, date_verified=fields.Datetime.now()
        )
        self.line_ids.filtered(lambda line: not line.verified)._write_past_guard({"verified": True})

    def action_draft(self):
        """Take the verification back, before the notice was ever issued."""
        self._check_groups(VERIFIER)
        for notice in self:
            if notice.version:
                raise UserError(
                    self.env._(
                        "%(notice)s was issued before: correct its amounts and issue it again.",
                        notice=notice.display_name,
                    )
                )
        self._set_state_in_bulk("draft", verified_by_id=False, date_verified=False)

    # -- issue ----------------------------------------------------------------------------------

    def action_issue(self):
        """Number the notices, freeze them and mail them with the PDF to the dealers (F02).

        Many notices are mailed by the job a little later.

        Issuing a corrected notice again keeps its number and counts its version.
        """
        self._check_groups(VERIFIER, DEALER_MANAGER)
        self._lock()
        self._ensure_issuable()
        self._ensure_dealer_active()
        self._issue()
        if len(self) > MAIL_AT_ONCE or self.env.context.get("aftersales_mail_later"):
            self._send_later()
        else:
            self._send_to_dealer()

    def _issue(self):
        """Number and freeze verified notices and start the time to answer."""
        self._number()
        for (version, __), notices in self.grouped(
            lambda notice: (notice.version, tuple(notice._prepare_answer_vals().items()))
        ).items():
            notices._set_state_in_bulk(
                "issued", version=version + 1, **notices[0]._prepare_answer_vals()
            )
        answered = self.line_ids.filtered(lambda line: line.disputed and not line.postponed)
        answered._write_past_guard({"disputed": False, "dispute_reason": False})

    def _ensure_issuable(self):
        """Raise unless all are verified: a disputed notice is upheld or corrected, not issued
        again as it is.
        """
        self._ensure_state_in(("verified",), self.env._("only a verified notice can be issued."))

    def _number(self):
        """Draw the numbers of the notices that have none, in one query per company.

        Drawn on issue, so that the series the dealers see has no gaps from drafts that were
        cancelled.
        """
        fresh = self.filtered(lambda notice: notice.name == "/").sorted("id")
        for company, notices in fresh.grouped("company_id").items():
            sequences = self.env["ir.sequence"].with_company(company)
            numbers = sequences._next_numbers_by_code("aftersales.notice", len(notices))
            for notice, number in zip(notices, numbers, strict=True):
                notice._write_past_guard({"name": number})

    def _prepare_answer_vals(self):
        """Return the values that give the dealer its time to answer, as agreed; earlier answers
        are cleared.
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        agreement = self.dealer_id._get_agreement(date=today, company=self.company_id)
        days = (
            agreement.confirmation_days
            if agreement
            # One number of the notice's own company, whoever issues.
            else self.company_id.sudo().dealer_confirmation_days
        )
        return {
            "date_issued": today,
            "date_confirm_deadline": today + timedelta(days=days),
            "silence_confirms": agreement.silence_confirms,
            "date_confirmed": False,
            "confirmed_by_id": False,
            "confirm_method": False,
            "confirm_note": False,
            "dispute_reason": False,
        }

    # -- end ------------------------------------------------------------------------------------

    def action_cancel(self, reason=None):
        """Withdraw notices that are not settled; their claims wait for a new notice (F04).

        :param str reason: required once the dealer has the notice
        """
        self._check_groups(VERIFIER, DEALER_MANAGER)
        if any(notice.version for notice in self):
            reason = self._check_reason(reason)
        self._lock()
        self._ensure_transition("cancelled")
        self._set_state_in_bulk("cancelled")
        self._close_dispute_activity()
        if reason:
            self._log_note(self.env._("Cancelled"), reason)
        self.line_ids._follow_notice()
