from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty


class AftersalesLifeFinding(models.Model):
    """Who asks for a finding of short life, who decides, and what follows (W08)."""

    _inherit = "aftersales.life.finding"

    def action_request(self):
        """Ask the competent department to decide (W08).

        :raise UserError: when the normal life of the part is not known, or nobody says what was
            seen
        """
        self.check_access("write")
        for finding in self:
            if not finding.life_months and not finding.life_meter:
                raise finding._get_error(
                    self.env._(
                        "the normal life of the part is not known. Enter it here or in the parts "
                        "list of the machine"
                    )
                )
            if not finding.description:
                raise finding._get_error(self.env._("describe under “What Was Seen” how it failed"))
        self._set_state(
            "requested", requested_by=self.env.uid, date_requested=fields.Datetime.now()
        )
        for department, findings in self.grouped("department_id").items():
            # Who reports need not see the employees of the department.
            user = department.sudo().manager_id.user_id
            if user:
                findings.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Decide whether the part failed abnormally early"),
                    user_id=user.id,
                )

    def action_draft(self):
        """Take requests back to correct them."""
        self.check_access("write")
        self._set_state("draft")

    def action_accept(self):
        """Decide that the part failed abnormally early: its replacement is free (W08).

        :raise AccessError: when the user is no service manager
        :raise UserError: when the user requested it, the finding is not written, or the part
            lived longer than the threshold
        """
        self._check_decision()
        for finding in self.filtered(lambda f: not f.is_short):
            raise finding._get_error(
                self.env._(
                    "the part reached %(share)s %% of its normal life, and less than "
                    "%(threshold)s %% counts as abnormally short. Grant goodwill instead, or "
                    "correct the facts",
                    share=round(finding.share * 100),
                    threshold=round(finding.threshold * 100),
                )
            )
        for finding in self:
            days = finding.company_id.aftersales_short_life_days
            finding._set_state(
                "accepted",
                date_cover_end=fields.Date.add(finding.date_failed, days=days),
                **self._prepare_decision_vals(),
            )
        self._on_decided()

    def action_refuse(self):
        """Decide that the part did not fail abnormally early (W08).

        :raise AccessError: when the user is no service manager
        :raise UserError: when the user requested it or the finding is not written
        """
        self._check_decision()
        self._set_state("refused", **self._prepare_decision_vals())
        self._on_decided()

    def _check_decision(self):
        """Raise unless the user may decide, and says what was found (J01)."""
        self.check_access("write")
        if not self.env.user.has_group("aftersales_service.group_aftersales_manager"):
            raise AccessError(
                self.env._("Only a service manager decides on abnormally short life.")
            )
        for finding in self:
            finding._ensure_transition("accepted")
            if finding.requested_by == self.env.user:
                raise finding._get_error(
                    self.env._("you requested it yourself. Ask another manager to decide")
                )
            if is_html_empty(finding.finding):
                raise finding._get_error(self.env._("write down under “Finding” what was found"))

    def _prepare_decision_vals(self):
        return {"decided_by": self.env.uid, "date_decided": fields.Datetime.now()}

    def _on_decided(self):
        """Hook: the findings were decided. Their open tickets are decided anew, asset and
        requester are told.
        """
        self.activity_feedback(["mail.mail_activity_data_todo"])
        self.ticket_id.filtered(lambda t: not t.is_closed).action_check_entitlement()
        for finding in self:
            message = self.env._(
                "%(finding)s about %(part)s: %(state)s.",
                finding=finding.name,
                part=finding.product_id.display_name,
                state=finding._get_state_label(finding.state),
            )
            finding.asset_id._message_log(body=message)
            finding.message_post(body=message, partner_ids=finding.requested_by.partner_id.ids)

    def _get_error(self, problem):
        """Return the UserError that names this finding and its ``problem`` (str)."""
        self.ensure_one()
        return UserError(
            self.env._("%(finding)s: %(problem)s.", finding=self.display_name, problem=problem)
        )
