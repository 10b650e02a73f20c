import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.record_id import read_id
from .aftersales_notice_flow import DEALER_MANAGER, VERIFIER

_logger = logging.getLogger(__name__)


class AftersalesNotice(models.Model):
    """The dealer's answer to a notice, and the company's to a dispute (F02)."""

    _inherit = "aftersales.notice"

    def _answer_as(self):
        """Return (records to write on, method): who answers, after checking that they may (F02,
        design rule 9).
        """
        user = self.env.user
        if user._is_portal():
            user._check_dealer_owner()
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

        :param str note: how and by whom, required when a company user records a confirmation in
            writing
        :raise AccessError: another dealer's notice, or no right
        :raise UserError: the notice is not issued, or the note is missing
        """
        notices, method = self._answer_as()
        if method == "written":
            note = self._check_reason(note)
        notices._confirm(method, note)

    def _confirm(self, method, note=None):
        self._lock()
        self._set_state_in_bulk(
            "confirmed",
            confirm_method=method,
            confirm_note=note,
            confirmed_by_id=self.env.uid if method != "silence" else False,
            date_confirmed=fields.Datetime.now(),
        )
        labels = dict(self._fields["confirm_method"]._description_selection(self.env))
        self._log_note(self.env._("Confirmed: %(method)s", method=labels[method]), note or "")

    def action_dispute(self, reason=None, line_reasons=None, settle_rest=False):
        """The dealer does not agree (F02).

        :param str reason: why, for the notice as a whole
        :param dict line_reasons: notice line id → why that line is disputed
        :param bool settle_rest: the dealer agrees with all other lines: they are confirmed, the
            disputed ones come into its next notice
        :raise UserError: neither reason nor line, a line of another notice, or a notice that is
            not issued
        """
        notices, method = self._answer_as()
        notices._dispute(str(reason or "").strip(), line_reasons or {}, settle_rest and method)

    def _dispute(self, reason, line_reasons, settle_rest=False):
        """Dispute the notice, or its lines only when ``settle_rest`` says how it is confirmed."""
        if not isinstance(line_reasons, dict):
            raise UserError(self.env._("Give the reason for each line, as line id: reason."))
        self._lock()
        # Ids come as text from JSON and forms; what is no number is no line of the notice.
        reasons = {
            read_id(line_id): str(text or "").strip() for line_id, text in line_reasons.items()
        }
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
        if any(line.postponed for line in lines):
            raise UserError(
                self.env._("A disputed line is left for the next notice already. Reload the page.")
            )
        if settle_rest and not lines:
            raise UserError(
                self.env._("Say which lines you dispute, so that the others can be settled.")
            )
        self._ensure_transition("disputed")
        texts = [reason] if reason else []
        for line in lines:
            line._write_past_guard({"disputed": True, "dispute_reason": reasons[line.id]})
            texts.append(f"{line.display_name}: {reasons[line.id]}")
        self._log_note(self.env._("Disputed"), Markup("<br/>").join(texts))
        if settle_rest:
            self._settle_rest(lines, settle_rest, reason)
            task = self.env._("Answer the disputed lines: they come into the next notice")
        else:
            self._set_state_in_bulk("disputed", dispute_reason=reason)
            task = self.env._("Answer the dispute")
        self._schedule_dispute_activity(task)

    def _schedule_dispute_activity(self, task):
        """Put the answer to a dispute on the list of whoever is responsible for the notice."""
        # Who disputes, a dealer at times, need not have rights on activities of others.
        for notice in self.sudo():
            user = notice.user_id or notice.verified_by_id
            if user:
                notice.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=task,
                    user_id=user.id,
                )

    def _close_dispute_activity(self):
        """The dispute is answered: take it from the list of whoever was to answer it."""
        # Whoever answers need not be the one who was asked.
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def action_correct(self):
        """Reopen a disputed notice: verifiers correct its amounts, then it is issued as a new
        version (F02).
        """
        self._check_may_verify()
        self._lock()
        self._ensure_state_in(("disputed",), self.env._("only a disputed notice is corrected."))
        self._set_state_in_bulk(
            "verified", verified_by_id=self.env.uid, date_verified=fields.Datetime.now()
        )
        self._close_dispute_activity()

    def action_uphold(self, reason=None):
        """Stand by a disputed notice: same figures, a new deadline, the reason goes to the dealer
        (F02).
        """
        self._check_groups(VERIFIER, DEALER_MANAGER)
        reason = self._check_reason(reason)
        self._lock()
        self._ensure_state_in(("disputed",), self.env._("only a disputed notice can be upheld."))
        for notice in self:
            notice._set_state("issued", **notice._prepare_answer_vals())
            notice._close_dispute_activity()
            body = Markup("<b>%s</b><br/>%s") % (
                notice.with_context(lang=notice.dealer_id.lang).env._("The notice is upheld"),
                reason,
            )
            notice.message_post(
                body=body, partner_ids=notice.dealer_id.ids, subtype_xmlid="mail.mt_comment"
            )

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
        """Confirm the issued notices whose deadline passed without an answer, as agreed with the
        dealer (F02).
        """
        cron, skipped = self.env["ir.cron"], []
        while notices := self.search(
            [*self._get_silence_domain(), ("id", "not in", skipped)],
            limit=batch_size,
            order="date_confirm_deadline, id",
        ):
            locked = notices.try_lock_for_update()
            failed = locked._confirm_silent_ones()
            skipped += (notices - locked).ids + failed.ids
            # What failed waits for the next regular run: counted as left it would run at once.
            left = self.search_count([*self._get_silence_domain(), ("id", "not in", skipped)])
            if not cron._commit_progress(len(locked), remaining=left):
                break

    def _confirm_silent_ones(self):
        """Confirm each notice by silence; return those that failed, which are tried again the next
        time.
        """
        failed = self.browse()
        for notice in self:
            try:
                with self.env.cr.savepoint():
                    notice._confirm("silence")
            except Exception:  # pylint: disable=broad-except  # one dealer's failure never stops the others
                _logger.exception("Notice %s could not be confirmed by silence", notice.id)
                failed |= notice
        return failed
