from odoo import fields, models


class RatingRating(models.Model):
    """A ticket is rated once each time it ends (Q01)."""

    _inherit = "rating.rating"

    aftersales_round = fields.Integer(
        string="Time the Ticket Ended",
        readonly=True,
        help="1: the first time it ended; each reopening counts one more.",
    )
    aftersales_told = fields.Boolean(
        readonly=True, help="The team leader was told of this rating, and somebody is to call."
    )

    _aftersales_round_uniq = models.UniqueIndex(
        "(res_model, res_id, aftersales_round) WHERE aftersales_round > 0",
        "A ticket is rated once each time it ends.",
    )

    def _get_aftersales_action(self, domain):
        """Return the window action that shows the given ratings of ``domain``."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ratings"),
            "res_model": self._name,
            "view_mode": "list,form,pivot,graph",
            "domain": [("consumed", "=", True), *domain],
            "context": {"create": False},
        }
