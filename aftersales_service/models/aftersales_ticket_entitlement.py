from odoo import api, fields, models

from .aftersales_asset_entitlement import EXCLUSIONS


class AftersalesTicket(models.Model):
    """What was decided about who pays, when it was decided, and why (W07, T03)."""

    _name = "aftersales.ticket"
    _inherit = ["aftersales.ticket", "aftersales.entitlement.mixin"]

    exclusion = fields.Selection(
        EXCLUSIONS,
        tracking=True,
        help="Found by the technician: makes the service paid, whatever the warranty says.",
    )
    part_id = fields.Many2one(
        "product.product",
        string="Failed Part",
        index="btree_not_null",
        help="Wear parts have terms of their own.",
    )

    @api.model
    def _get_entitlement_triggers(self):
        """Names of the fields whose change asks the resolver anew."""
        return {"asset_id", "date_failure", "meter", "exclusion", "part_id", "symptom_id"}

    def _prepare_entitlement_question(self):
        self.ensure_one()
        if not self.asset_id:
            return None
        opened = fields.Datetime.context_timestamp(self, self.date_open)
        return {
            "asset": self.asset_id,
            "date": self.date_failure or opened.date(),
            "part": self.part_id,
            "exclusion": self.exclusion,
            "meter": self.meter or None,
            "symptom": self.symptom_id,
            "ticket": self._origin,
        }
