from odoo import models
from odoo.exceptions import UserError

from .aftersales_claim import REVIEW_STATES

APPRAISER = "aftersales_dealer.group_aftersales_appraiser"


class AftersalesClaimLine(models.Model):
    """The old part of a claim line: asked for, waived, withheld (D09, D18)."""

    _inherit = "aftersales.claim.line"

    def _filter_owed(self):
        """Return the lines whose old part was not waived."""
        return self.filtered(lambda line: line.return_state != "waived")

    def _filter_under_review(self):
        """Return the lines on whose amounts the company has still to decide."""
        return self.filtered(lambda line: line.claim_id.state in REVIEW_STATES)

    def _filter_to_ship(self):
        """Return the lines whose old part is awaited and in no shipment yet."""
        return self.filtered(
            lambda line: (
                line.return_state == "awaiting"
                # Dealers see their parts; where they are packed is asked of all.
                and not line.sudo().return_line_ids.return_id
            )
        )

    def _expect_old_parts(self):
        """Old parts that must come back and are not on their way yet are awaited from now on,
        each under its own label; those no longer required are not (D09, D18).
        """
        idle = self.filtered(lambda line: line.return_state in ("none", "awaiting"))
        required = idle.filtered("return_required")
        # Whoever submits a claim asks for its parts, whatever rights it has on them.
        parts = idle.sudo().return_line_ids
        needed = parts.filtered(lambda part: part.claim_line_id.sudo(False) in required)
        (parts - needed).filtered(lambda part: part.state != "cancelled")._move_on(
            "cancelled", "unneeded", return_id=False
        )
        needed.filtered(lambda part: part.state == "cancelled")._move_on("awaiting", "asked")
        fresh = required.filtered(lambda line: not line.sudo().return_line_ids)  # as above
        parts._ask_back([{"claim_line_id": line.id} for line in fresh])
        required._write_past_guard({"return_state": "awaiting"})
        (idle - required)._write_past_guard({"return_state": "none"})

    def action_ask_old_part(self):
        """Ask for the old parts of lines that were decided on without them (D09).

        :raise AccessError: when the user is no appraiser
        :raise UserError: for lines that are no parts, or are in a fee notice already
        """
        self.claim_id._ensure_group(APPRAISER)
        for line in self:
            if line.kind != "part" or line.return_state not in ("none", "waived"):
                raise UserError(
                    self.env._(
                        "“%(line)s” of %(claim)s has no old part that could be asked for.",
                        line=line.name,
                        claim=line.claim_id.display_name,
                    )
                )
            if line.claim_id.state not in (*REVIEW_STATES, "approved"):
                raise UserError(
                    self.env._(
                        "%(claim)s is %(state)s: its old parts can no longer be asked for.",
                        claim=line.claim_id.display_name,
                        state=line.claim_id._get_state_label(line.claim_id.state),
                    )
                )
        self._write_past_guard({"return_required": True, "return_state": "none"})
        self.sudo().return_line_ids._move_on("cancelled", "unneeded")  # asked anew below
        self._expect_old_parts()
        waiting = self.claim_id.filtered(lambda claim: claim.state in ("submitted", "appraised"))
        waiting._await_parts_again()

    def action_waive_return(self, reason=None):
        """Do without the old parts of these lines: what was withheld for them is paid again (D09).

        :param str reason: why; asked for when empty
        :raise AccessError: when the user is not an appraiser
        :raise UserError: when a line is in a settled or running fee notice
        """
        self.check_access("write")
        self.claim_id._ensure_group(APPRAISER)
        waived = self.filtered(lambda line: line.return_state in ("awaiting", "missing", "overdue"))
        if not reason:
            return self.env["aftersales.dealer.reason"]._ask(
                waived, "waive_return", self.env._("Do without the Old Part")
            )
        reason = self.claim_id._clean_reason(reason)
        parts = waived.sudo().return_line_ids  # the appraiser's right on the claim is enough
        packed = parts.filtered(lambda part: part.state == "draft")
        waived._write_past_guard({"return_state": "waived"})
        (parts - packed)._move_on("waived", "waived", note=reason)
        self.env["aftersales.part.custody"]._log(packed, "waived", reason)
        parts._give_back_amounts(self.env._("Old part waived: %s", reason))
        waived.claim_id._log_waiver(waived, reason)
        waived.claim_id._on_parts_appraised()
        return True

    def _may_be_withheld(self):
        """Whether the amount may still be taken off or given back: no fee notice has it."""
        self.ensure_one()
        return self.claim_id.state in (*REVIEW_STATES, "approved")

    def _cut_amount(self, amount, reason):
        """Propose ``amount`` only, for ``reason`` beside those given before."""
        self.ensure_one()
        reasons = [self.appraisal_reason] if self.appraisal_reason else []
        self._write_past_guard(
            {
                "amount_appraised": amount,
                "amount_approved": amount,
                "appraisal_reason": ", ".join([*reasons, reason]),
            }
        )

    def _withhold(self, reason):
        """Pay nothing for the line; what was approved before stands in the version's figures."""
        self.ensure_one()
        values = {"amount_appraised": 0.0, "amount_approved": 0.0, "appraisal_reason": reason}
        if self.claim_id.state == "approved":
            values["reason"] = reason
        self._write_past_guard(values)

    def _give_back(self, appraised, approved, reason):
        """Undo ``_withhold``: the amounts as they were, with ``reason``."""
        self.ensure_one()
        values = {
            "amount_appraised": self.currency_id.round(appraised),
            "amount_approved": self.currency_id.round(approved),
            "appraisal_reason": reason,
        }
        if self.claim_id.state == "approved":
            values["reason"] = reason
        self._write_past_guard(values)
