from odoo import api, fields, models
from odoo.fields import Domain

OVER = ("draft", "refused", "settled", "cancelled")
WITH_DEALER = ("returned", "awaiting_parts")
UNPAID = ("approved", "noticed")
QUIET_MOVE = ("approved", "noticed")


class AftersalesClaim(models.Model):
    """What a dealer is promised for a claim: an answer, a decision, the money (S08)."""

    _name = "aftersales.claim"
    _inherit = ["aftersales.claim", "aftersales.sla.mixin"]
    _sla_clock_field = "claim_id"

    clock_ids = fields.One2many("aftersales.sla.clock", "claim_id", string="SLA Clocks", copy=False)

    def write(self, vals):
        before = {claim: claim.state for claim in self} if "state" in vals else {}
        result = super().write(vals)
        # Going into a notice moves no clock: the money is waited for as before.
        moved = self.filtered(
            lambda c: before.get(c, c.state) != c.state and (before[c], c.state) != QUIET_MOVE
        )
        if moved:
            moved._follow_sla(before)
        return result

    def _follow_sla(self, before):
        """Let the clocks follow the claims to their new state; ``before`` is {claim: state}."""
        submitted = self.filtered(lambda c: c.state == "submitted")
        submitted.filtered(lambda c: before[c] == "draft")._start_sla()
        appealed = submitted.filtered(lambda c: before[c] in ("refused", "approved"))
        if appealed:
            appealed._cancel_sla("pay", self.env._("The decision is contested."))
            appealed._restart_sla(("answer", "decide"))
        answered = self.filtered(lambda c: c.state in ("returned", "appraised"))
        if answered:
            answered._reach_sla("answer")
        decided = self.filtered(lambda c: c.state in ("approved", "refused"))
        if decided:
            decided._reach_sla("decide")
        unpaid = self.filtered(
            lambda c: c.state == "approved" or (before[c], c.state) == ("settled", "noticed")
        )
        if unpaid:
            unpaid._promise_payment()
        settled = self.filtered(lambda c: c.state == "settled")
        if settled:
            settled._reach_sla("pay")
        cancelled = self.filtered(lambda c: c.state == "cancelled")
        if cancelled:
            cancelled._get_open_clocks()._cancel(self.env._("The claim was withdrawn."))
        self.filtered("sla_date_checked")._sync_sla_pauses()

    def _promise_payment(self):
        """The claims are approved: from now on they wait for their money; again when a settlement
        was reversed.
        """
        # sudo: whoever decides need not read clocks.
        known = self.filtered("sla_date_checked").sudo()
        again = known.filtered(
            lambda c: any(
                clock.kind == "pay" and clock.state != "cancelled" for clock in c.clock_ids
            )
        )
        again._restart_sla(("pay",))
        (known - again)._refresh_sla(self.env._("The claim is approved."))

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        author = message.author_id
        public = (
            message.message_type == "comment"
            and message.subtype_id
            and (not message.subtype_id.internal)
        )
        if public and author and not author.partner_share:
            self._reach_sla("answer", message.date)
        return result

    @api.model
    def _get_sla_open_domain(self):
        return Domain("state", "not in", OVER) & Domain("sla_date_checked", "!=", False)

    def _is_sla_live(self):
        self.ensure_one()
        return self.state not in OVER

    def _get_sla_date_open(self):
        self.ensure_one()
        return self.date_submitted

    def _get_sla_start(self, kind, start):
        if kind == "pay":
            return self.state in UNPAID and self.date_approved
        return super()._get_sla_start(kind, start)

    def _get_sla_calendar(self):
        self.ensure_one()
        return self.company_id.resource_calendar_id

    def _is_sla_paused(self, target):
        """What the dealer keeps us waiting for is not our delay."""
        self.ensure_one()
        waits = self.state in WITH_DEALER and target.kind != "pay"
        return waits and target.pause_in_waiting

    @api.model
    def _get_sla_implied(self):
        return {"decide": ("answer",), "pay": ("answer", "decide")}

    def _get_needless_kinds(self):
        self.ensure_one()
        return {"answer", "decide"} if self.state in UNPAID else set()

    def _prepare_sla_clock_vals(self):
        vals = super()._prepare_sla_clock_vals()
        return {**vals, "partner_id": self.dealer_id.id, "user_id": self.user_id.id}

    def _get_sla_people(self):
        """In charge, appraiser, dealer managers, and the head of the department in charge."""
        self.ensure_one()
        group = self.env.ref("aftersales_dealer.group_aftersales_dealer_manager")
        root = self.env.ref("base.user_root")
        managers = group.all_user_ids.filtered(lambda u: self.company_id in u.company_ids) - root
        plain = managers.filtered(lambda u: not u.has_group("base.group_system"))
        employee = self.user_id.with_company(self.company_id).employee_id
        return {
            "agent": self.user_id,
            "technician": self.appraised_by - root,
            "leader": plain or managers,
            "head": employee.department_id.manager_id.user_id,
        }

    def _hand_over_sla(self, user):
        others = self.filtered(lambda claim: claim.user_id != user)
        others.with_context(mail_auto_subscribe_no_notify=True).write({"user_id": user.id})
