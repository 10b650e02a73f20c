from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date


class AftersalesRegistration(models.Model):
    """Whether a card came in time, by the agreement of the day, and counts for claims (D02)."""

    _inherit = "aftersales.registration"

    agreement_id = fields.Many2one(
        "aftersales.dealer.agreement",
        compute="_compute_agreement",
        store=True,
        index="btree_not_null",
        help="In force on the day of the sale.",
    )
    registration_days = fields.Integer(compute="_compute_agreement", store=True, aggregator=None)
    date_deadline = fields.Date(string="Register by", compute="_compute_date_deadline", store=True)
    late = fields.Boolean(
        compute="_compute_late", store=True, help="Registered after the agreed days."
    )
    days_late = fields.Integer(compute="_compute_late", store=True, aggregator="avg")
    late_warning = fields.Char(
        compute="_compute_late_warning", help="What handing the card in today would mean."
    )
    override_reason = fields.Char(
        string="Accepted Late because", readonly=True, copy=False, tracking=True
    )
    override_user_id = fields.Many2one(
        "res.users", string="Accepted Late by", readonly=True, copy=False
    )
    override_date = fields.Datetime(string="Accepted Late on", readonly=True, copy=False)
    counts_for_claims = fields.Boolean(
        string="Counts for Claims",
        compute="_compute_counts_for_claims",
        store=True,
        help="Registered in time, or accepted late by an authorised person.",
    )

    @api.depends("dealer_id", "company_id", "date_sale")
    def _compute_agreement(self):
        keys = {
            r: (r.dealer_id._origin or r.dealer_id, r.company_id, r.date_sale)
            for r in self
            if r.date_sale
        }
        agreements = self.env["aftersales.dealer.agreement"]._get_for(keys.values())
        for registration in self:
            agreement = agreements[keys[registration]] if registration in keys else False
            registration.agreement_id = agreement
            registration.registration_days = (
                agreement.registration_days
                if agreement
                else registration.company_id.dealer_registration_days
            )

    @api.depends("date_sale", "registration_days")
    def _compute_date_deadline(self):
        for registration in self:
            registration.date_deadline = (
                registration.date_sale
                and registration.date_sale + timedelta(days=registration.registration_days)
            )

    @api.depends("date_registered", "date_deadline")
    def _compute_late(self):
        for registration in self:
            days = 0
            if registration.date_registered and registration.date_deadline:
                days = (registration.date_registered - registration.date_deadline).days
            registration.days_late = max(days, 0)
            registration.late = days > 0

    @api.depends("state", "date_sale", "date_deadline", "date_registered")
    def _compute_late_warning(self):
        today = fields.Date.context_today(self)
        for registration in self:
            day, deadline = registration.date_registered or today, registration.date_deadline
            late = registration.state == "draft" and deadline and day > deadline
            registration.late_warning = late and self._get_late_warning(deadline, day)

    @api.model
    def _get_late_warning(self, deadline, day):
        """Return what it means that a card comes on ``day``, after its ``deadline`` (dates)."""
        return self.env._(
            "The sale was to be registered by %(deadline)s: the card comes %(days)s days late, and "
            "claims for this machine are refused unless a dealer manager accepts the delay.",
            deadline=format_date(self.env, deadline),
            days=(day - deadline).days,
        )

    @api.model
    def _warn_late(self, dealer, values):
        """Return the warning when the sale of ``values`` would be registered late today, else an
        empty string: also when it cannot be registered at all (D02).
        """
        [(vals, error, late)] = self._judge_sales([values], dealer)
        if error or not late:
            return ""
        today = fields.Date.context_today(self)
        return self._get_late_warning(today - timedelta(days=late), today)

    @api.depends("state", "late", "override_date")
    def _compute_counts_for_claims(self):
        for registration in self:
            in_time = not registration.late or bool(registration.override_date)
            registration.counts_for_claims = registration.state == "registered" and in_time
