from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dealer_grade_same_user = fields.Boolean(
        related="company_id.dealer_grade_same_user", readonly=False
    )
    dealer_agreement_notice_days = fields.Integer(
        related="company_id.dealer_agreement_notice_days", readonly=False
    )
    dealer_evaluation_period = fields.Selection(
        related="company_id.dealer_evaluation_period", readonly=False, required=True
    )
    dealer_score_on_portal = fields.Boolean(
        related="company_id.dealer_score_on_portal", readonly=False
    )
    spot_check_same_user = fields.Boolean(related="company_id.spot_check_same_user", readonly=False)
