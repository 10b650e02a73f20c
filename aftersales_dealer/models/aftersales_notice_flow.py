import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

_logger = logging.getLogger(__name__)

VERIFIER = "aftersales_dealer.group_aftersales_verifier"
DEALER_MANAGER = "aftersales_dealer.group_aftersales_dealer_manager"


class AftersalesNotice(models.Model):
    """Verification, issue and the dealer's answer (F01, F02)."""

    _inherit = "aftersales.notice"

    # -- guards ---------------------------------------------------------------------------------

    def _check_groups(self, *groups):
        """Raise AccessError unless the user has one of ``groups``; code that runs as superuser passes."""
        if self.env.su or self.env.user.has_groups(",".join(groups)):
            return
        names = [self.env.ref(group).sudo().full_name for group in groups]
        raise AccessError(
            self.env._(
                "This step is for: %(groups)s. Ask an administrator for the right.",
                groups=", ".join(names),
            )
        )

    def _check_may_verify(self):
        """Raise unless the user is a verifier who did not appraise the claims, or the company allows it (J01)."""
        self._check_groups(VERIFIER)
        for notice in self:
            if notice.company_id.sudo().aftersales_same_user_verify:
                continue
            own = notice.sudo().claim_ids.filtered(
                lambda claim: self.env.user in claim._get_appraisers()
            )
            if own:
                raise UserError(
                    self.env._(
                        "%(notice)s: you decided on %(claims)s, so somebody else has to verify it. A setting of "
                        "the company can allow it.",
                        notice=notice.display_name,
                        claims=", ".join(own.mapped("name")),
                    )
                )

    def _lock(self):
        """Lock the notices and their claims until the end of the transaction, in that order (F04).

        :raise UserError: when somebody else is working on one of them at this moment
        """
        try:
            self.lock_for_update()
            # The claims are locked whatever rights the user has on them.
            self.sudo().line_ids.claim_id.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "%(notice)s is being worked on at this moment. Reload it and look before you try again.",
                    notice=", ".join(self.mapped("display_name")),
                )
            ) from error
        self.invalidate_recordset(["state"])

    def _check_reason(self, reason):
        """Return ``reason`` stripped; raise UserError when it is empty."""
        reason = (reason or "").strip()
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
        for notice in self:
            if not notice.line_ids:
                raise UserError(
                    self.env._("%(notice)s has no lines to verify.", notice=notice.display_name)
                )
            missing = notice.sudo().claim_ids.line_ids - notice.line_ids.claim_line_id
            if missing:
                raise UserError(
                    self.env._(
                        "%(notice)s lacks the line “%(line)s” of %(claim)s. Prepare the claim as a whole.",
                        notice=notice.display_name,
                        line=missing[0].name,
                        claim=missing[0].claim_id.name,
                    )
                )
        self._set_state(
            "verified", verified_by_id=self.env.uid, date_verified=fields.Datetime.now()
        )
        self.line_ids._write_past_guard({"verified": True})

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
        self._set_state("draft", verified_by_id=False, date_verified=False)

    # -- issue ----------------------------------------------------------------------------------

    def action_issue(self):
        """Number the notices, freeze them and mail them with the PDF to the dealers (F02).

        Issuing a corrected notice again keeps its number and counts its version.
        """
        self._check_groups(VERIFIER, DEALER_MANAGER)
        self._lock()
        self._ensure_issuable()
        self._issue()
        self._send_to_dealer()

    def _issue(self):
        """Number and freeze verified notices and start the time to answer."""
        self._number()
        for notice in self:
            notice._set_state("issued", version=notice.version + 1, **notice._prepare_answer_vals())
        answered = self.line_ids.filtered("disputed")
        answered._write_past_guard({"disputed": False, "dispute_reason": False})

    def _ensure_issuable(self):
        """Raise unless all are verified: a disputed notice is upheld or corrected, not issued again as it is."""
        for notice in self:
            if notice.state != "verified":
                raise UserError(
                    self.env._(
                        "%(notice)s is %(state)s: only a verified notice can be issued.",
                        notice=notice.display_name,
                        state=notice._get_state_label(notice.state),
                    )
                )

    def _number(self):
        """Draw the numbers of the notices that have none, in one query per company.

        Drawn on issue, so that the series the dealers see has no gaps from drafts that were cancelled.
        """
        fresh = self.filtered(lambda notice: notice.name == "/").sorted("id")
        for company, notices in fresh.grouped("company_id").items():
            sequences = self.env["ir.sequence"].with_company(company)
            numbers = sequences._next_numbers_by_code("aftersales.notice", len(notices))
            for notice, number in zip(notices, numbers, strict=True):
                notice._write_past_guard({"name": number})

    def _prepare_answer_vals(self):
        """Return the values that give the dealer its time to answer, as agreed; earlier answers are cleared."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        agreement = self.dealer_id._get_agreement(date=today, company=self.company_id)
        days = (
            agreement.confirmation_days
            if agreement
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

    def _send_to_dealer(self):
        """Mail each notice with its PDF in the dealer's language; the message keeps what was sent."""
        template = self.env.ref(
            "aftersales_dealer.mail_template_aftersales_notice", raise_if_not_found=False
        )
        if template:
            self.message_post_with_source(
                template, message_type="comment", subtype_xmlid="mail.mt_comment"
            )

    # -- the dealer's answer --------------------------------------------------------------------

    def _answer_as(self):
        """Return (records to write on, method): who answers, after checking that they may (F02, design rule 9)."""
        user = self.env.user
        if user._is_portal():
            self.check_access("read")
            if any(
                notice.dealer_id.commercial_partner_id != user.commercial_partner_id
                for notice in self
            ):
                raise AccessError(self.env._("Only the dealer of a notice can answer it."))
            # A dealer has no write access; it may answer its own notices, as just checked.
            return self.sudo(), "portal"
        self._check_groups(VERIFIER, DEALER_MANAGER)
        return self, "written"

    def action_confirm(self, note=None):
        """The dealer agrees with the notice (F02).

        :param str note: how and by whom, required when a company user records a confirmation in writing
        :raise AccessError: another dealer's notice, or no right
        :raise UserError: the notice is not issued, or the note is missing
        """
        notices, method = self._answer_as()
        if method == "written":
            note = self._check_reason(note)
        notices._confirm(method, note)

    def _confirm(self, method, note=None):
        self._lock()
        self._set_state(
            "confirmed",
            confirm_method=method,
            confirm_note=note,
            confirmed_by_id=self.env.uid if method != "silence" else False,
            date_confirmed=fields.Datetime.now(),
        )
        labels = dict(self._fields["confirm_method"]._description_selection(self.env))
        self._log_note(self.env._("Confirmed: %(method)s", method=labels[method]), note or "")

    def action_dispute(self, reason=None, line_reasons=None):
        """The dealer does not agree (F02).

        :param str reason: why, for the notice as a whole
        :param dict line_reasons: notice line id → why that line is disputed
        :raise UserError: neither reason nor line, a line of another notice, or a notice that is not issued
        """
        notices, __ = self._answer_as()
        notices._dispute((reason or "").strip(), line_reasons or {})

    def _dispute(self, reason, line_reasons):
        self._lock()
        reasons = {int(line_id): (text or "").strip() for line_id, text in line_reasons.items()}
        lines = self.line_ids.filtered(lambda line: line.id in reasons)
        if len(lines) != len(reasons):
            raise UserError(
                self.env._("A disputed line does not belong to the notice. Reload the page.")
            )
        if not reason and (not reasons or not all(reasons.values())):
            raise UserError(
                self.env._(
                    "Say why: give a reason for the notice, or one for each line that you dispute."
                )
            )
        self._set_state("disputed", dispute_reason=reason)
        texts = [reason] if reason else []
        for line in lines:
            line._write_past_guard({"disputed": True, "dispute_reason": reasons[line.id]})
            texts.append(f"{line.display_name}: {reasons[line.id]}")
        self._log_note(self.env._("Disputed"), Markup("<br/>").join(texts))
        self._schedule_dispute_activity()

    def _schedule_dispute_activity(self):
        """Put the answer to a dispute on the list of whoever is responsible for the notice."""
        for notice in self.sudo():
            user = notice.user_id or notice.verified_by_id
            if user:
                notice.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Answer the dispute"),
                    user_id=user.id,
                )

    def action_correct(self):
        """Reopen a disputed notice: verifiers correct its amounts, then it is issued as a new version (F02)."""
        self._check_may_verify()
        self._lock()
        for notice in self:
            if notice.state != "disputed":
                raise UserError(
                    self.env._(
                        "%(notice)s is %(state)s: only a disputed notice is corrected.",
                        notice=notice.display_name,
                        state=notice._get_state_label(notice.state),
                    )
                )
        self._set_state(
            "verified", verified_by_id=self.env.uid, date_verified=fields.Datetime.now()
        )

    def action_uphold(self, reason=None):
        """Stand by a disputed notice: same figures, a new deadline, the reason goes to the dealer (F02)."""
        self._check_groups(VERIFIER, DEALER_MANAGER)
        reason = self._check_reason(reason)
        self._lock()
        for notice in self:
            if notice.state != "disputed":
                raise UserError(
                    self.env._(
                        "%(notice)s is %(state)s: only a disputed notice can be upheld.",
                        notice=notice.display_name,
                        state=notice._get_state_label(notice.state),
                    )
                )
            notice._set_state("issued", **notice._prepare_answer_vals())
            body = Markup("<b>%s</b><br/>%s") % (
                notice.with_context(lang=notice.dealer_id.lang).env._("The notice is upheld"),
                reason,
            )
            notice.message_post(
                body=body, partner_ids=notice.dealer_id.ids, subtype_xmlid="mail.mt_comment"
            )

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
        claims = self.sudo().claim_ids
        self._set_state("cancelled")
        if reason:
            self._log_note(self.env._("Cancelled"), reason)
        claims._return_to_approved()

    def _release_claims(self):
        """Give the claims of notices that are about to be deleted back."""
        # Whoever may delete a draft notice need not have the right to change claims.
        self.sudo().claim_ids._return_to_approved()

    @api.model
    def _get_silence_domain(self):
        """Return the domain of notices that silence confirms today (F02)."""
        return [
            ("state", "=", "issued"),
            ("silence_confirms", "=", True),
            ("date_confirm_deadline", "<", fields.Date.context_today(self)),
        ]

    @api.model
    def _cron_confirm_by_silence(self, batch_size=200):
        """Confirm the issued notices whose deadline passed without an answer, as agreed with the dealer (F02)."""
        cron, skipped = self.env["ir.cron"], []
        cron._commit_progress(remaining=self.search_count(self._get_silence_domain()))
        while True:
            domain = [*self._get_silence_domain(), ("id", "not in", skipped)]
            notices = self.search(domain, limit=batch_size, order="date_confirm_deadline, id")
            locked = notices.try_lock_for_update()
            failed = locked._confirm_silent_ones()
            skipped += (notices - locked).ids + failed.ids
            if not notices or not cron._commit_progress(len(locked - failed)):
                break

    def _confirm_silent_ones(self):
        """Confirm each notice by silence; return those that failed, which are tried again the next time."""
        failed = self.browse()
        for notice in self:
            try:
                with self.env.cr.savepoint():
                    notice._confirm("silence")
            except Exception:  # pylint: disable=broad-except  # one dealer's failure never stops the others
                _logger.exception("Notice %s could not be confirmed by silence", notice.id)
                failed |= notice
        return failed
