from odoo import api, models


class AftersalesSlaSweep(models.Model):
    """Claims have clocks, too (S06, S08)."""

    _inherit = "aftersales.sla.sweep"

    @api.model
    def _get_document_models(self):
        return [*super()._get_document_models(), "aftersales.claim"]
