from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.claim_checks import release

# Who answers for the fault, by what the cause is attributed to (T06).
RESPONSIBLE_BY_CAUSE = {
    "design": "company",
    "manufacturing": "company",
    "supplier": "supplier",
    "installation": "dealer",
    "seller": "dealer",
    "customer": "customer",
    "force_majeure": "customer",
}


class AftersalesPartReturnLine(models.Model):
    """One old part with its label, what arrived of it, and the verdict on it (D09, D18)."""

    _name = "aftersales.part.return.line"
    _description = "Old Part"
    _order = "return_id, id"
    _check_company_auto = True
    _rec_name = "label"

    return_id = fields.Many2one(
        "aftersales.part.return", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="return_id.company_id", store=True, index=True)
    dealer_id = fields.Many2one(related="return_id.dealer_id", store=True, index=True)
    state = fields.Selection(related="return_id.state", string="Status", store=True)
    label = fields.Char(
        compute="_compute_label", store=True, index="btree_not_null", help="Printed on the part."
    )
    claim_line_id = fields.Many2one(
        "aftersales.claim.line",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('dealer_id', '=', dealer_id), ('return_state', '=', 'awaiting')]",
    )
    claim_id = fields.Many2one(related="claim_line_id.claim_id", store=True, index=True)
    product_id = fields.Many2one(related="claim_line_id.product_id", store=True, index=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    tracking = fields.Selection(related="product_id.tracking")
    quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_from_claim_line",
        store=True,
        readonly=False,
        precompute=True,
    )
    lot_id = fields.Many2one(
        "stock.lot",
        string="Serial",
        compute="_compute_from_claim_line",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        domain="[('product_id', '=', product_id)]",
    )
    quantity_received = fields.Float(
        string="Received",
        digits="Product Unit",
        compute="_compute_from_claim_line",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
    appraisal = fields.Selection([("usable", "Usable"), ("unusable", "Unusable")], copy=False)
    cause_id = fields.Many2one("aftersales.cause", index="btree_not_null", copy=False)
    responsible = fields.Selection(
        [
            ("company", "Company"),
            ("supplier", "Supplier"),
            ("dealer", "Dealer"),
            ("customer", "Customer"),
        ],
        compute="_compute_responsible",
        store=True,
        readonly=False,
        copy=False,
        help="Nothing is paid for a part that failed through the dealer or the customer.",
    )
    note = fields.Char(string="Finding")
    photo_ids = fields.Many2many("ir.attachment", string="Photos", copy=False)
    move_id = fields.Many2one(
        "stock.move", string="Receipt Move", readonly=True, copy=False, index="btree_not_null"
    )
    appraisal_move_id = fields.Many2one(
        "stock.move", readonly=True, copy=False, index="btree_not_null"
    )

    _claim_line_uniq = models.UniqueIndex(
        "(claim_line_id) WHERE state != 'cancelled'",
        "This old part is in a return already: open that one.",
    )
    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0 AND quantity_received >= 0)",
        "The quantity of an old part must be positive.",
    )

    @api.depends("return_id.name", "claim_line_id")
    def _compute_label(self):
        for line in self:
            line.label = f"{line.return_id.name}-{line.claim_line_id.id}"

    @api.depends("claim_line_id")
    def _compute_from_claim_line(self):
        for line in self:
            line.quantity = line.claim_line_id.quantity
            line.quantity_received = line.claim_line_id.quantity
            line.lot_id = line.claim_line_id.removed_lot_id

    @api.depends("cause_id")
    def _compute_responsible(self):
        for line in self:
            line.responsible = RESPONSIBLE_BY_CAUSE.get(
                line.cause_id.responsible, line.responsible or "company"
            )

    @api.constrains("quantity", "quantity_received", "claim_line_id")
    def _check_quantity(self):
        for line in self:
            if line.uom_id.compare(line.quantity, line.claim_line_id.quantity) > 0:
                raise ValidationError(
                    self.env._(
                        "%(part)s: no more than the %(quantity)s claimed can come back. Reduce "
                        "the quantity.",
                        part=line.product_id.display_name,
                        quantity=line.claim_line_id.quantity,
                    )
                )
            if line.uom_id.compare(line.quantity_received, line.quantity) > 0:
                raise ValidationError(
                    self.env._(
                        "%(part)s: more was received than was shipped (%(quantity)s). Correct "
                        "the quantity.",
                        part=line.product_id.display_name,
                        quantity=line.quantity,
                    )
                )

    @api.constrains("claim_line_id", "return_id")
    def _check_claim_line(self):
        for line in self:
            if line.claim_line_id.dealer_id != line.return_id.dealer_id:
                raise ValidationError(
                    self.env._(
                        "%(claim)s is another dealer's claim. Choose a claim of %(dealer)s.",
                        claim=line.claim_id.display_name,
                        dealer=line.return_id.dealer_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._ensure_states({"draft"}, lines)
        for line in lines:
            if line.claim_line_id.return_state != "awaiting":
                raise UserError(
                    self.env._(
                        "“%(line)s” of %(claim)s is not awaited back.",
                        line=line.claim_line_id.name,
                        claim=line.claim_id.display_name,
                    )
                )
        return lines

    def write(self, vals):
        frozen = {
            "shipped": {"return_id", "claim_line_id", "quantity"},
            "received": {"return_id", "claim_line_id", "quantity", "quantity_received", "lot_id"},
        }
        verdict = {"appraisal", "cause_id", "responsible", "note"}
        frozen["appraised"] = frozen["cancelled"] = frozen["received"] | verdict
        for state, names in frozen.items():
            if names & vals.keys():
                self._ensure_states(
                    {"draft", "shipped", "received"} - {state},
                    self.filtered(lambda line, state=state: line.state == state),
                )
        self._ensure_typed(vals)
        if verdict - {"note"} & vals.keys() and not self.env.su:
            self.env["aftersales.claim"]._ensure_group(
                "aftersales_dealer.group_aftersales_appraiser"
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        self._ensure_states({"draft", "cancelled"}, self)

    def _ensure_typed(self, names):
        """Raise when a client sends what is worked out or set by the transfer."""
        for name in names:
            field = self._fields.get(name)
            if field and field.store and field.readonly and not self.env.su:
                raise UserError(
                    self.env._(
                        "“%(field)s” of an old part is not typed in.",
                        field=field.get_description(self.env)["string"],
                    )
                )

    def _ensure_states(self, states, lines):
        for line in lines:
            if line.state not in states:
                raise UserError(
                    self.env._(
                        "%(part_return)s is %(state)s: this can no longer be changed.",
                        part_return=line.return_id.display_name,
                        state=line.return_id._get_state_label(line.state),
                    )
                )

    def _filter_arrived(self):
        """Return the lines of which something arrived."""
        return self.filtered(lambda line: line.uom_id.compare(line.quantity_received, 0.0) > 0)

    def _ensure_serials(self):
        for line in self._filter_arrived():
            if line.tracking != "none" and not line.lot_id:
                raise UserError(
                    self.env._(
                        "%(part)s has serials: enter the serial of the old part that arrived.",
                        part=line.product_id.display_name,
                    )
                )

    def _ensure_verdicts(self):
        for line in self:
            if not line.appraisal:
                raise UserError(
                    self.env._(
                        "%(label)s %(part)s: decide whether the part is usable or unusable.",
                        label=line.label,
                        part=line.product_id.display_name,
                    )
                )

    def _mark_missing(self):
        """Nothing arrived: the claim lines lose their proposal, an appraiser may waive the part.

        What was decided on without the part stands.
        """
        owed = self.claim_line_id._filter_owed()
        owed._write_past_guard({"return_state": "missing"})
        owed._filter_under_review()._write_past_guard(
            {
                "amount_appraised": 0.0,
                "amount_approved": 0.0,
                "appraisal_reason": self.env._("The old part did not arrive."),
            }
        )

    def _release_amounts(self):
        """The verdict releases, cuts or refuses the amount proposed for the claim line (D18)."""
        for line in self:
            claim_line = line.claim_line_id._filter_owed()._filter_under_review()
            if not claim_line:  # decided already
                continue
            at_fault = line.responsible in ("dealer", "customer")
            amount = claim_line.currency_id.round(
                release(
                    claim_line.amount_appraised,
                    claim_line.quantity,
                    line.quantity_received,
                    at_fault,
                )
            )
            if claim_line.currency_id.compare_amounts(amount, claim_line.amount_appraised) == 0:
                continue
            reasons = filter(
                None, [claim_line.appraisal_reason, line._get_release_reason(at_fault)]
            )
            claim_line._write_past_guard(
                {
                    "amount_appraised": amount,
                    "amount_approved": amount,
                    "appraisal_reason": ", ".join(reasons),
                }
            )

    def _get_release_reason(self, at_fault):
        self.ensure_one()
        if at_fault:
            labels = dict(self._fields["responsible"]._description_selection(self.env))
            return self.env._(
                "Appraisal: answered for by the %(who)s", who=labels[self.responsible].lower()
            )
        return self.env._(
            "%(received)s of %(quantity)s old parts arrived",
            received=self.quantity_received,
            quantity=self.claim_line_id.quantity,
        )
