from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_issue_event = fields.Selection(
        related="company_id.aftersales_issue_event", readonly=False
    )
    aftersales_issue_duration = fields.Integer(
        related="company_id.aftersales_issue_duration", readonly=False
    )
    aftersales_issue_unit = fields.Selection(
        related="company_id.aftersales_issue_unit", readonly=False
    )
    aftersales_issue_user_id = fields.Many2one(
        related="company_id.aftersales_issue_user_id", readonly=False
    )
