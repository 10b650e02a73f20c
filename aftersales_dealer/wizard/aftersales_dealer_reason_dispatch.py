from odoo import api, fields, models


class AftersalesDealerReason(models.TransientModel):
    """Handing back and supervising tickets at dealers ask in words, too (D03)."""

    _inherit = "aftersales.dealer.reason"

    operation = fields.Selection(
        selection_add=[("hand_back", "Hand back"), ("supervise", "Supervise")],
        ondelete={"hand_back": "cascade", "supervise": "cascade"},
    )

    @api.model
    def _get_models(self):
        return super()._get_models() | {"aftersales.dealer.dispatch"}
