from odoo import api, fields, models


class AftersalesDealerReason(models.TransientModel):
    """Handing back and supervising tickets at dealers ask in words, too (D03)."""

    _inherit = "aftersales.dealer.reason"

    operation = fields.Selection(
        selection_add=[
            ("hand_back", "Hand back"),
            ("supervise", "Supervise"),
            ("accept", "Accept"),
            ("penalise", "Charge a penalty"),
        ],
        ondelete=dict.fromkeys(("hand_back", "supervise", "accept", "penalise"), "cascade"),
    )

    @api.model
    def _get_models(self):
        return super()._get_models() | {"aftersales.dealer.dispatch", "aftersales.paid.repair"}
