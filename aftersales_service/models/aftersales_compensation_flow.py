from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .aftersales_compensation import MANAGER

ADMIN = "aftersales_service.group_aftersales_admin"


class AftersalesCompensation(models.Model):
    """Proposed, decided by the centre: who may do what (X05, T08)."""

    _inherit = "aftersales.compensation"

    def action_propose(self):
        """Ask the centre to decide.

        :raise UserError: when nothing is proposed
        """
        self.check_access("write")
        self._ensure_transition("proposed")
        for compensation in self:
            if compensation.currency_id.compare_amounts(compensation.amount, 0.0) <= 0:
                raise UserError(
                    self.env._(
                        "%(compensation)s: there is no amount to propose. Enter it, or what it is "
                        "reckoned from.",
                        compensation=compensation.name,
                    )
                )
        self._set_state(
            "proposed",
            proposed_by=self.env.uid,
            date_proposed=fields.Datetime.now(),
            decided_by=False,
            date_decided=False,
            decision_reason=False,
        )
        for compensation in self.filtered("approver_id"):
            compensation.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Compensation to decide"),
                note=compensation.description,
                user_id=compensation.approver_id.id,
            )

    def action_approve(self, amount=None, reason=None):
        """Grant what was proposed, or ``amount`` (float) for ``reason`` (str); the credit note is
        drafted and the customer told.

        :raise AccessError: when the user is no service manager, or above the company's limit no
            administrator
        :raise UserError: when the user proposed it, or the amount is not positive, or differs
            from the proposal without a reason
        """
        self._ensure_group(MANAGER)
        self.check_access("write")
        self.lock_for_update()
        self._ensure_proposed()
        granted = {compensation: compensation._check_grant(amount, reason) for compensation in self}
        now = fields.Datetime.now()
        for compensation, value in granted.items():
            compensation._set_state(
                "approved",
                amount_approved=value,
                decided_by=self.env.uid,
                date_decided=now,
                decision_reason=(reason or "").strip() or False,
            )
        self._finish_activities()
        self._draft_credit_notes()
        self._tell("aftersales_service.mail_template_compensation_approved")

    def _ensure_proposed(self):
        """Raise unless each is proposed: a credit note set back to draft leads to “approved” too,
        a decision does so only once.
        """
        for compensation in self.filtered(lambda c: c.state != "proposed"):
            raise UserError(
                self.env._(
                    "%(compensation)s is %(state)s: only what is proposed is approved.",
                    compensation=compensation.name,
                    state=compensation._get_state_label(compensation.state),
                )
            )

    def _check_grant(self, amount, reason):
        """Return what is granted, after checking that the user may grant it."""
        self.ensure_one()
        granted = self.currency_id.round(self.amount if amount is None else amount)
        if self.currency_id.compare_amounts(granted, 0.0) <= 0:
            raise UserError(
                self.env._(
                    "%(compensation)s: grant a positive amount, or refuse it.",
                    compensation=self.name,
                )
            )
        if self.currency_id.compare_amounts(granted, self.amount) and not (reason or "").strip():
            raise UserError(
                self.env._(
                    "%(compensation)s: %(proposed)s was proposed. Give a reason for another "
                    "amount.",
                    compensation=self.name,
                    proposed=self.currency_id.format(self.amount),
                )
            )
        self._check_decider()
        self._check_limit(granted)
        return granted

    def _check_decider(self):
        """Raise when the user proposed it: two people see every payment."""
        if self.proposed_by == self.env.user and not self.env.su:
            raise UserError(
                self.env._(
                    "%(compensation)s: you proposed it yourself. Another manager decides.",
                    compensation=self.name,
                )
            )

    def _check_limit(self, amount):
        """Raise AccessError when ``amount`` is above what the user may grant."""
        limit = self.company_id.aftersales_compensation_limit
        company_currency = self.company_currency_id
        cost = self.currency_id._convert(
            amount, company_currency, self.company_id, fields.Date.context_today(self)
        )
        above = limit and company_currency.compare_amounts(cost, limit) > 0
        if above and not (self.env.su or self.env.user.has_group(ADMIN)):
            raise AccessError(
                self.env._(
                    "%(compensation)s: %(amount)s is above the limit of %(limit)s. A service "
                    "administrator decides.",
                    compensation=self.name,
                    amount=company_currency.format(cost),
                    limit=company_currency.format(limit),
                )
            )

    def action_approve_otherwise(self):
        """Open the dialog that grants another amount, with its reason."""
        return self._ask_reason("approve")

    def action_refuse(self, reason=None):
        """Refuse for ``reason`` (str); asks for it when empty. The customer is told, when asked
        for.
        """
        if not reason:
            return self._ask_reason("refuse")
        self._ensure_group(MANAGER)
        self.check_access("write")
        self._set_state(
            "refused",
            decided_by=self.env.uid,
            date_decided=fields.Datetime.now(),
            decision_reason=self._clean_reason(reason),
        )
        self._finish_activities()
        # What nobody asked for, the customer does not know of.
        self.filtered(lambda c: not c.clock_id)._tell(
            "aftersales_service.mail_template_compensation_refused"
        )
        return True

    def action_cancel(self, reason=None):
        """Take a proposal or a grant back for ``reason`` (str); its draft credit note is cancelled.

        Who proposed may take back what is not decided; a grant is taken back by a manager.
        """
        if not reason:
            return self._ask_reason("cancel")
        self.check_access("write")
        self.lock_for_update()
        if self.filtered(lambda c: c.state == "approved"):
            self._ensure_group(MANAGER)
        self._ensure_transition("cancelled")
        self._cancel_credit_drafts()
        self._set_state(
            "cancelled", decision_reason=self._clean_reason(reason), amount_approved=0.0
        )
        self._finish_activities()
        return True

    def action_draft(self):
        """Take a proposal back to be corrected."""
        self.check_access("write")
        self._set_state("draft")
        self._finish_activities()

    def _finish_activities(self):
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _tell(self, template_xmlid):
        """Send the decision to the customers who are to be told, in their language."""
        # sudo: the text of the mail is the company's, whatever the user may read of templates.
        template = self.env.ref(template_xmlid).sudo()
        for compensation in self.filtered(lambda c: c.tell_customer and c.partner_id.email):
            compensation.message_post_with_source(template, subtype_xmlid="mail.mt_comment")

    def _ask_reason(self, decision):
        """Open the dialog that asks why; it calls the action again."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_compensation_decide_action"
        )
        context = {"default_compensation_ids": self.ids, "default_decision": decision}
        if len(self) == 1:
            context["default_amount"] = self.amount
        return dict(action, context=context)

    @api.model
    def _clean_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Give a reason: it stays with the compensation."))
        return reason.strip()

    def _ensure_group(self, group):
        """Raise AccessError unless the user is in ``group``."""
        if not (self.env.su or self.env.user.has_group(group)):
            raise AccessError(
                self.env._(
                    "%(compensation)s: this is decided by “%(group)s”.",
                    compensation=", ".join(self.mapped("name")),
                    # sudo: the name of the group only, to tell whom to ask.
                    group=self.env.ref(group).sudo().name,
                )
            )
