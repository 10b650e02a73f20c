from odoo import models
from odoo.fields import Domain


class AftersalesAcceptanceDocument(models.Model):
    """A signed acceptance is kept from its signing (T13)."""

    _name = "aftersales.acceptance.document"
    _inherit = ["aftersales.acceptance.document", "aftersales.retention.mixin"]
    _retention_date = "signed_on"

    def _get_record_domain(self):
        return Domain("signed_on", "!=", False) | Domain("company_signed_on", "!=", False)
