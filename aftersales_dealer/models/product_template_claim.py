from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    standard_hours = fields.Float(
        string="Standard Time (Hours)",
        help="For labour operations: the hours that a dealer's claim is paid at most. Zero sets "
        "no limit.",
    )
