from odoo import fields, models


class AftersalesCause(models.Model):
    """Who sold the machine is a dealer here (T06)."""

    _inherit = "aftersales.cause"

    responsible = fields.Selection(selection_add=[("seller", "Dealer")])


class AftersalesAttributionMixin(models.AbstractModel):
    _inherit = "aftersales.attribution.mixin"

    responsible = fields.Selection(selection_add=[("seller", "Dealer")])
