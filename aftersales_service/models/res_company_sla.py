from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_leader_ids = fields.Many2many(
        "res.users",
        "res_company_aftersales_leader_rel",
        string="Company Leaders",
        domain="[('share', '=', False)]",
        help="Are told by the last steps of an escalation. Empty: the service managers are told.",
    )
