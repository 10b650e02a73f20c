from odoo import fields, models


class AftersalesClaimSignalDecide(models.TransientModel):
    """Asks what was found out about signals (D19)."""

    _name = "aftersales.claim.signal.decide"
    _description = "Decision on Claim Signals"

    signal_ids = fields.Many2many("aftersales.claim.signal", string="Signals", required=True)
    decision = fields.Selection(
        [("confirmed", "Confirm"), ("dismissed", "Dismiss")], required=True, readonly=True
    )
    reason = fields.Char(required=True)

    def action_decide(self):
        """Decide with the reason given."""
        self.ensure_one()
        return self.signal_ids._decide(self.decision, self.reason)
