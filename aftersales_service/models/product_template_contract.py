from odoo import api, fields, models
from odoo.exceptions import ValidationError

SERVICE_TYPES = [
    ("contract", "Service contract"),
    ("extended_warranty", "Extended warranty"),
]
DURATION_UNITS = [("day", "Days"), ("month", "Months"), ("year", "Years")]
INVOICING = [
    ("advance", "In advance"),
    ("arrears", "In arrears"),
    ("once", "Once, at the start"),
]
PERIODS = [
    ("month", "Month"),
    ("quarter", "Quarter"),
    ("half_year", "Half-year"),
    ("year", "Year"),
]
ALIGNMENTS = [
    ("start", "Start of the contract"),
    ("calendar", "Calendar"),
]
STARTS = [
    ("date", "On the agreed day"),
    ("after_warranty", "When the warranty has ended"),
]


class ProductTemplate(models.Model):
    """Service contracts and extended warranties as products of a sale (W11, W12)."""

    _inherit = "product.template"

    aftersales_service_type = fields.Selection(
        SERVICE_TYPES,
        string="After-sales Service",
        index="btree_not_null",
        help="What selling this service makes: a service contract over assets, or a longer "
        "warranty of an asset. Empty: neither.",
    )
    aftersales_duration = fields.Integer(string="Contract Term", default=12)
    aftersales_duration_unit = fields.Selection(
        DURATION_UNITS, string="Unit of the Contract Term", default="month"
    )
    aftersales_start = fields.Selection(
        STARTS,
        string="Contract Starts",
        default="date",
        help="The agreed day is the one chosen on the order, else the day of the order, or of the "
        "delivery for what is delivered with it.",
    )
    aftersales_invoicing = fields.Selection(INVOICING, string="Invoicing", default="advance")
    aftersales_period = fields.Selection(PERIODS, string="Invoicing Period", default="year")
    aftersales_alignment = fields.Selection(
        ALIGNMENTS,
        string="Periods Follow",
        default="start",
        help="Calendar: the first and the last period are invoiced by the day.",
    )
    aftersales_covers_parts = fields.Boolean(string="Contract Covers Parts", default=True)
    aftersales_covers_labour = fields.Boolean(string="Contract Covers Labour", default=True)
    aftersales_covers_travel = fields.Boolean(string="Contract Covers Travel", default=True)
    aftersales_visits = fields.Integer(
        string="Included Visits per Asset", help="0: visits are not counted."
    )
    aftersales_preventive_visits = fields.Integer(
        string="Preventive Visits per Asset",
        help="How many of the visits are preventive maintenance, over the whole term.",
    )
    aftersales_preventive_note = fields.Char(
        string="Preventive Plan",
        translate=True,
        help="When the preventive visits take place, in words: quarterly, before the season…",
    )
    aftersales_notice_days = fields.Integer(
        string="Renewal Notice (days)",
        default=60,
        help="How long before the end the salesperson is reminded to offer a renewal.",
    )
    aftersales_price_change = fields.Float(string="Price Change at Renewal (%)", digits=(16, 2))
    aftersales_auto_renew = fields.Boolean(
        string="Renews by Itself",
        help="At its end the contract is renewed with the price change, unless it was cancelled.",
    )
    aftersales_sla_policy_id = fields.Many2one(
        "aftersales.sla.policy",
        string="SLA of the Contract",
        check_company=True,
        index="btree_not_null",
        help="Promised to the tickets of assets under such a contract, before any other policy.",
    )
    aftersales_measures = fields.Html(
        string="Emergency and Special Measures",
        translate=True,
        help="What the agents read when such a customer calls.",
    )
    aftersales_extended_policy_id = fields.Many2one(
        "aftersales.warranty.policy",
        string="Extends the Warranty by",
        check_company=True,
        index="btree_not_null",
        help="The terms of the extended warranty, counted from the end of the warranty before it.",
    )

    _aftersales_terms_positive = models.Constraint(
        "CHECK(aftersales_service_type IS NULL OR (aftersales_duration > 0 "
        "AND aftersales_visits >= 0 AND aftersales_preventive_visits >= 0 "
        "AND aftersales_notice_days >= 0 AND aftersales_price_change > -100))",
        "Terms of a service contract: enter a term of at least 1, no negative visits or notice "
        "days, and a price change above −100 %.",
    )

    @api.constrains("aftersales_service_type", "aftersales_extended_policy_id", "type")
    def _check_aftersales_service(self):
        for template in self.filtered("aftersales_service_type"):
            if template.type != "service":
                raise ValidationError(
                    self.env._(
                        "%(product)s: contracts and extended warranties are services. Set the "
                        "“Product Type” to Service, or leave “After-sales Service” empty.",
                        product=template.display_name,
                    )
                )
            extends = template.aftersales_service_type == "extended_warranty"
            if extends and not template.aftersales_extended_policy_id:
                raise ValidationError(
                    self.env._(
                        "%(product)s: choose the policy under “Extends the Warranty by”: its terms "
                        "are what the customer buys.",
                        product=template.display_name,
                    )
                )
