from odoo import api, fields, models


class AftersalesAdvanceRecover(models.TransientModel):
    """Shows how much comes back from where, in the order of the recourse, and takes it (F05)."""

    _name = "aftersales.advance.recover"
    _description = "Take Advance Compensation Back"

    advance_id = fields.Many2one("aftersales.advance", required=True)
    currency_id = fields.Many2one(related="advance_id.company_currency_id")
    amount_unclaimed = fields.Monetary(related="advance_id.amount_unclaimed")
    deposit_balance = fields.Monetary(compute="_compute_sources", string="In the Deposit")
    deductible = fields.Monetary(compute="_compute_sources", string="Coming in the Next Notice")
    amount_deposit = fields.Monetary(
        string="From the Deposit", compute="_compute_plan", store=True, readonly=False
    )
    amount_deduction = fields.Monetary(
        string="Deducted in the Next Notice", compute="_compute_plan", store=True, readonly=False
    )
    amount_debit = fields.Monetary(
        string="On a Debit Note Now",
        compute="_compute_plan",
        store=True,
        readonly=False,
        help="Lower it to zero to wait for later deposits and notices.",
    )
    reason = fields.Char(help="Needed only for another order.")

    @api.depends("advance_id")
    def _compute_sources(self):
        for wizard in self:
            advance = wizard.advance_id
            dealer = advance.dealer_id
            wizard.deposit_balance = dealer._get_deposit_balances(advance.company_id).get(dealer)
            wizard.deductible = advance._get_deductible() if advance else 0.0

    @api.depends("advance_id")
    def _compute_plan(self):
        for wizard in self:
            plan = wizard.advance_id._get_recourse_plan() if wizard.advance_id else {}
            for kind in ("deposit", "deduction", "debit"):
                wizard[f"amount_{kind}"] = plan.get(kind, 0.0)

    def action_apply(self):
        """Take the amounts back from the dealer."""
        self.ensure_one()
        amounts = {kind: self[f"amount_{kind}"] for kind in ("deposit", "deduction", "debit")}
        self.advance_id._recover(amounts, reason=self.reason)
        return {"type": "ir.actions.act_window_close"}
