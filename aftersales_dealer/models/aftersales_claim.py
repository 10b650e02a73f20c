from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What the dealer says and the user signs: it no longer changes once the claim is with the company
# (J04).
DEALER_FIELDS = {
    "company_id",
    "dealer_id",
    "asset_id",
    "end_user_id",
    "ticket_id",
    "authorisation_id",
    "dealer_reference",
    "campaign_id",
    "date_failure",
    "date_repair",
    "meter",
    "trips",
    "symptom_id",
    "causal_part_id",
    "description",
    "signature",
    "signed_by",
}
EDITABLE_STATES = ("draft", "returned")
REVIEW_STATES = ("submitted", "awaiting_parts", "appraised")
DECIDED_STATES = ("approved", "noticed", "settled")


class AftersalesClaim(models.Model):
    """What a dealer asks of the company for a repair under warranty (三包索赔单, D07)."""

    _name = "aftersales.claim"
    _description = "Dealer Claim"
    _inherit = ["aftersales.dealer.document.mixin"]
    _portal_path = "/my/claims"
    _mail_post_access = "read"
    _rec_names_search = ["name", "asset_id.lot_id.name", "dealer_id.name"]
    _number_sequence = "aftersales.claim"
    _transitions = {
        "draft": ("submitted", "cancelled"),
        "submitted": (
            "returned",
            "awaiting_parts",
            "appraised",
            "approved",
            "refused",
            "cancelled",
        ),
        "returned": ("submitted", "cancelled"),
        "awaiting_parts": ("returned", "appraised", "refused", "cancelled"),
        "appraised": ("returned", "awaiting_parts", "approved", "refused", "cancelled"),
        "approved": ("noticed", "submitted"),
        "refused": ("submitted",),
        "noticed": ("settled", "approved"),
        "settled": ("noticed", "approved"),
    }
    _frozen_fields = {
        state: DEALER_FIELDS for state in (*REVIEW_STATES, *DECIDED_STATES, "refused", "cancelled")
    }

    dealer_reference = fields.Char(
        string="Dealer's Reference", copy=False, help="The dealer's own number of this repair."
    )
    asset_id = fields.Many2one(
        "aftersales.asset", index="btree_not_null", check_company=True, tracking=True
    )
    product_id = fields.Many2one(related="asset_id.product_id", store=True, index="btree_not_null")
    lot_id = fields.Many2one(
        related="asset_id.lot_id", string="Serial", store=True, index="btree_not_null"
    )
    end_user_id = fields.Many2one(
        "res.partner",
        compute="_compute_end_user_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        help="Who uses the machine and signs for the repair.",
    )
    ticket_id = fields.Many2one("aftersales.ticket", index="btree_not_null", check_company=True)
    registration_id = fields.Many2one(
        "aftersales.registration",
        compute="_compute_registration_id",
        store=True,
        index="btree_not_null",
        help="The registration card of the machine that the claim rests on.",
    )
    agreement_id = fields.Many2one(
        "aftersales.dealer.agreement",
        compute="_compute_agreement_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="The agreement in force on the day of the repair.",
    )

    date_parts_due = fields.Date(
        string="Old Parts due by",
        compute="_compute_date_parts_due",
        store=True,
        help="As the agreement says (D09).",
    )
    date_failure = fields.Date(string="Failed on", tracking=True)
    date_repair = fields.Date(string="Repaired on", tracking=True)
    meter = fields.Float(string="Meter Reading")
    trips = fields.Integer(
        default=1,
        aggregator=None,
        help="How often the dealer drove to the machine; the kilometres of all trips are claimed.",
    )
    symptom_id = fields.Many2one("aftersales.symptom", index="btree_not_null")
    cause_id = fields.Many2one(
        "aftersales.cause",
        index="btree_not_null",
        tracking=True,
        help="Found by the technical department.",
    )
    description = fields.Text(string="Fault and Repair")
    signature = fields.Image(
        string="User's Signature", copy=False, attachment=True, max_width=1024, max_height=1024
    )
    signed_by = fields.Char(copy=False, help="Name of the user who signed for the repair.")
    signed_on = fields.Datetime(readonly=True, copy=False)
    photo_ids = fields.Many2many("ir.attachment", string="Photos", copy=False)

    line_ids = fields.One2many("aftersales.claim.line", "claim_id", string="Lines", copy=True)
    check_ids = fields.One2many("aftersales.claim.check", "claim_id", string="Checks", copy=False)
    version_ids = fields.One2many(
        "aftersales.claim.version", "claim_id", string="Versions", copy=False
    )
    version = fields.Integer(
        compute="_compute_version", store=True, help="Counts submissions and appeals."
    )

    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, precompute=True, required=True
    )
    amount_claimed = fields.Monetary(compute="_compute_amounts", store=True, tracking=True)
    amount_appraised = fields.Monetary(compute="_compute_amounts", store=True)
    amount_approved = fields.Monetary(compute="_compute_amounts", store=True, tracking=True)
    amount_payable = fields.Monetary(
        string="To the Dealer",
        compute="_compute_amounts",
        store=True,
        help="The company's and the suppliers' share of the approved amount (D17).",
    )
    amount_settled = fields.Monetary(compute="_compute_amounts", store=True)
    is_partial = fields.Boolean(
        string="Partly Approved",
        compute="_compute_amounts",
        store=True,
        help="Less was approved than claimed.",
    )
    is_blocked = fields.Boolean(string="Blocked", compute="_compute_is_blocked", store=True)

    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("returned", "Returned for correction"),
            ("awaiting_parts", "Awaiting parts"),
            ("appraised", "Appraised"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("noticed", "In a notice"),
            ("settled", "Settled"),
            ("cancelled", "Withdrawn"),
        ],
        string="Status",
        required=True,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
    )
    decision_reason = fields.Text(
        readonly=True,
        copy=False,
        tracking=True,
        help="Why it was returned, refused, approved partly or appealed.",
    )
    date_submitted = fields.Datetime(
        string="Submitted on", readonly=True, copy=False, index="btree_not_null"
    )
    submitted_by = fields.Many2one("res.users", readonly=True, copy=False, index="btree_not_null")
    date_appraised = fields.Datetime(string="Appraised on", readonly=True, copy=False)
    appraised_by = fields.Many2one("res.users", readonly=True, copy=False, index="btree_not_null")
    date_approved = fields.Datetime(
        string="Decided on", readonly=True, copy=False, index="btree_not_null"
    )
    approved_by = fields.Many2one(
        "res.users", string="Decided by", readonly=True, copy=False, index="btree_not_null"
    )
    user_id = fields.Many2one(
        "res.users",
        string="In Charge",
        domain="[('share', '=', False)]",
        index="btree_not_null",
        copy=False,
        tracking=True,
        default=lambda self: False if self.env.user.share else self.env.user,
    )

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "The claim number must be unique per company."
    )
    # A spreadsheet that is sent twice makes nothing twice (D07).
    _dealer_reference_uniq = models.UniqueIndex(
        "(dealer_id, company_id, dealer_reference) WHERE dealer_reference IS NOT NULL "
        "AND dealer_reference != '' AND state != 'cancelled'",
        "The dealer has a claim with this reference already. Open that one, or choose another "
        "reference.",
    )
    _review_idx = models.Index(
        "(company_id, dealer_id) WHERE state IN ('submitted', 'awaiting_parts', 'appraised', "
        "'approved')"
    )
    # Not a number, and infinity, are numbers to PostgreSQL, and arrive through the API.
    _meter_positive = models.Constraint(
        "CHECK(meter >= 0 AND meter < 'Infinity')",
        "A meter reading is a number, zero or more.",
    )
    _trips_positive = models.Constraint(
        "CHECK(trips >= 0)", "The number of trips cannot be negative."
    )

    @api.depends("asset_id")
    def _compute_end_user_id(self):
        for claim in self:
            claim.end_user_id = claim.asset_id.partner_id or claim.end_user_id

    @api.depends("asset_id.registration_id")
    def _compute_registration_id(self):
        for claim in self:
            claim.registration_id = claim.asset_id.registration_id

    @api.depends("dealer_id", "date_repair", "company_id")
    def _compute_agreement_id(self):
        today = fields.Date.context_today(self)
        keys = {
            claim: (
                claim.dealer_id.commercial_partner_id._origin,
                claim.company_id,
                claim.date_repair or today,
            )
            for claim in self
        }
        agreements = self.env["aftersales.dealer.agreement"]._get_for(keys.values())
        for claim in self:
            claim.agreement_id = agreements[keys[claim]].id

    @api.depends("agreement_id", "date_repair")
    def _compute_date_parts_due(self):
        for claim in self:
            agreement = claim.agreement_id.sudo()  # dealers see the date, whatever else was agreed
            due = (
                claim.date_repair
                and agreement
                and agreement._get_part_return_date(claim.date_repair)
            )
            claim.date_parts_due = due

    @api.depends("agreement_id.currency_id", "company_id.currency_id")
    def _compute_currency_id(self):
        for claim in self:
            claim.currency_id = (
                # As for ``date_parts_due``: nothing but the currency is read of the agreement.
                claim.agreement_id.sudo().currency_id or claim.company_id.currency_id
            )

    @api.depends("version_ids")
    def _compute_version(self):
        for claim in self:
            claim.version = len(claim.version_ids)

    @api.depends(
        "state",
        "line_ids.amount_claimed",
        "line_ids.amount_appraised",
        "line_ids.amount_approved",
        "line_ids.amount_payable",
        "line_ids.amount_settled",
    )
    def _compute_amounts(self):
        """Totals are sums of rounded lines; a figure counts once its step was taken (D15)."""
        for claim in self:
            lines = claim.line_ids
            decided = claim.state in DECIDED_STATES
            claim.amount_claimed = sum(lines.mapped("amount_claimed"))
            claim.amount_appraised = sum(lines.mapped("amount_appraised"))
            claim.amount_approved = sum(lines.mapped("amount_approved")) if decided else 0.0
            claim.amount_payable = sum(lines.mapped("amount_payable")) if decided else 0.0
            claim.amount_settled = sum(lines.mapped("amount_settled"))
            claim.is_partial = decided and (
                claim.currency_id.compare_amounts(claim.amount_approved, claim.amount_claimed) < 0
            )

    @api.depends("check_ids.result", "check_ids.overridden", "check_ids.active")
    def _compute_is_blocked(self):
        for claim in self:
            claim.is_blocked = bool(claim._get_blocking_checks())

    @api.constrains("dealer_id")
    def _check_dealer(self):
        """Notices, agreements and the portal go by the dealer itself, not by its contacts."""
        for claim in self:
            dealer = claim.dealer_id.commercial_partner_id
            if claim.dealer_id != dealer:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(dealer)s. Choose %(dealer)s.",
                        contact=claim.dealer_id.display_name,
                        dealer=dealer.display_name,
                    )
                )

    def _get_blocking_checks(self):
        """Return the current checks that forbid approval and were not overridden."""
        return self.check_ids.filtered(
            lambda check: check.active and check.result == "block" and not check.overridden
        )

    @api.model_create_multi
    def create(self, vals_list):
        signed = [bool(vals.get("signature")) for vals in vals_list]
        claims = super().create(vals_list)
        fresh = claims.browse(
            [claim.id for claim, sign in zip(claims, signed, strict=True) if sign]
        )
        fresh._write_past_guard({"signed_on": fields.Datetime.now()})
        return claims

    def write(self, vals):
        result = super().write(vals)
        if "signature" in vals:
            signed_on = fields.Datetime.now() if vals["signature"] else False
            self._write_past_guard({"signed_on": signed_on})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        for claim in self:
            if claim.state not in ("draft", "cancelled") or claim.version:
                raise UserError(
                    self.env._(
                        "%(claim)s was submitted and is kept. Withdraw it instead of deleting it.",
                        claim=claim.display_name,
                    )
                )
