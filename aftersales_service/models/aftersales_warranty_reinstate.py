from odoo import models
from odoo.exceptions import AccessError, UserError


class AftersalesWarranty(models.Model):
    """A warranty that was voided wrongly is reinstated, by a manager and with a reason (W05)."""

    _inherit = "aftersales.warranty"

    def action_reinstate(self):
        """Open the dialog that asks why the void warranty is reinstated."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_warranty_reinstate_action"
        )
        return dict(action, context={"default_warranty_ids": self.ids})

    def _reinstate(self, reason):
        """Take void warranties back to the state that their dates give.

        :param reason: why they were voided wrongly (str)
        :raise AccessError: for users who are not service managers
        :raise UserError: without a reason, or when one is not void, its asset is not in service
            or has another warranty of the policy by now
        """
        if not self.env.su and not self.env.user.has_group(
            "aftersales_service.group_aftersales_manager"
        ):
            raise AccessError(
                self.env._("Only a service manager reinstates a warranty. Ask one to do it.")
            )
        if not (reason or "").strip():
            raise UserError(
                self.env._(
                    "%(warranty)s: give the reason for reinstating the warranty.",
                    warranty=", ".join(self.mapped("display_name")),
                )
            )
        self._check_may_reinstate()
        bodies = {
            warranty.id: self.env._(
                "Reinstated: %(reason)s (was void: %(void_reason)s)",
                reason=reason.strip(),
                void_reason=warranty.void_reason or "",
            )
            for warranty in self
        }
        self._set_state("draft", void_reason=False)
        self._message_log_batch(bodies=bodies)
        self._set_state_by_dates()
        self._start_when_due()

    def _check_may_reinstate(self):
        """Raise for the first warranty that cannot be reinstated."""
        live = self.search(
            [("asset_id", "in", self.asset_id.ids), ("state", "!=", "void")]
        ).grouped(lambda w: (w.asset_id, w.policy_id))
        for warranty in self:
            names = {"warranty": warranty.display_name, "asset": warranty.asset_id.display_name}
            if warranty.state != "void":
                raise UserError(
                    self.env._("%(warranty)s is not void: there is nothing to reinstate.", **names)
                )
            if warranty.asset_id.state not in ("draft", "in_service"):
                raise UserError(
                    self.env._(
                        "%(warranty)s: %(asset)s is not in service. Put it in service first.",
                        **names,
                    )
                )
            other = live.get((warranty.asset_id, warranty.policy_id))
            if other:
                raise UserError(
                    self.env._(
                        "%(warranty)s: %(asset)s has the warranty %(other)s of the same policy "
                        "by now. Void that one first.",
                        other=other[0].display_name,
                        **names,
                    )
                )
