from odoo import api, fields, models


class AftersalesDealerReason(models.TransientModel):
    """A prior authorisation is refused with a reason (D16)."""

    _inherit = "aftersales.dealer.reason"

    operation = fields.Selection(
        selection_add=[("refuse", "Refuse")], ondelete={"refuse": "cascade"}
    )

    @api.model
    def _get_models(self):
        return super()._get_models() | {"aftersales.claim.authorisation"}
