from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_authorisation_threshold = fields.Monetary(
        related="company_id.aftersales_authorisation_threshold",
        readonly=False,
        currency_field="company_currency_id",
    )
    aftersales_claim_photo_kinds = fields.Selection(
        related="company_id.aftersales_claim_photo_kinds", readonly=False
    )
    aftersales_claim_appeals = fields.Integer(
        related="company_id.aftersales_claim_appeals", readonly=False
    )
