from odoo import api, fields, models


class AftersalesSupplierWarranty(models.Model):
    """What the supplier's warranty pays, and until when it must be claimed (F07)."""

    _inherit = "aftersales.supplier.warranty"

    covers_parts = fields.Boolean(default=True)
    covers_labour = fields.Boolean(default=True)
    covers_travel = fields.Boolean(string="Covers Travel and Freight")
    handling_percent = fields.Float(
        string="Handling (%)", digits=(5, 2), aggregator=None, help="Added to the cost of parts."
    )
    claim_days = fields.Integer(
        string="Claim within (Days)",
        aggregator=None,
        help="After the repair. 0: until the warranty ends.",
    )

    _cover_positive = models.Constraint(
        "CHECK(handling_percent >= 0 AND claim_days >= 0)",
        "Handling and days of a supplier's warranty cannot be negative.",
    )

    @api.model
    def _prepare_from_receipt(self, asset, part, line, term):
        vals = super()._prepare_from_receipt(asset, part, line, term)
        return vals | {
            "covers_parts": term.warranty_covers_parts,
            "covers_labour": term.warranty_covers_labour,
            "covers_travel": term.warranty_covers_travel,
            "handling_percent": term.warranty_handling_percent,
            "claim_days": term.warranty_claim_days,
        }
