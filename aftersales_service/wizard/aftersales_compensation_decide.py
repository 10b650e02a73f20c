from odoo import fields, models


class AftersalesCompensationDecide(models.TransientModel):
    """Asks why a compensation is refused, cancelled, reversed, or granted otherwise (X05)."""

    _name = "aftersales.compensation.decide"
    _description = "Decide on Compensation"

    compensation_ids = fields.Many2many("aftersales.compensation", required=True)
    decision = fields.Selection(
        [
            ("approve", "Approve another amount"),
            ("refuse", "Refuse"),
            ("cancel", "Cancel the compensation"),
            ("reverse", "Reverse the credit note"),
        ],
        required=True,
        readonly=True,
    )
    currency_id = fields.Many2one(related="compensation_ids.currency_id")
    amount = fields.Monetary()
    reason = fields.Char(required=True)

    def action_decide(self):
        """Do what was decided, with the reason."""
        self.ensure_one()
        compensations = self.compensation_ids
        reason = compensations._clean_reason(self.reason)
        if self.decision == "approve":
            compensations.action_approve(amount=self.amount, reason=reason)
        else:
            decide = {
                "refuse": compensations.action_refuse,
                "cancel": compensations.action_cancel,
                "reverse": compensations.action_reverse,
            }[self.decision]
            decide(reason=reason)
        return {"type": "ir.actions.act_window_close"}
