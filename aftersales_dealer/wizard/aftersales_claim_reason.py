from odoo import fields, models


class AftersalesClaimReason(models.TransientModel):
    """Asks why a claim is returned, refused or appealed, or a check overridden."""

    _name = "aftersales.claim.reason"
    _description = "Reason for a Claim Decision"

    claim_ids = fields.Many2many("aftersales.claim", string="Claims", required=True)
    check_ids = fields.Many2many("aftersales.claim.check", string="Checks")
    decision = fields.Selection(
        [
            ("return", "Return for correction"),
            ("refuse", "Refuse the claim"),
            ("appeal", "Appeal"),
            ("override", "Override the check"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Text(required=True, help="The dealer reads it.")

    def _get_decision_label(self, decision):
        """Return the words for ``decision``, the headline of the dialog."""
        return dict(self._fields["decision"]._description_selection(self.env))[decision]

    def action_confirm(self):
        """Decide with the reason given."""
        self.ensure_one()
        if self.decision == "override":
            return self.check_ids.action_override(reason=self.reason)
        actions = {
            "return": self.claim_ids.action_return,
            "refuse": self.claim_ids.action_refuse,
            "appeal": self.claim_ids.action_appeal,
        }
        return actions[self.decision](reason=self.reason)
