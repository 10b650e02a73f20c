from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

MONTHS = [
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]
SETTLEMENT_METHODS = [
    ("credit_note", "Credit note"),
    ("vendor_bill", "Dealer's vendor bill, set off"),
    ("journal_entry", "Journal entry"),
]
# Once the agreement is in force its terms stand: changed terms are a new agreement (J04).
SIGNED_TERMS = {
    "dealer_id",
    "company_id",
    "currency_id",
    "date_start",
    "labour_rate",
    "travel_basis",
    "travel_rate",
    "travel_limit",
    "labour_by_grade",
    "travel_by_grade",
    "confirmation_by_grade",
    "auto_limit_by_grade",
    "part_price_basis",
    "part_price_markup",
    "claim_deadline_days",
    "authorisation_threshold",
    "registration_days",
    "part_return_mode",
    "part_return_days",
    "part_return_month_1",
    "part_return_day_1",
    "part_return_month_2",
    "part_return_day_2",
    "season_end_month",
    "season_end_day",
    "season_count",
    "season_return_days",
    "confirmation_days",
    "silence_confirms",
    "settlement_method",
    "deposit_required",
}


class AftersalesDealerAgreement(models.Model):
    """What a dealer and the company agreed: where, what, rates, deadlines, settlement (D01)."""

    _name = "aftersales.dealer.agreement"
    _description = "Dealer Agreement"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_start desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "reference", "dealer_id.name"]
    _number_sequence = "aftersales.dealer.agreement"
    _transitions = {
        "draft": ("running", "cancelled"),
        "running": ("expired", "cancelled"),
        "expired": ("running",),
    }
    _frozen_fields = {
        "running": SIGNED_TERMS,
        "expired": SIGNED_TERMS,
        "cancelled": SIGNED_TERMS | {"date_end"},
    }

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    dealer_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
        domain="[('is_dealer', '=', True)]",
        ondelete="restrict",
    )
    reference = fields.Char(string="Dealer's Reference", index="trigram", copy=False)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        index="btree_not_null",
    )
    date_start = fields.Date(
        string="From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_end = fields.Date(
        string="Until", tracking=True, copy=False, help="Empty: until it is cancelled."
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Running"),
            ("expired", "Expired"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
    )
    cancel_reason = fields.Char(readonly=True, copy=False, tracking=True)

    country_ids = fields.Many2many("res.country", string="Countries")
    state_ids = fields.Many2many(
        "res.country.state", string="Provinces", help="Empty: everywhere in the countries above."
    )
    product_category_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="Empty: all products, with their subcategories.",
    )
    may_sell = fields.Boolean(string="Sells", default=True)
    may_install = fields.Boolean(string="Installs and Commissions", default=True)
    may_repair = fields.Boolean(string="Repairs under Warranty", default=True)
    may_repair_foreign = fields.Boolean(
        string="Repairs What Other Dealers Sold",
        help="Machines that another dealer sold may be claimed, too.",
    )

    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    labour_rate = fields.Monetary(string="Labour Rate per Hour", tracking=True)
    travel_basis = fields.Selection(
        [("km", "Per km"), ("hour", "Per hour"), ("trip", "Per trip")],
        required=True,
        default="km",
        tracking=True,
        help="What a travel line of a claim counts.",
    )
    travel_rate = fields.Monetary(tracking=True)
    travel_limit = fields.Float(
        string="Travel up to",
        digits=(16, 1),
        tracking=True,
        aggregator=None,
        help="Most km, hours or trips that one claim may have. Zero: no limit.",
    )
    part_price_basis = fields.Selection(
        [("list_price", "Sales price"), ("cost", "Cost"), ("cost_markup", "Cost plus mark-up")],
        required=True,
        default="cost",
        tracking=True,
        help="What the dealer is refunded for a part that was fitted under warranty.",
    )
    part_price_markup = fields.Float(
        string="Mark-up (%)", digits=(16, 2), tracking=True, aggregator=None
    )
    deposit_required = fields.Monetary(string="Deposit Agreed", tracking=True)

    registration_days = fields.Integer(
        string="Registration within (days)",
        default=lambda self: self.env.company.dealer_registration_days,
        aggregator=None,
        help="Days after the sale to the end user within which the registration card is in.",
    )
    claim_deadline_days = fields.Integer(
        string="Claim within (days)",
        default=lambda self: self.env.company.dealer_claim_deadline_days,
        aggregator=None,
        help="Days after the repair within which it is claimed.",
    )
    part_return_mode = fields.Selection(
        [
            ("windows", "By two dates a year"),
            ("truck", "With any delivery truck"),
            ("days", "Within days after the repair"),
        ],
        string="Old Parts Come Back",
        required=True,
        default="windows",
    )
    part_return_month_1 = fields.Selection(MONTHS, string="First Date: Month", default="6")
    part_return_day_1 = fields.Integer(string="First Date: Day", default=30, aggregator=None)
    part_return_month_2 = fields.Selection(MONTHS, string="Second Date: Month", default="12")
    part_return_day_2 = fields.Integer(string="Second Date: Day", default=31, aggregator=None)
    part_return_days = fields.Integer(
        string="Return within (days)",
        default=60,
        aggregator=None,
        help="Days after the repair. Where parts come back with any delivery truck, this is the "
        "last day they may wait for one: later they are overdue.",
    )
    confirmation_days = fields.Integer(
        string="Confirmation within (days)",
        default=lambda self: self.env.company.dealer_confirmation_days,
        aggregator=None,
        help="Days after a fee notice was issued within which the dealer confirms or disputes it.",
    )
    silence_confirms = fields.Boolean(
        help="A notice that is not disputed in time counts as confirmed."
    )
    settlement_method = fields.Selection(
        SETTLEMENT_METHODS, required=True, default="credit_note", tracking=True
    )
    terms = fields.Html(string="Further Terms")

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "The agreement number must be unique per company."
    )
    # Two sessions that start overlapping agreements at once both pass the Python check.
    _running_excl = models.Constraint(
        "EXCLUDE USING gist (int4range(dealer_id, dealer_id, '[]') WITH &&,"
        " int4range(company_id, company_id, '[]') WITH &&,"
        " daterange(date_start, date_end, '[]') WITH &&) WHERE (state = 'running')",
        "The dealer has a running agreement over this time already: end that one first.",
    )
    _dates_ordered = models.Constraint(
        "CHECK(date_end IS NULL OR date_end >= date_start)",
        "An agreement cannot end before it starts: correct “From” or “Until”.",
    )
    _numbers_positive = models.Constraint(
        "CHECK(labour_rate >= 0 AND travel_rate >= 0 AND travel_limit >= 0 AND "
        "part_price_markup >= 0 AND "
        "deposit_required >= 0)",
        "Rates, mark-up and deposit of an agreement cannot be negative.",
    )
    # More would end in days that no calendar has.
    _days_range = models.Constraint(
        "CHECK(registration_days BETWEEN 0 AND 3650 AND claim_deadline_days BETWEEN 0 AND 3650"
        " AND confirmation_days BETWEEN 0 AND 3650 AND part_return_days BETWEEN 0 AND 3650)",
        "The days of an agreement are between 0 and 3650 (ten years).",
    )

    @api.depends("name", "dealer_id")
    def _compute_display_name(self):
        for agreement in self:
            name = self.env._("New") if agreement.name == "/" else agreement.name
            agreement.display_name = f"{name} {agreement.dealer_id.name or ''}".strip()

    @api.constrains("dealer_id")
    def _check_dealer(self):
        for agreement in self:
            if not agreement.dealer_id.is_dealer:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s: %(partner)s is not a dealer. Tick “Dealer” on the contact "
                        "first.",
                        agreement=agreement.name,
                        partner=agreement.dealer_id.display_name,
                    )
                )

    @api.constrains("date_start", "date_end")
    def _check_dates(self):
        for agreement in self:
            if agreement.date_end and agreement.date_end < agreement.date_start:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s: “Until” (%(end)s) is before “From” (%(start)s). Correct "
                        "one of them.",
                        agreement=agreement.display_name,
                        end=format_date(self.env, agreement.date_end),
                        start=format_date(self.env, agreement.date_start),
                    )
                )

    @api.constrains(
        "part_return_mode", "part_return_day_1", "part_return_day_2", "part_return_days"
    )
    def _check_part_return_days(self):
        for agreement in self.filtered(lambda a: a.part_return_mode != "windows"):
            if agreement.part_return_days < 1:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s: “Return within” is at least one day. Without a last day "
                        "no old part would ever be overdue.",
                        agreement=agreement.display_name,
                    )
                )
        for agreement in self.filtered(lambda a: a.part_return_mode == "windows"):
            if not all(
                1 <= day <= 31 for day in (agreement.part_return_day_1, agreement.part_return_day_2)
            ):
                raise ValidationError(
                    self.env._(
                        "%(agreement)s: the day of a part-return date is between 1 and 31 (the "
                        "last day of a shorter month counts).",
                        agreement=agreement.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        started = self.filtered(lambda a: a.state not in ("draft", "cancelled"))
        if started:
            raise UserError(
                self.env._(
                    "%(agreement)s is in use and is kept. Cancel it instead of deleting it.",
                    agreement=started[0].display_name,
                )
            )
