from odoo import fields, models
from odoo.fields import Domain


class AftersalesReturnVisit(models.Model):
    """A return visit is kept from the day it was done (T13)."""

    _name = "aftersales.return.visit"
    _inherit = ["aftersales.return.visit", "aftersales.retention.mixin"]
    _retention_date = "date_done"

    ticket_id = fields.Many2one(ondelete="restrict")
    visit_id = fields.Many2one(ondelete="restrict")

    def _get_record_domain(self):
        return Domain("state", "=", "done") | Domain("attempts", ">", 0)
