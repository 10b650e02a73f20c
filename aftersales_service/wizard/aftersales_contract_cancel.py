from odoo import api, fields, models


class AftersalesContractCancel(models.TransientModel):
    """Asks when and why contracts end, and whether to credit the rest (W11)."""

    _name = "aftersales.contract.cancel"
    _description = "Cancel Service Contract"

    contract_ids = fields.Many2many("aftersales.contract", required=True)
    date = fields.Date(string="Last Day of Cover", required=True, default=fields.Date.context_today)
    reason = fields.Char(required=True)
    credit = fields.Boolean(
        string="Draft the Credit Note",
        default=True,
        help="For what is invoiced beyond the last day, by the day.",
    )
    has_invoices = fields.Boolean(compute="_compute_has_invoices")

    @api.depends("contract_ids")
    def _compute_has_invoices(self):
        for wizard in self:
            wizard.has_invoices = any(wizard.contract_ids.mapped("invoice_count"))

    def action_cancel(self):
        """Cancel the contracts with date and reason."""
        self.ensure_one()
        self.contract_ids.action_cancel(date=self.date, reason=self.reason, credit=self.credit)
        return {"type": "ir.actions.act_window_close"}
