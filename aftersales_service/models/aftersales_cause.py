from odoo import fields, models

# Who answers for a fault; our own are those that cost us and nobody else (T06, T07).
RESPONSIBLE = [
    ("design", "Design"),
    ("supplier", "Material (supplier)"),
    ("manufacturing", "Manufacturing"),
    ("installation", "Installation"),
    ("seller", "Seller"),
    ("customer", "Customer"),
    ("force_majeure", "Force majeure"),
]


class AftersalesCause(models.Model):
    """Why it failed, and who answers for it (T06)."""

    _name = "aftersales.cause"
    _description = "Cause"
    _order = "code, name, id"
    _rec_names_search = ["code", "name"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(index="btree_not_null", copy=False)
    active = fields.Boolean(default=True)
    responsible = fields.Selection(
        RESPONSIBLE,
        string="Attributed to",
    )

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "There is a cause with this code already: use another code."
    )
