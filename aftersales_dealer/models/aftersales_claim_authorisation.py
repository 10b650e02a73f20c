from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

ASKED_FIELDS = {
    "company_id",
    "dealer_id",
    "asset_id",
    "ticket_id",
    "description",
    "causal_part_id",
    "symptom_id",
}
GRANTED_FIELDS = {"limit_kind", "amount_limit", "valid_until", "single_use"}


class AftersalesClaimAuthorisation(models.Model):
    """The company's word before an expensive repair: what may be done, up to how much, until when
    (D16).
    """

    _name = "aftersales.claim.authorisation"
    _description = "Prior Authorisation"
    _inherit = ["aftersales.dealer.document.mixin"]
    _portal_path = "/my/authorisations"
    _mail_post_access = "read"
    _rec_names_search = ["name", "asset_id.serial", "dealer_id.name"]
    _number_sequence = "aftersales.claim.authorisation"
    _transitions = {
        "draft": ("requested", "cancelled"),
        "requested": ("granted", "refused", "cancelled", "draft"),
        "granted": ("used", "expired", "cancelled"),
        "used": ("granted",),
        "expired": ("granted", "used"),
        "refused": ("draft",),
    }
    _frozen_fields = {
        "requested": ASKED_FIELDS,
        **dict.fromkeys(
            ("granted", "used", "expired", "refused", "cancelled"), ASKED_FIELDS | GRANTED_FIELDS
        ),
    }

    dealer_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        tracking=True,
        domain="[('is_dealer', '=', True)]",
        compute="_compute_dealer_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    asset_id = fields.Many2one(
        "aftersales.asset", required=True, index=True, check_company=True, tracking=True
    )
    product_id = fields.Many2one(related="asset_id.product_id", store=True, index="btree_not_null")
    serial = fields.Char(related="asset_id.serial")
    ticket_id = fields.Many2one("aftersales.ticket", index="btree_not_null", check_company=True)
    symptom_id = fields.Many2one("aftersales.symptom", index="btree_not_null")
    causal_part_id = fields.Many2one("product.product", index="btree_not_null", check_company=True)
    description = fields.Text(string="What and Why", help="The fault and the work proposed.")
    photo_ids = fields.Many2many("ir.attachment", string="Photos", copy=False)
    line_ids = fields.One2many(
        "aftersales.claim.authorisation.line", "authorisation_id", string="Lines", copy=True
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, precompute=True, required=True
    )
    amount_estimated = fields.Monetary(
        string="Estimated", compute="_compute_amount_estimated", store=True, tracking=True
    )

    limit_kind = fields.Selection(
        [("total", "In total"), ("kind", "For each kind"), ("line", "For each line listed")],
        string="Limit",
        required=True,
        default="total",
        help="In total: the sum counts. For each kind: labour, parts, … each up to what is "
        "granted. For each line listed: only these parts and operations, each up to what is "
        "granted.",
    )
    amount_limit = fields.Monetary(
        string="Granted up to", copy=False, tracking=True, help="What the job may cost at most."
    )
    valid_until = fields.Date(
        copy=False, tracking=True, help="The last day of repair that it holds for."
    )
    single_use = fields.Boolean(
        string="For One Claim",
        default=True,
        help="Used up by the first claim submitted with it. Else several claims share its amount.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Requested"),
            ("granted", "Granted"),
            ("used", "Used up"),
            ("expired", "Expired"),
            ("refused", "Refused"),
            ("cancelled", "Withdrawn"),
        ],
        string="Status",
        required=True,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
    )
    date_requested = fields.Datetime(string="Requested on", readonly=True, copy=False)
    requested_by = fields.Many2one("res.users", readonly=True, copy=False, index="btree_not_null")
    date_decided = fields.Datetime(string="Decided on", readonly=True, copy=False)
    decided_by = fields.Many2one("res.users", readonly=True, copy=False, index="btree_not_null")
    decision_reason = fields.Text(readonly=True, copy=False, tracking=True)
    user_id = fields.Many2one(
        "res.users",
        string="In Charge",
        domain="[('share', '=', False)]",
        index="btree_not_null",
        copy=False,
        default=lambda self: False if self.env.user.share else self.env.user,
    )
    claim_ids = fields.One2many("aftersales.claim", "authorisation_id", string="Claims")
    claim_count = fields.Integer(compute="_compute_used")
    amount_used = fields.Monetary(
        string="Claimed so far", compute="_compute_used", help="By claims that were sent with it."
    )
    amount_left = fields.Monetary(string="Left", compute="_compute_used")

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "The number of an authorisation must be unique per company."
    )
    _expiry_idx = models.Index("(valid_until) WHERE state = 'granted'")
    _limit_positive = models.Constraint(
        "CHECK(amount_limit >= 0)", "The amount granted cannot be negative."
    )

    @api.depends("asset_id")
    def _compute_dealer_id(self):
        for authorisation in self:
            dealer = authorisation.asset_id.dealer_id.commercial_partner_id
            authorisation.dealer_id = authorisation.dealer_id or dealer

    @api.depends("dealer_id", "company_id")
    def _compute_currency_id(self):
        today = fields.Date.context_today(self)
        keys = {
            authorisation: (
                authorisation.dealer_id._origin,
                authorisation.company_id,
                today,
            )
            for authorisation in self
        }
        agreements = self.env["aftersales.dealer.agreement"]._get_for(keys.values())
        for authorisation in self:
            agreement = agreements[keys[authorisation]]
            authorisation.currency_id = (
                agreement.currency_id or authorisation.company_id.currency_id
            )

    @api.depends("line_ids.amount_estimated")
    def _compute_amount_estimated(self):
        for authorisation in self:
            authorisation.amount_estimated = sum(authorisation.line_ids.mapped("amount_estimated"))

    @api.depends(
        "claim_ids.state", "claim_ids.amount_claimed", "claim_ids.amount_approved", "amount_limit"
    )
    def _compute_used(self):
        for authorisation in self:
            # Dealers' staff see the sum of the claims, whatever rights they have on each.
            live = authorisation.sudo().claim_ids._filter_authorised()
            # sudo: as for the sum; a number only.
            authorisation.claim_count = len(authorisation.sudo().claim_ids)
            authorisation.amount_used = sum(line._get_used_amount() for line in live.line_ids)
            authorisation.amount_left = max(
                authorisation.amount_limit - authorisation.amount_used, 0.0
            )

    @api.constrains("dealer_id", "asset_id")
    def _check_dealer(self):
        for authorisation in self:
            dealer = authorisation.dealer_id
            if dealer != dealer.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(dealer)s. Choose %(dealer)s.",
                        contact=dealer.display_name,
                        dealer=dealer.commercial_partner_id.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_requested(self):
        for authorisation in self:
            if authorisation.state != "draft" or authorisation.date_requested:
                raise UserError(
                    self.env._(
                        "%(authorisation)s was sent and is kept. Withdraw it instead.",
                        authorisation=authorisation.display_name,
                    )
                )
