from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_link_days = fields.Integer(
        string="Customer Link Valid (days)",
        default=180,
        help="How long a ticket's link opens its page without login, from the day it was made.",
    )
    aftersales_link_closed_days = fields.Integer(
        string="Customer Link after Closing (days)",
        default=30,
        help="How long the link still opens the page of a closed ticket.",
    )

    _aftersales_link_days_positive = models.Constraint(
        "CHECK(aftersales_link_days > 0 AND aftersales_link_closed_days >= 0)",
        "A customer's link is valid for a day at least, and for no negative time after closing.",
    )
