from odoo import models


class AftersalesSpotCheck(models.Model):
    """A spot check is kept from its end; then what was said and photographed goes out of it, and
    answers, result and points stay (T13).
    """

    _name = "aftersales.spot.check"
    _inherit = ["aftersales.spot.check", "aftersales.ended.mixin"]
    _ended_states = ("done", "not_reached", "cancelled")
    _unrecorded_states = ("planned",)
    _personal_parts = {"aftersales.spot.check.line": ("check_id", {"note"})}

    _expired_idx = models.Index(
        "(company_id, date_ended) WHERE date_anonymised IS NULL AND date_ended IS NOT NULL"
    )
