from odoo import fields, models


class AftersalesGoodwillReason(models.Model):
    """Why goodwill is granted, to count it by (W18)."""

    _name = "aftersales.goodwill.reason"
    _description = "Goodwill Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex("(name)", "A reason for goodwill with this name exists.")
