from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .aftersales_goodwill import MANAGER

ADMIN = "aftersales_service.group_aftersales_admin"


class AftersalesGoodwill(models.Model):
    """Asked, granted or refused, used: who may do what, and whether the budget allows it (W18)."""

    _inherit = "aftersales.goodwill"

    def action_request(self):
        """Ask for approval.

        :raise UserError: when nothing or no amount is asked for
        """
        self.check_access("write")
        for goodwill in self:
            goodwill._check_complete()
        self._set_state(
            "requested",
            requested_by=self.env.uid,
            date_requested=fields.Datetime.now(),
            decision_reason=False,
        )
        for goodwill in self.filtered("approver_id"):
            goodwill.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Goodwill to decide"),
                note=goodwill.description,
                user_id=goodwill.approver_id.id,
            )

    def _check_complete(self):
        self.ensure_one()
        if not (self.covers_parts or self.covers_labour or self.covers_travel):
            raise UserError(
                self.env._(
                    "%(goodwill)s: say what is granted: parts, labour or travel.",
                    goodwill=self.name,
                )
            )
        if self.currency_id.is_zero(self.amount):
            raise UserError(
                self.env._(
                    "%(goodwill)s: enter under “At Most” what it may cost.", goodwill=self.name
                )
            )

    def action_approve(self):
        """Grant the goodwill from the budget of the year; its tickets are decided anew.

        :raise AccessError: when the user is no service manager, or above the company's limit no
            administrator
        :raise UserError: when the user asked for it, there is no budget, or it is exhausted
        """
        self._approve()

    def action_approve_over_budget(self, reason=None):
        """Grant although the budget is exhausted, for ``reason`` (str); administrators only."""
        if not reason:
            return self._ask_reason("over_budget")
        self._ensure_group(ADMIN)
        self._approve(over_budget=True, decision_reason=self._clean_reason(reason))
        return True

    def _approve(self, over_budget=False, **values):
        self._ensure_group(MANAGER)
        self._ensure_transition("approved")
        for goodwill in self:
            goodwill._check_approver()
        for goodwill, budget in self._get_budgets().items():
            if not over_budget:
                goodwill._check_budget(budget)
            goodwill._set_state(
                "approved",
                approved_by=self.env.uid,
                date_approved=fields.Datetime.now(),
                budget_id=budget.id,
                **values,
            )
        self.activity_unlink(["mail.mail_activity_data_todo"])
        self._decide_tickets()

    def _get_budgets(self):
        """Return {goodwill: its budget}, held until the end of the transaction.

        :raise UserError: when there is none for this year
        """
        # Managers spend budgets; administrators set them.
        budgets = self.env["aftersales.goodwill.budget"].sudo()
        year = fields.Date.context_today(self).year
        found = {
            key: budgets._get_for(*key, year)
            for key in {(goodwill.company_id, goodwill.team_id) for goodwill in self}
        }
        for company, _team in (key for key, budget in found.items() if not budget):
            raise UserError(
                self.env._(
                    "%(company)s has no goodwill budget for %(year)s. An administrator sets it "
                    "under Configuration › Goodwill Budgets.",
                    company=company.name,
                    year=year,
                )
            )
        budgets.union(*found.values())._hold()
        return {goodwill: found[goodwill.company_id, goodwill.team_id] for goodwill in self}

    def _check_approver(self):
        """Raise unless the user may grant this: not their own wish, not above their limit."""
        self.ensure_one()
        if self.requested_by == self.env.user:
            raise UserError(
                self.env._(
                    "%(goodwill)s: you asked for it yourself. Another manager decides.",
                    goodwill=self.name,
                )
            )
        limit = self.company_id.aftersales_goodwill_limit
        above = limit and self.currency_id.compare_amounts(self.amount, limit) > 0
        if above and not self.env.user.has_group(ADMIN):
            raise AccessError(
                self.env._(
                    "%(goodwill)s: %(amount)s is above the limit of %(limit)s. A service "
                    "administrator decides.",
                    goodwill=self.name,
                    amount=self.currency_id.format(self.amount),
                    limit=self.currency_id.format(limit),
                )
            )

    def _check_budget(self, budget):
        """Raise when ``budget`` has less left than this may cost."""
        self.ensure_one()
        remaining = budget.amount_remaining
        if self.currency_id.compare_amounts(self.amount, remaining) > 0:
            raise UserError(
                self.env._(
                    "%(goodwill)s may cost %(amount)s, but %(budget)s has %(remaining)s left of "
                    "%(total)s. Grant less, raise the budget, or let an administrator approve it "
                    "over budget with a reason.",
                    goodwill=self.name,
                    amount=self.currency_id.format(self.amount),
                    budget=budget.display_name,
                    remaining=self.currency_id.format(remaining),
                    total=self.currency_id.format(budget.amount),
                )
            )

    def action_refuse(self, reason=None):
        """Refuse for ``reason`` (str); asks for it when empty."""
        if not reason:
            return self._ask_reason("refuse")
        self._ensure_group(MANAGER)
        self._set_state("refused", decision_reason=self._clean_reason(reason))
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return True

    def action_cancel(self, reason=None):
        """Take back a wish or a grant for ``reason`` (str); what was committed is free again.

        Whoever asked may take back what is not approved; a grant is taken back by a manager.
        """
        if not reason:
            return self._ask_reason("cancel")
        self.check_access("write")
        if self.filtered(lambda g: g.state == "approved"):
            self._ensure_group(MANAGER)
        self._set_state("cancelled", decision_reason=self._clean_reason(reason))
        self._decide_tickets()
        return True

    def action_draft(self):
        """Take a wish back to be corrected."""
        self.check_access("write")
        self._set_state("draft")

    def action_use(self):
        """The work is done: what it really cost replaces what was committed.

        :raise UserError: when the real cost is missing
        """
        self.check_access("write")
        for goodwill in self:
            if goodwill.currency_id.is_zero(goodwill.amount_used):
                raise UserError(
                    self.env._(
                        "%(goodwill)s: enter under “Real Cost” what was spent; cancel it when "
                        "nothing was.",
                        goodwill=goodwill.name,
                    )
                )
        self._set_state("used")

    @api.model
    def _cron_expire(self, batch_size=1000):
        """What was not used in time is free again, a month after its last day (rule 3)."""
        due = fields.Date.subtract(fields.Date.context_today(self), months=1)
        domain = [("state", "=", "approved"), ("date_end", "<", due)]
        expired = self.search(domain, limit=batch_size, order="id").try_lock_for_update()
        expired._set_state("expired")
        full = len(expired) == batch_size
        remaining = self.search_count(domain, limit=batch_size) if full else 0
        self.env["ir.cron"]._commit_progress(len(expired), remaining=remaining)

    def _decide_tickets(self):
        """Tickets, repairs… that the goodwill is for are decided anew."""
        tickets = self.ticket_id.filtered(lambda ticket: not ticket.is_closed)
        loose = self.filtered(lambda goodwill: not goodwill.ticket_id)
        if loose:
            tickets |= self.env["aftersales.ticket"].search(
                [("asset_id", "in", loose.asset_id.ids), ("is_closed", "=", False)]
            )
        tickets._decide_entitlement()
        # Goodwill was decided; its repairs are told, whoever may edit them.
        tickets.repair_ids.sudo().filtered(
            lambda repair: repair.entitlement_date and repair.state not in ("done", "cancel")
        )._decide_entitlement()

    @api.model
    def _get_form_action(self, **context):
        """Return the action that opens a new goodwill with defaults of ``context``."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask for Goodwill"),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": context,
        }

    def _ask_reason(self, decision):
        """Open the dialog that asks why; it calls the action again."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_goodwill_decide_action"
        )
        return dict(
            action, context={"default_goodwill_ids": self.ids, "default_decision": decision}
        )

    @api.model
    def _clean_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Give a reason: it stays with the goodwill."))
        return reason.strip()

    def _ensure_group(self, group):
        """Raise AccessError unless the user is in ``group``."""
        if not (self.env.su or self.env.user.has_group(group)):
            raise AccessError(
                self.env._(
                    "%(goodwill)s: this is decided by “%(group)s”.",
                    goodwill=", ".join(self.mapped("name")),
                    # The name of the group only.
                    group=self.env.ref(group).sudo().name,
                )
            )
