from odoo import models


class AftersalesPaidRepair(models.Model):
    """What a dealer reported to have charged a customer is kept from that day; then the
    customer goes out of it, and what was charged stays (T13).
    """

    _name = "aftersales.paid.repair"
    _inherit = ["aftersales.paid.repair", "aftersales.ended.mixin"]
    _ended_states = ("reported", "accepted", "penalised", "cancelled")

    _expired_idx = models.Index(
        "(company_id, date_ended) WHERE date_anonymised IS NULL AND date_ended IS NOT NULL"
    )
