from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.claim_rules import CLEAN
from .aftersales_claim import DECIDED_STATES, EDITABLE_STATES, REVIEW_STATES

APPRAISER = "aftersales_dealer.group_aftersales_appraiser"
MANAGER = "aftersales_dealer.group_aftersales_dealer_manager"


class AftersalesClaim(models.Model):
    """The way of a claim: submitted, returned, appraised, decided, appealed (D07, D15)."""

    _inherit = "aftersales.claim"

    def action_submit(self):
        """Send draft or returned claims to the company: they are checked and become a new version
        (D07, D08).

        :raise UserError: naming all that is missing or contradictory; nothing has changed then
        """
        self.check_access("write")
        for claim in self:
            if claim.state not in EDITABLE_STATES:
                raise UserError(
                    self.env._(
                        "%(claim)s is %(state)s and was submitted already.",
                        claim=claim.display_name,
                        state=claim._get_state_label(claim.state),
                    )
                )
        self._ensure_submittable()
        corrections = self.filtered("version")
        self._submit(
            {claim: "correction" if claim in corrections else "submission" for claim in self},
            "",
        )
        return True

    def action_withdraw(self):
        """The dealer takes claims back, until they are approved (D07)."""
        self.check_access("write")
        self._set_state("cancelled")
        self._close_version("withdrawn", "")
        self._cancel_part_returns()
        return True

    def action_return(self, reason=None):
        """Send claims back to the dealer for correction (D07).

        :param str reason: what to correct; asked for when empty
        :raise UserError: without a reason or in a state that does not allow it
        """
        if not reason:
            return self._ask_reason("return")
        self._ensure_group(APPRAISER)
        reason = self._clean_reason(reason)
        self._set_state("returned", decision_reason=reason)
        self._close_version("returned", reason)
        self._notify_dealer("aftersales_dealer.mail_template_claim_returned")
        return True

    def action_refuse(self, reason=None):
        """Refuse claims as a whole (D07).

        :param str reason: told to the dealer; asked for when empty
        """
        if not reason:
            return self._ask_reason("refuse")
        self._ensure_group(APPRAISER)
        reason = self._clean_reason(reason)
        self._set_state("refused", decision_reason=reason, **self._prepare_decision_vals())
        self.line_ids._write_past_guard({"amount_approved": 0.0})
        self._close_version("refused", reason)
        self._cancel_part_returns()
        self._notify_dealer("aftersales_dealer.mail_template_claim_refused")
        return True

    def action_appraise(self):
        """The appraiser has looked at lines and old parts: the appraised amounts stand (D15)."""
        self._ensure_group(APPRAISER)
        self._ensure_transition("appraised")
        self._ensure_parts_settled()
        self._appraise()
        return True

    def action_approve(self):
        """Approve claims with the amounts on their lines (D07, D15).

        :raise AccessError: when the user is no appraiser, or approves more than claimed without
            the right
        :raise UserError: when a check blocks, an old part is outstanding, or a reason is missing
        """
        self._ensure_group(APPRAISER)
        self._ensure_parts_settled()
        self._ensure_not_blocked()
        self._ensure_amounts()
        self._appraise()
        self._approve()
        return True

    def action_appeal(self, reason=None):
        """The dealer contests a refusal or partial approval, until it is in a notice (D07, D15).

        The figures decided so far stay in their version; the claim is reviewed as a new one.

        :param str reason: why the decision should be looked at again; asked for when empty
        """
        if not reason:
            return self._ask_reason("appeal")
        self.check_access("write")
        for claim in self:
            if claim.state != "refused" and not (claim.state == "approved" and claim.is_partial):
                raise UserError(
                    self.env._(
                        "%(claim)s is %(state)s: only a refused or partly approved claim that is "
                        "in no notice yet can be appealed.",
                        claim=claim.display_name,
                        state=claim._get_state_label(claim.state),
                    )
                )
            claim._ensure_may_appeal()
        self._submit(dict.fromkeys(self, "appeal"), self._clean_reason(reason))
        return True

    def _ensure_may_appeal(self):
        """Raise when the dealer has contested the claim as often as the company allows."""
        self.ensure_one()
        allowed = self.company_id.sudo().aftersales_claim_appeals  # whoever may read settings
        if len(self.version_ids.filtered(lambda v: v.kind == "appeal")) >= allowed:
            raise UserError(
                self.env._(
                    "%(claim)s cannot be appealed: no more than %(count)s appeals of a claim are "
                    "possible. The decision stands.",
                    claim=self.display_name,
                    count=allowed,
                )
            )

    def _submit(self, kinds, reason):
        """Make the claims submitted as new versions of ``kinds`` {claim: kind}, check and route
        them.
        """
        self._set_state(
            "submitted",
            date_submitted=fields.Datetime.now(),
            submitted_by=self.env.uid,
            decision_reason=reason,
            date_appraised=False,
            appraised_by=False,
            date_approved=False,
            approved_by=False,
        )
        self.line_ids._expect_old_parts()
        self._run_checks()
        self._open_version(kinds, reason)
        self._route(self.filtered(lambda claim: kinds[claim] != "appeal"))

    def _route(self, automatic):
        """After the checks: wait for old parts, approve what is clean and small, else wait for
        the appraiser.

        :param automatic: the claims that may be approved without a person; appeals are none of
            them
        """
        waiting = self.filtered(lambda claim: claim.line_ids._get_outstanding_returns())
        waiting._set_state("awaiting_parts")
        clean = (automatic - waiting).filtered(lambda claim: claim._is_auto_approvable())
        if clean:
            bot = self.env.ref("base.user_root")
            # Nobody decides here: the company's limit does, whoever submitted the claim.
            approved = clean.with_user(bot).sudo()
            approved._appraise()
            approved._approve()

    def _is_auto_approvable(self):
        """Whether the claim is clean and under the company's limit (D08)."""
        self.ensure_one()
        checks = self.check_ids.filtered("active")
        return "auto_limit" in checks.mapped("code") and set(checks.mapped("result")) <= CLEAN

    def _appraise(self):
        """Record the appraisal of the claims that are still submitted or awaiting."""
        pending = self.filtered(lambda claim: claim.state in ("submitted", "awaiting_parts"))
        pending._set_state(
            "appraised", date_appraised=fields.Datetime.now(), appraised_by=self.env.uid
        )

    def _approve(self):
        self._set_state("approved", **self._prepare_decision_vals())
        self._close_version("approved", "")
        self._notify_dealer("aftersales_dealer.mail_template_claim_approved")

    def _on_parts_appraised(self):
        """Claims whose last old part was appraised or waived are appraised with it (D09)."""
        done = self.filtered(
            lambda claim: (
                claim.state == "awaiting_parts" and not claim.line_ids._get_outstanding_returns()
            )
        )
        done._appraise()

    def _prepare_decision_vals(self):
        return {"date_approved": fields.Datetime.now(), "approved_by": self.env.uid}

    def _cancel_part_returns(self):
        """Old parts that were not shipped yet need not come any more."""
        waiting = self.line_ids.filtered(lambda line: line.return_state in ("awaiting", "overdue"))
        waiting._write_past_guard({"return_state": "none"})
        # Whoever decides on the claim need not have rights on its parts.
        waiting.sudo().return_line_ids._put_back("unneeded")

    def _ensure_parts_settled(self):
        for claim in self:
            outstanding = claim.line_ids._get_outstanding_returns()
            if outstanding:
                raise UserError(
                    self.env._(
                        "%(claim)s: the old part of “%(line)s” has not been appraised. Receive "
                        "and appraise it, or waive its return.",
                        claim=claim.display_name,
                        line=outstanding[0].name,
                    )
                )

    def _ensure_not_blocked(self):
        for claim in self:
            checks = claim._get_blocking_checks()
            if checks:
                raise UserError(
                    self.env._(
                        "%(claim)s is blocked by “%(check)s”: %(why)s A dealer manager may "
                        "override the check with a reason; else refuse or return the claim.",
                        claim=claim.display_name,
                        check=checks[0].display_name,
                        why=checks[0].explanation,
                    )
                )

    def _ensure_amounts(self):
        """Raise unless every line's approved amount is allowed and explained."""
        may_exceed = self.env.user.has_group(MANAGER)
        for line in self.line_ids:
            line._ensure_amount_allowed(may_exceed)
        for claim in self:
            # What only others pay is no claim on the company (D17).
            if claim.currency_id.is_zero(sum(claim.line_ids.mapped("amount_payable"))):
                raise UserError(
                    self.env._(
                        "%(claim)s: nothing would be approved. Enter the approved amounts, or "
                        "refuse the claim with a reason.",
                        claim=claim.display_name,
                    )
                )

    @api.model
    def _clean_reason(self, reason):
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Give a reason: the dealer reads it."))
        return reason

    def _ask_reason(self, decision):
        """Open the dialog that asks why, for ``decision`` return, refuse or appeal."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_claim_reason_action"
        )
        wizard = self.env["aftersales.claim.reason"]
        return dict(
            action,
            name=wizard._get_decision_label(decision),
            context={"default_claim_ids": self.ids, "default_decision": decision},
        )

    def _get_review_states(self):
        """Return the states in which the company works on a claim."""
        return REVIEW_STATES

    def _get_decided_states(self):
        """Return the states in which the approved amount stands."""
        return DECIDED_STATES
