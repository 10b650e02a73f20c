from odoo import models


class AftersalesClaimAuthorisation(models.Model):
    """A prior authorisation is kept from its end; limits, dates and the decision stay (T13)."""

    _name = "aftersales.claim.authorisation"
    _inherit = ["aftersales.claim.authorisation", "aftersales.ended.mixin"]
    _ended_states = ("used", "expired", "refused", "cancelled")

    _expired_idx = models.Index(
        "(company_id, date_ended) WHERE date_anonymised IS NULL AND date_ended IS NOT NULL"
    )
