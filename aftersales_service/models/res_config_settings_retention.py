from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_retention_years = fields.Integer(
        related="company_id.aftersales_retention_years", readonly=False
    )
    aftersales_anonymise = fields.Boolean(related="company_id.aftersales_anonymise", readonly=False)

    @api.onchange("aftersales_retention_years")
    def _onchange_aftersales_retention_years(self):
        years = self.company_id.aftersales_retention_years
        if self.aftersales_retention_years < years:
            return {
                "warning": {
                    "title": self.env._("A shorter term"),
                    "message": self.env._(
                        "Records older than %s years may be deleted and anonymised as soon as you "
                        "save. Check the law first; the change is logged under your name.",
                        self.aftersales_retention_years,
                    ),
                }
            }
        return None
