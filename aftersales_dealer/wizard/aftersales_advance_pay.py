from odoo import fields, models


class AftersalesAdvancePay(models.TransientModel):
    """Asks through which journal consumers are paid (F05)."""

    _name = "aftersales.advance.pay"
    _description = "Pay Advance Compensation"

    advance_ids = fields.Many2many("aftersales.advance", required=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: (
            self.env["aftersales.advance"]
            .browse(self.env.context.get("default_advance_ids", []))
            .company_id[:1]
        ),
    )
    journal_id = fields.Many2one(
        "account.journal",
        required=True,
        domain="[('type', 'in', ('bank', 'cash')), ('company_id', '=', company_id)]",
    )
    date = fields.Date(required=True, default=fields.Date.context_today)

    def action_apply(self):
        """Pay them."""
        self.ensure_one()
        self.advance_ids.action_pay(journal=self.journal_id, date=self.date)
        return {"type": "ir.actions.act_window_close"}
