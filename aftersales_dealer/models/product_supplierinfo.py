from odoo import fields, models


class ProductSupplierinfo(models.Model):
    """What the vendor's warranty pays; copied to the warranty when goods arrive (F07, W19)."""

    _inherit = "product.supplierinfo"

    warranty_covers_parts = fields.Boolean(default=True)
    warranty_covers_labour = fields.Boolean(default=True)
    warranty_covers_travel = fields.Boolean(string="Warranty Covers Travel and Freight")
    warranty_handling_percent = fields.Float(
        string="Warranty Handling (%)", digits=(5, 2), help="Added to the cost of parts."
    )
    warranty_claim_days = fields.Integer(
        string="Warranty: Claim within (Days)",
        help="After the repair. 0: until the warranty ends.",
    )

    _warranty_cover_positive = models.Constraint(
        "CHECK(warranty_handling_percent >= 0 AND warranty_claim_days >= 0)",
        "Handling and days of a vendor's warranty cannot be negative.",
    )
