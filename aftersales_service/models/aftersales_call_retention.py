from odoo import models


class AftersalesCall(models.Model):
    """The list of calls is a record too, with numbers and names: each is kept from its ringing
    (T13).
    """

    _name = "aftersales.call"
    _inherit = ["aftersales.call", "aftersales.retention.mixin"]
    _retention_date = "date_ringing"
    _personal_links = ("partner_id",)

    _expired_idx = models.Index("(company_id, date_ringing) WHERE date_anonymised IS NULL")
