from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_goodwill_limit = fields.Monetary(
        string="Goodwill Limit of Managers",
        help="Above it, a service administrator approves goodwill; 0 means no limit.",
    )
