from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.aftersales_service.tools.snapshot import touch

from .aftersales_claim import EDITABLE_STATES, REVIEW_STATES

# Only code in this process can hold this object: a client cannot send it in a context.
_BY_ACTION = object()
CLAIMED_FIELDS = {
    "claim_id",
    "kind",
    "operation_id",
    "product_id",
    "lot_id",
    "removed_lot_id",
    "name",
    "quantity",
    "price_unit",
    "return_required",
}
DECISION_FIELDS = {"amount_appraised", "appraisal_reason", "amount_approved", "reason"}
# Who pays is said when the claim is entered for the dealer, and decided under review (D17).
PAYER_FIELDS = {
    "share_company",
    "share_supplier",
    "share_dealer",
    "share_customer",
    "supplier_id",
    "payer_reason",
}
SYSTEM_FIELDS = {"return_state", "amount_settled", "payer_source"}


class AftersalesClaimLine(models.Model):
    """One thing claimed, with its figures side by side: claimed → appraised → approved → settled
    (D15).
    """

    _name = "aftersales.claim.line"
    _description = "Dealer Claim Line"
    _order = "claim_id, sequence, id"
    _check_company_auto = True

    claim_id = fields.Many2one("aftersales.claim", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related="claim_id.company_id", store=True, index=True)
    dealer_id = fields.Many2one(related="claim_id.dealer_id", store=True, index=True)
    asset_id = fields.Many2one(related="claim_id.asset_id", store=True, index="btree_not_null")
    date_repair = fields.Date(related="claim_id.date_repair", store=True)
    currency_id = fields.Many2one(related="claim_id.currency_id")
    claim_state = fields.Selection(related="claim_id.state", string="Claim Status", store=True)
    kind = fields.Selection(
        [
            ("labour", "Labour"),
            ("part", "Part"),
            ("travel", "Travel"),
            ("freight", "Freight"),
            ("other", "Other"),
        ],
        required=True,
        default="part",
    )
    product_id = fields.Many2one("product.product", index="btree_not_null", check_company=True)
    lot_id = fields.Many2one(
        "stock.lot",
        string="Serial Fitted",
        index="btree_not_null",
        check_company=True,
        domain="[('product_id', '=', product_id)]",
        help="Serial of the new part that was fitted.",
    )
    removed_lot_id = fields.Many2one(
        "stock.lot",
        string="Serial Removed",
        index="btree_not_null",
        check_company=True,
        domain="[('product_id', '=', product_id)]",
        help="Serial of the old part that was taken out and comes back.",
    )
    name = fields.Char(
        string="Description",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    quantity = fields.Float(
        digits="Product Unit", default=1.0, required=True, help="Hours for labour, km for travel."
    )
    price_unit = fields.Float(
        string="Unit Price",
        digits="Product Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        help="Taken from the dealer's agreement; a higher price is found by the checks.",
    )
    amount_claimed = fields.Monetary(
        string="Claimed", compute="_compute_amount_claimed", store=True
    )
    amount_appraised = fields.Monetary(
        string="Appraised",
        copy=False,
        help="Proposed by the checks and the appraisal of the old part.",
    )
    appraisal_reason = fields.Char(copy=False)
    amount_approved = fields.Monetary(string="Approved", copy=False)
    reason = fields.Char(copy=False, help="Why less, or more, than the claimed amount is approved.")
    amount_settled = fields.Monetary(string="Settled", copy=False, readonly=True)
    return_required = fields.Boolean(
        string="Old Part Back",
        compute="_compute_return_required",
        store=True,
        readonly=False,
        help="The replaced part is to be returned and appraised before the claim is decided.",
    )
    return_state = fields.Selection(
        [
            ("none", "Not required"),
            ("awaiting", "Awaiting"),
            ("in_transit", "In transit"),
            ("received", "Received"),
            ("appraised", "Appraised"),
            ("missing", "Missing"),
            ("overdue", "Not returned in time"),
            ("waived", "Waived"),
        ],
        string="Old Part",
        default="none",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    return_line_ids = fields.One2many(
        "aftersales.part.return.line", "claim_line_id", string="Part Returns"
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity of a claim line must be positive."
    )
    _price_positive = models.Constraint(
        "CHECK(price_unit >= 0)", "The price of a claim line cannot be negative."
    )
    _duplicate_idx = models.Index(
        "(asset_id, product_id) WHERE product_id IS NOT NULL AND asset_id IS NOT NULL"
    )

    @api.depends("kind", "product_id")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for line in self:
            if line.product_id:
                line.name = line.product_id.display_name
            else:
                line.name = line.name or kinds[line.kind]

    @api.depends("kind", "product_id", "claim_id.agreement_id")
    def _compute_price_unit(self):
        tariffs = self._get_tariffs()
        for line in self:
            line.price_unit = tariffs.get(line, line.price_unit)

    @api.depends("quantity", "price_unit", "currency_id")
    def _compute_amount_claimed(self):
        for line in self:
            amount = line.quantity * line.price_unit
            line.amount_claimed = line.currency_id.round(amount) if line.currency_id else amount

    @api.depends("kind", "product_id")
    def _compute_return_required(self):
        for line in self:
            line.return_required = line.kind == "part" and line.product_id.type == "consu"

    @api.onchange("amount_appraised")
    def _onchange_amount_appraised(self):
        self.amount_approved = self.amount_appraised

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if self._is_guarded():
            # What the lines hold now, as defaults of the context count, too.
            decided = {
                name
                for name in DECISION_FIELDS | SYSTEM_FIELDS
                if any(line[name] and line[name] not in ("none", "standard") for line in lines)
            }
            typed = set().union(*vals_list) - SYSTEM_FIELDS
            lines._ensure_may_write(CLAIMED_FIELDS | decided | self._filter_worked_out(typed))
        return lines

    def write(self, vals):
        if self._is_guarded():
            self._ensure_may_write(set(vals))
            if "amount_appraised" in vals:
                vals = {"amount_approved": vals["amount_appraised"], **vals}
            if PAYER_FIELDS & vals.keys():
                vals = {**vals, "payer_source": "manual"}
        result = super().write(vals)
        if "claim_id" in vals and self._is_guarded():
            self._ensure_may_write(CLAIMED_FIELDS)  # of the claim that the lines came to
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self._ensure_may_write(CLAIMED_FIELDS)
        for line in self:
            if line.return_line_ids.return_id:
                raise UserError(
                    self.env._(
                        "“%(line)s”: its old part is in the return %(part_return)s, so the line "
                        "stays.",
                        line=line.name,
                        part_return=line.return_line_ids.return_id[:1].display_name,
                    )
                )

    @api.model
    def _filter_worked_out(self, names):
        """Return those of ``names`` that are computed and stored: no client writes them."""
        if self.env.su:
            return set()
        return {
            name
            for name in names
            if name in self._fields and self._fields[name].store and self._fields[name].readonly
        }

    def _is_guarded(self):
        return self.env.context.get("aftersales_claim_line_action") is not _BY_ACTION

    def _write_past_guard(self, values):
        """Write what the guard refuses to clients: for action methods, after their own checks."""
        self.with_context(aftersales_claim_line_action=_BY_ACTION).write(values)

    def _ensure_may_write(self, names):
        """Raise when the state of a claim or the user's role does not allow to change the fields
        ``names``.
        """
        if names & SYSTEM_FIELDS or self._filter_worked_out(names):
            raise UserError(
                self.env._(
                    "Old part status, totals and settled amount follow from the documents and are "
                    "not typed in."
                )
            )
        if names & PAYER_FIELDS and set(self.claim_id.mapped("state")) - set(EDITABLE_STATES):
            names = names | DECISION_FIELDS
        if names & DECISION_FIELDS:
            touch(self.claim_id)  # against an approval at the same moment
            self._ensure_states(REVIEW_STATES, self.env._("decided only while it is under review"))
            if not self.env.user.has_group("aftersales_dealer.group_aftersales_appraiser"):
                raise AccessError(
                    self.env._(
                        "Only an appraiser decides on the amounts of a claim. Ask one to review it."
                    )
                )
        if names & CLAIMED_FIELDS:
            self._ensure_states(
                EDITABLE_STATES,
                self.env._("changed only as a draft or when it was returned for correction"),
            )

    def _ensure_states(self, states, what):
        for claim in self.claim_id:
            if claim.state not in states:
                raise UserError(
                    self.env._(
                        "%(claim)s is %(state)s: its lines are %(what)s.",
                        claim=claim.display_name,
                        state=claim._get_state_label(claim.state),
                        what=what,
                    )
                )

    def _get_tariffs(self):
        """Return {line: unit price that its dealer's agreement grants}; lines it does not speak
        of are left out.
        """
        tariffs = {}
        today = fields.Date.context_today(self)
        for claim, lines in self.grouped("claim_id").items():
            # Rates decide on claims of users who need not see agreements.
            agreement = claim.agreement_id.sudo()
            if not agreement:
                continue
            parts = lines.filtered(lambda line: line.kind == "part" and line.product_id)
            prices = agreement._get_part_prices(parts.product_id, claim.date_repair or today)
            for line in lines:
                if line in parts:
                    tariffs[line] = prices[line.product_id._origin]
                elif line.kind in ("labour", "travel"):
                    tariffs[line] = (
                        agreement.labour_rate if line.kind == "labour" else agreement.travel_rate
                    )
        return tariffs

    def _get_outstanding_returns(self):
        """Return the lines whose old part has still to come, or to be appraised."""
        return self.filtered(
            lambda line: line.return_state in ("awaiting", "in_transit", "received")
        )
