from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dealer_registration_days = fields.Integer(
        related="company_id.dealer_registration_days", readonly=False
    )
    dealer_claim_deadline_days = fields.Integer(
        related="company_id.dealer_claim_deadline_days", readonly=False
    )
    dealer_confirmation_days = fields.Integer(
        related="company_id.dealer_confirmation_days", readonly=False
    )
