from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_web_form = fields.Boolean(related="company_id.aftersales_web_form", readonly=False)
    aftersales_web_team_id = fields.Many2one(
        related="company_id.aftersales_web_team_id", readonly=False
    )
    aftersales_web_fault = fields.Boolean(related="company_id.aftersales_web_fault", readonly=False)
    aftersales_web_enquiry = fields.Boolean(
        related="company_id.aftersales_web_enquiry", readonly=False
    )
    aftersales_web_complaint = fields.Boolean(
        related="company_id.aftersales_web_complaint", readonly=False
    )
    aftersales_web_return = fields.Boolean(
        related="company_id.aftersales_web_return", readonly=False
    )
    aftersales_web_installation = fields.Boolean(
        related="company_id.aftersales_web_installation", readonly=False
    )
    aftersales_web_training = fields.Boolean(
        related="company_id.aftersales_web_training", readonly=False
    )
    aftersales_web_url = fields.Char(related="company_id.aftersales_web_url")
