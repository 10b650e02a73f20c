from odoo import api, fields, models


class AftersalesClaim(models.Model):
    """What the resolver decided about the failure a claim is for, kept as it was decided (W07)."""

    _name = "aftersales.claim"
    _inherit = ["aftersales.claim", "aftersales.entitlement.mixin"]

    causal_part_id = fields.Many2one(
        "product.product",
        compute="_compute_causal_part_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
        help="The part that failed first: labour, travel and freight are covered as it is.",
    )

    @api.depends("ticket_id")
    def _compute_causal_part_id(self):
        for claim in self:
            # Dealers need not see the ticket that the claim is for; only the part is taken over.
            claim.causal_part_id = claim.ticket_id.sudo().part_id or claim.causal_part_id

    def _prepare_entitlement_question(self):
        """Ask about the day of the failure, the meter, the causal part and the symptom."""
        self.ensure_one()
        if not self.asset_id:
            return None
        return {
            "asset": self.asset_id,
            "date": self.date_failure or self.date_repair,
            "part": self.causal_part_id,
            "meter": self.meter or None,
            "symptom": self.symptom_id,
            "ticket": self.ticket_id,
            # What the technician found on the ticket counts for the claim too.
            "exclusion": self.ticket_id.sudo().exclusion,
        }
