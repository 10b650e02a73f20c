from odoo import fields, models


class ProductSupplierinfo(models.Model):
    _inherit = "product.supplierinfo"

    warranty_months = fields.Integer(
        string="Warranty (months)",
        help="What the supplier promises us from the receipt on; recorded on assets and parts.",
    )
    warranty_terms = fields.Char(help="What it covers, and what it asks for in return.")

    _warranty_positive = models.Constraint(
        "CHECK(warranty_months >= 0)", "The months of a supplier's warranty cannot be negative."
    )
