from odoo import fields, models


class AftersalesSymptom(models.Model):
    """What whoever repairs this must be able to do (T10)."""

    _inherit = "aftersales.symptom"

    skill_need_ids = fields.One2many(
        "aftersales.skill.need", "symptom_id", string="Skills Needed", copy=True
    )
