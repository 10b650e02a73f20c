from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_collection_journal_id = fields.Many2one(
        related="company_id.aftersales_collection_journal_id", readonly=False
    )
