from datetime import timedelta

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
    aftersales_rating_ask = fields.Boolean(
        string="Ask for Ratings",
        default=True,
        help="Customers are asked by mail to rate closed tickets; teams may differ.",
    )
    aftersales_rating_delay = fields.Float(
        string="Ask for a Rating after (hours)",
        default=2.0,
        help="From closing to the mail; reopened meanwhile, nobody is asked.",
    )
    aftersales_rating_days = fields.Integer(
        string="Rating Changeable (days)",
        default=14,
        help="How long after closing a ticket may be rated, and the rating changed.",
    )
    aftersales_rating_unhappy = fields.Integer(
        string="Unhappy up to",
        default=2,
        help="A rating (of 5) up to this makes a call on the next working day and tells the team "
        "leader. 0: never.",
    )

    _aftersales_rating_range = models.Constraint(
        "CHECK(aftersales_rating_delay >= 0 AND aftersales_rating_days >= 1 "
        "AND aftersales_rating_unhappy BETWEEN 0 AND 5)",
        "Ratings: the hours cannot be negative, a day at least is left, and the limit is 0 to 5.",
    )
    _aftersales_link_days_positive = models.Constraint(
        "CHECK(aftersales_link_days > 0 AND aftersales_link_closed_days >= 0)",
        "A customer's link is valid for a day at least, and for no negative time after closing.",
    )

    def _get_next_working_day(self, date):
        """Return when the working day after ``date`` ends (datetimes in UTC)."""
        self.ensure_one()
        # plan_days counts the day it starts on.
        planned = self.resource_calendar_id.plan_days(2, date, compute_leaves=True)
        return planned or date + timedelta(days=1)
