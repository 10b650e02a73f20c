from odoo import fields, models


class AftersalesGoodwillDecide(models.TransientModel):
    """Asks why goodwill is refused, cancelled, or granted over the budget (W18)."""

    _name = "aftersales.goodwill.decide"
    _description = "Decide on Goodwill"

    goodwill_ids = fields.Many2many("aftersales.goodwill", required=True)
    decision = fields.Selection(
        [
            ("refuse", "Refuse"),
            ("cancel", "Cancel the goodwill"),
            ("over_budget", "Approve over budget"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Char(required=True)

    def action_decide(self):
        """Do what was decided, with the reason."""
        self.ensure_one()
        decide = {
            "refuse": self.goodwill_ids.action_refuse,
            "cancel": self.goodwill_ids.action_cancel,
            "over_budget": self.goodwill_ids.action_approve_over_budget,
        }[self.decision]
        decide(reason=self.goodwill_ids._clean_reason(self.reason))
        return {"type": "ir.actions.act_window_close"}
