from odoo import fields, models


class AftersalesSymptom(models.Model):
    """What the customer sees: a code of the fault catalogue (T03)."""

    _name = "aftersales.symptom"
    _description = "Symptom"
    _order = "code, name, id"
    _rec_names_search = ["code", "name"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(index="btree_not_null", copy=False)
    active = fields.Boolean(default=True)
    product_category_ids = fields.Many2many("product.category", string="Product Categories")
    advice = fields.Html(
        translate=True, help="Shown to the agent on the phone: what to ask and to try first."
    )

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "There is a symptom with this code already: use another code."
    )
