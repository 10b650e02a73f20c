import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

_logger = logging.getLogger(__name__)
APPRAISER = "aftersales_dealer.group_aftersales_appraiser"


class AftersalesClaimAuthorisation(models.Model):
    """The way of an authorisation: requested, granted or refused, used up or expired (D16)."""

    _inherit = "aftersales.claim.authorisation"

    def action_request(self):
        """Ask the company for its word on the job (D16).

        :raise UserError: naming what is missing; nothing has changed then
        """
        self.check_access("write")
        for authorisation in self:
            problems = authorisation._get_request_problems()
            if problems:
                raise UserError(
                    self.env._("%(name)s cannot be sent:", name=authorisation.display_name)
                    + "".join(f"\n• {problem}" for problem in problems)
                )
        self._set_state(
            "requested",
            date_requested=fields.Datetime.now(),
            requested_by=self.env.uid,
            decision_reason=False,
        )
        for authorisation in self:
            # Unless the department changes it, what is asked for is granted.
            for line in authorisation.line_ids:
                # sudo: the user may write, see above; only appraisers type in what is granted.
                line.sudo().amount_granted = line.amount_estimated
            if not authorisation.amount_limit:
                authorisation._write_past_guard({"amount_limit": authorisation.amount_estimated})
        return True

    def action_grant(self):
        """Grant the job within the limits entered (D16).

        :raise AccessError: when the user is no appraiser
        :raise UserError: without a last day, or without an amount
        """
        self._ensure_group(APPRAISER)
        today = fields.Date.context_today(self)
        for authorisation in self:
            authorisation._ensure_grantable(today)
        self._set_state("granted", date_decided=fields.Datetime.now(), decided_by=self.env.uid)
        self._notify_dealer("aftersales_dealer.mail_template_authorisation_granted")
        return True

    def action_refuse(self, reason=None):
        """Refuse the job for ``reason`` (str), which the dealer reads; asked for when empty (D16).

        :raise AccessError: when the user is no appraiser
        """
        if not reason:
            title = self.env._("Refuse the authorisation")
            return self.env["aftersales.dealer.reason"]._ask(self, "refuse", title)
        self._ensure_group(APPRAISER)
        self._set_state(
            "refused",
            decision_reason=self.env["aftersales.claim"]._clean_reason(reason),
            date_decided=fields.Datetime.now(),
            decided_by=self.env.uid,
        )
        self._notify_dealer("aftersales_dealer.mail_template_authorisation_refused")
        return True

    def action_withdraw(self):
        """Take a request back, or revoke what was granted and is not used (D16)."""
        self.check_access("write")
        granted = self.filtered(lambda authorisation: authorisation.state == "granted")
        if granted and not self.env.user.share:
            granted._ensure_group(APPRAISER)
        self._set_state("cancelled")
        return True

    def action_draft(self):
        """Ask again after a refusal, or change a request before it is decided (D16)."""
        self.check_access("write")
        self._set_state("draft")
        return True

    def action_extend(self):
        """Let an expired authorisation hold again until the new last day (D16).

        :raise UserError: when the last day has passed
        """
        self._ensure_group(APPRAISER)
        today = fields.Date.context_today(self)
        for authorisation in self:
            authorisation._ensure_grantable(today)
        self._set_state("granted")
        return True

    def action_view_claims(self):
        """Open the claims that refer to the authorisation."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_claim_action"
        )
        return dict(action, domain=[("authorisation_id", "=", self.id)], context={})

    def _get_request_problems(self):
        """Return sentences that name what is missing before it can be sent."""
        self.ensure_one()
        problems = []
        if not (self.description or "").strip():
            problems.append(self.env._("Describe the fault and the work you propose."))
        if not self.line_ids or self.currency_id.is_zero(self.amount_estimated):
            problems.append(self.env._("Estimate what it will cost: add at least one line."))
        if not self.dealer_id.is_dealer or not self.dealer_id.active:
            problems.append(
                self.env._("“%(name)s” is not an active dealer.", name=self.dealer_id.display_name)
            )
        own = self.asset_id.dealer_id.commercial_partner_id == self.dealer_id
        if not own and not self._get_agreement().may_repair_foreign:
            problems.append(
                self.env._(
                    "This machine was not sold by this dealer. Choose a machine of the dealer."
                )
            )
        return problems

    def _get_agreement(self):
        """Return the dealer's agreement of today in superuser mode, empty when there is none."""
        self.ensure_one()
        key = (self.dealer_id, self.company_id, fields.Date.context_today(self))
        return self.env["aftersales.dealer.agreement"]._get_for([key])[key]

    def _ensure_grantable(self, today):
        """Raise unless the limits make sense: an amount, and a last day from ``today`` on."""
        self.ensure_one()
        if not self.valid_until or self.valid_until < today:
            raise UserError(
                self.env._(
                    "%(name)s: enter until when it is valid, from %(today)s on.",
                    name=self.display_name,
                    today=format_date(self.env, today),
                )
            )
        amount = self.amount_limit
        if self.limit_kind != "total":
            amount = sum(self.line_ids.mapped("amount_granted"))
        if self.currency_id.compare_amounts(amount, 0.0) <= 0:
            raise UserError(
                self.env._(
                    "%(name)s: nothing would be granted. Enter the amount, or refuse it with a "
                    "reason.",
                    name=self.display_name,
                )
            )
        if self.limit_kind != "total":
            self._write_past_guard({"amount_limit": amount})

    def _notify_dealer(self, template):
        """Tell the dealer in its language; the message stays on the authorisation."""
        template = self.env.ref(template, raise_if_not_found=False)
        if template:
            # Whoever decides need not have the right to read mail templates.
            self.message_post_with_source(template.sudo(), subtype_xmlid="mail.mt_comment")

    @api.model
    def _cron_expire(self, batch_size=200):
        """Granted authorisations whose last day has passed unused are expired (D16).

        Claims for repairs made before that day may still refer to them.
        """
        cron = self.env["ir.cron"]
        today = fields.Date.context_today(self)
        domain = [("state", "=", "granted"), ("valid_until", "<", today)]
        cron._commit_progress(remaining=self.search_count(domain))
        while due := self.search(domain, limit=batch_size, order="id"):
            # What somebody uses right now is theirs; the next run looks again.
            locked = due.try_lock_for_update()
            if not locked:
                return
            locked._set_state("expired")
            if not cron._commit_progress(len(locked)):
                return
