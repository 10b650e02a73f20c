from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .aftersales_dealer_charge import MANAGER


class AftersalesSpotCheck(models.Model):
    """Finishing spot checks, and what follows for claim, money and grade (D10, D11)."""

    _inherit = "aftersales.spot.check"

    currency_id = fields.Many2one(related="company_id.currency_id")
    claim_state = fields.Selection(related="claim_id.state", string="Claim Status")
    penalty_amount = fields.Monetary(
        copy=False, tracking=True, help="What the dealer is to pay for what was found."
    )
    penalty_state = fields.Selection(
        [("proposed", "Proposed"), ("approved", "Approved"), ("rejected", "Rejected")],
        string="Penalty",
        readonly=True,
        copy=False,
        tracking=True,
    )
    penalty_proposed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    penalty_decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    # Below zero it would be paid to the dealer.
    _penalty_positive = models.Constraint(
        "CHECK(penalty_amount >= 0)", "The amount of a penalty cannot be negative."
    )

    def write(self, vals):
        if "penalty_amount" in vals and "approved" in self.mapped("penalty_state"):
            raise UserError(
                self.env._("%s: the penalty was approved and stays.", self[:1].display_name)
            )
        result = super().write(vals)
        if "penalty_amount" in vals:
            # Who changes the amount proposes it: another manager decides on it.
            changed = self.filtered(lambda check: check.penalty_state == "proposed")
            changed._write_past_guard({"penalty_proposed_by_id": self.env.uid})
        return result

    def action_done(self):
        """Finish checks: what was found is told to claim and dealer score, and stays (D10).

        :raise UserError: when an answer, or the explanation of a finding, is missing
        """
        self.check_access("write")
        for check in self:
            names = {"check": check.display_name}
            open_lines = check.line_ids.filtered(lambda line: not line.answer)
            if open_lines:
                raise UserError(
                    self.env._(
                        "%(check)s: answer “%(question)s”.",
                        question=open_lines[0].question,
                        **names,
                    )
                )
            if not check.result:
                raise UserError(self.env._("%(check)s: choose the result.", **names))
            if check.result != "confirmed" and not (check.summary or "").strip():
                raise UserError(self.env._("%(check)s: write down what was found.", **names))
        self._set_state("done", date_done=fields.Datetime.now(), done_by_id=self.env.uid)
        self.activity_feedback(["mail.mail_activity_data_todo"])
        self._tell_claims()

    def action_not_reached(self, reason=None):
        """Nobody was reached: the claim or user may be drawn again; asks for the attempts."""
        if not reason:
            return self.env["aftersales.dealer.reason"]._ask(
                self, "not_reached", self.env._("What Was Tried")
            )
        self.check_access("write")
        self._set_state("not_reached", end_reason=reason)
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return None

    def action_plan_again(self):
        """Try again to reach somebody."""
        self.check_access("write")
        self._set_state("planned", end_reason=False)

    def action_cancel(self, reason=None):
        """Do without planned checks, by a dealer manager with a reason."""
        if not reason:
            return self.env["aftersales.dealer.reason"]._ask(
                self, "cancel", self.env._("Cancel Spot Check")
            )
        self.env["aftersales.notice"]._check_groups(MANAGER)
        self._set_state("cancelled", end_reason=reason)
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return None

    def _tell_claims(self):
        """Write what was found to the claims, and ask whoever is in charge to look at it."""
        for check in self.filtered("claim_id"):
            claim = check.claim_id.sudo()  # the rep has no rights on claims
            claim.message_post(body=check._get_finding_text(), subtype_xmlid="mail.mt_note")
            if check.result != "confirmed" and claim.user_id:
                claim.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Spot check %s found something", check.name),
                    user_id=claim.user_id.id,
                )

    def _get_finding_text(self):
        """Return what was found, for the claim's history and for proposals."""
        self.ensure_one()
        labels = dict(self._fields["result"]._description_selection(self.env))
        head = self.env._(
            "Spot check %(check)s: %(result)s", check=self.name, result=labels[self.result]
        )
        findings = [
            f"{line.finding} ({line.note})" if line.note else line.finding
            for line in self.line_ids.filtered("is_finding")
        ]
        items = Markup("").join(Markup("<li>%s</li>") % text for text in findings)
        return Markup("<b>%s</b><br/>%s<ul>%s</ul>") % (head, self.summary or "", items)

    # -- what follows -----------------------------------------------------------------------------

    def _ensure_found(self):
        """Raise unless the checks are done and found something."""
        for check in self:
            if check.state != "done" or check.result not in ("deviation", "fraud"):
                raise UserError(
                    self.env._(
                        "%(check)s has found nothing that this could follow from.",
                        check=check.display_name,
                    )
                )

    def action_return_to_review(self):
        """Bring the claim that was approved back under review, for what was found (D10).

        :raise UserError: when the claim is under review already, or in a notice
        """
        self.env["aftersales.notice"]._check_groups(MANAGER)
        self._ensure_found()
        for check in self:
            claim = check.claim_id
            if claim.state != "approved":
                raise UserError(
                    self.env._(
                        "%(claim)s is %(state)s: only an approved claim that is in no notice yet "
                        "comes back under review. Propose a penalty instead.",
                        claim=claim.display_name or self.env._("The claim"),
                        state=claim._get_state_label(claim.state) if claim else "–",
                    )
                )
            claim._submit({claim: "spot_check"}, check.summary)

    def action_propose_penalty(self):
        """Propose that the dealer pays for what was found (D10, D11)."""
        self.env["aftersales.notice"]._check_groups(
            "aftersales_dealer.group_aftersales_dealer_user"
        )
        self._ensure_found()
        self._ensure_penalty()
        for check in self:
            if check.penalty_state == "approved":
                raise UserError(
                    self.env._("%s: the penalty was approved already.", check.display_name)
                )
        self._write_past_guard(
            {"penalty_state": "proposed", "penalty_proposed_by_id": self.env.uid}
        )

    def _ensure_penalty(self):
        """Raise unless there is an amount to be paid."""
        for check in self:
            if check.currency_id.compare_amounts(check.penalty_amount, 0.0) <= 0:
                raise UserError(
                    self.env._("%s: enter the amount of the penalty.", check.display_name)
                )

    def action_approve_penalty(self):
        """Approve penalties: they come into the dealers' next fee notices (F06).

        :raise AccessError: when the user is not a dealer manager, or checked or proposed it
        """
        self._check_may_decide_penalty()
        self._ensure_penalty()
        self._write_past_guard({"penalty_state": "approved", "penalty_decided_by_id": self.env.uid})
        self.env["aftersales.dealer.charge"]._create_charges(
            [check._prepare_penalty_vals() for check in self]
        )

    def action_reject_penalty(self):
        """Do without proposed penalties."""
        self._check_may_decide_penalty()
        self._write_past_guard({"penalty_state": "rejected", "penalty_decided_by_id": self.env.uid})

    def _check_may_decide_penalty(self):
        self.env["aftersales.notice"]._check_groups(MANAGER)
        for check in self:
            if check.penalty_state != "proposed":
                raise UserError(self.env._("%s: no penalty is proposed.", check.display_name))
            same_allowed = check.company_id.sudo().spot_check_same_user  # one yes or no
            if not same_allowed and self.env.user in (
                check.done_by_id | check.penalty_proposed_by_id
            ):
                raise AccessError(
                    self.env._(
                        "%(check)s: you checked it or proposed the penalty, so another dealer "
                        "manager has to decide. A setting of the company can allow it.",
                        check=check.display_name,
                    )
                )

    def _prepare_penalty_vals(self):
        """Return the values of the charge for the penalty; negative, as the dealer owes it."""
        self.ensure_one()
        about = self.claim_id.name or self.registration_id.name
        return {
            "res_model": self._name,
            "res_id": self.id,
            "kind": "penalty",
            "dealer_id": self.dealer_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "date": fields.Date.context_today(self),
            "amount": -self.penalty_amount,
            "description": self.env._(
                "Penalty after spot check %(check)s of %(about)s", check=self.name, about=about
            ),
        }

    def action_propose_downgrade(self):
        """Open a proposal of another grade, with what was found as its reason (D11)."""
        self.ensure_one()
        self._ensure_found()
        action = self.dealer_id.action_change_dealer_grade()
        reason = self.env._(
            "Spot check %(check)s: %(summary)s", check=self.name, summary=self.summary
        )
        return dict(action, context={**action["context"], "default_reason": reason})
