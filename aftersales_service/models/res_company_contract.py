from odoo import fields, models


class ResCompany(models.Model):
    """How a company handles its service contracts (W11)."""

    _inherit = "res.company"

    aftersales_post_contract_invoices = fields.Boolean(
        string="Post Contract Invoices",
        help="Invoices of service contracts are posted at once; otherwise they are drafts for the "
        "accountant.",
    )
    aftersales_auto_credit_contracts = fields.Boolean(
        string="Credit Assets That Leave",
        help="New contracts draft the credit note by themselves when an asset leaves.",
    )
    aftersales_contract_accountant_id = fields.Many2one(
        "res.users",
        string="Accountant for Contracts",
        domain="[('share', '=', False)]",
        help="Is asked to credit and to invoice again; the salesperson when empty.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_post_contract_invoices = fields.Boolean(
        related="company_id.aftersales_post_contract_invoices", readonly=False
    )
    aftersales_auto_credit_contracts = fields.Boolean(
        related="company_id.aftersales_auto_credit_contracts", readonly=False
    )
    aftersales_contract_accountant_id = fields.Many2one(
        related="company_id.aftersales_contract_accountant_id", readonly=False
    )
