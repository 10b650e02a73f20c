from odoo import models


class AftersalesAdvance(models.Model):
    """An advance compensation is kept from its payment or refusal. The consumer stays named for
    the accounts; what was said and the evidence go, amounts and entries stay (T13).
    """

    _name = "aftersales.advance"
    _inherit = ["aftersales.advance", "aftersales.ended.mixin"]
    _ended_states = ("paid", "refused", "reversed", "cancelled")
    _personal_parts = {"aftersales.advance.recourse": ("advance_id", {"reason"})}

    _expired_idx = models.Index(
        "(company_id, date_ended) WHERE date_anonymised IS NULL AND date_ended IS NOT NULL"
    )
