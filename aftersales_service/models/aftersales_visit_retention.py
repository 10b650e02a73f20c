from odoo import fields, models
from odoo.fields import Domain


class AftersalesVisit(models.Model):
    """A visit is kept from the day it was done (T13)."""

    _name = "aftersales.visit"
    _inherit = ["aftersales.visit", "aftersales.retention.mixin"]
    _retention_date = "date_done"

    site_id = fields.Many2one(ondelete="restrict")

    def _get_record_domain(self):
        # What was planned and came to nothing is no record.
        begun = Domain("state", "not in", ("draft", "cancelled"))
        return begun | Domain("date_departed", "!=", False)
