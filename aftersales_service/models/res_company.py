from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_warranty_policy_id = fields.Many2one(
        "aftersales.warranty.policy",
        string="Default Warranty Policy",
        help="Used by products that become assets and have no policy of their own or of their "
        "category.",
        domain="[('company_id', 'in', (False, id))]",
    )
    aftersales_return_days = fields.Integer(
        string="Return Visit after (working days)",
        default=3,
        help="From a finished repair to the question whether the customer is satisfied.",
    )
    aftersales_callback_hours = fields.Float(
        string="Call-back after (hours)",
        default=2.0,
        help="Working hours from phone advice, or from a call nobody answered, to the next call.",
    )

    _aftersales_return_positive = models.Constraint(
        "CHECK(aftersales_return_days >= 0 AND aftersales_callback_hours >= 0)",
        "The times to a return visit cannot be negative.",
    )

    @api.constrains("aftersales_warranty_policy_id")
    def _check_aftersales_warranty_policy(self):
        for company in self:
            owner = company.aftersales_warranty_policy_id.company_id
            if owner and owner != company:
                raise ValidationError(
                    self.env._(
                        "%(company)s: the default warranty policy %(policy)s is of %(owner)s. "
                        "Choose one of this company or a shared one.",
                        company=company.display_name,
                        policy=company.aftersales_warranty_policy_id.display_name,
                        owner=owner.display_name,
                    )
                )

    def _get_aftersales_tz(self):
        """Return the name of the time zone in which the company's days begin and end."""
        self.ensure_one()
        # Who works with a company's records need not have rights on its address or calendar.
        company = self.sudo()
        return company.partner_id.tz or company.resource_calendar_id.tz or "UTC"

    def _get_aftersales_today(self):
        """Return the company's day of today (date), wherever user and server are."""
        self.ensure_one()
        return fields.Date.context_today(self.with_context(tz=self._get_aftersales_tz()))

    @api.model
    def _get_companies_by_today(self):
        """Return {day of today (date): ids of the companies where it is that day}."""
        days = defaultdict(list)
        # There are few companies, and a nightly job is for all of them.
        for company in self.search([]):  # pylint: disable=no-search-all
            days[company._get_aftersales_today()].append(company.id)
        return days

    def _get_return_visit_date(self, date):
        """Return when the customer of a repair finished at ``date`` (UTC) is asked, in working
        days (R03).
        """
        self.ensure_one()
        days = self.aftersales_return_days
        # plan_days counts the day it starts on: the day of the repair.
        planned = self.resource_calendar_id.plan_days(days + 1, date, compute_leaves=True)
        return planned or date + relativedelta(days=days)

    def _get_callback_date(self, date):
        """Return when the customer advised by phone at ``date`` (UTC) is called back (T05, R03)."""
        self.ensure_one()
        hours = self.aftersales_callback_hours
        planned = self.resource_calendar_id.plan_hours(hours, date, compute_leaves=True)
        return planned or date + relativedelta(minutes=round(hours * 60))
