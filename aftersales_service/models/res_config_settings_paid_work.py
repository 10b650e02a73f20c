from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_currency_id = fields.Many2one(
        related="company_id.currency_id", string="After-sales Currency"
    )
    aftersales_quotation_required = fields.Boolean(
        related="company_id.aftersales_quotation_required", readonly=False
    )
    aftersales_emergency_first = fields.Boolean(
        related="company_id.aftersales_emergency_first", readonly=False
    )
    aftersales_spot_limit = fields.Monetary(
        related="company_id.aftersales_spot_limit",
        readonly=False,
        currency_field="aftersales_currency_id",
    )
    aftersales_quotation_days = fields.Integer(
        related="company_id.aftersales_quotation_days", readonly=False
    )
    aftersales_labour_product_id = fields.Many2one(
        related="company_id.aftersales_labour_product_id", readonly=False
    )
    aftersales_travel_product_id = fields.Many2one(
        related="company_id.aftersales_travel_product_id", readonly=False
    )
    aftersales_distance_product_id = fields.Many2one(
        related="company_id.aftersales_distance_product_id", readonly=False
    )
