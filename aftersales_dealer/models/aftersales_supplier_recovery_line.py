from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.settlement import to_units
from ..tools.supplier_cover import answer_of

CLAIMED_FIELDS = {
    "recovery_id",
    "name",
    "kind",
    "product_id",
    "quantity",
    "amount_cost",
    "amount_claimed",
}
ANSWER_FIELDS = {"amount_accepted", "answer_reason"}


class AftersalesSupplierRecoveryLine(models.Model):
    """One cost that a supplier is asked to pay: cost → claimed → accepted → recovered (F07)."""

    _name = "aftersales.supplier.recovery.line"
    _description = "Supplier Recovery Line"
    _inherit = ["aftersales.transition.mixin"]
    _order = "recovery_id desc, id"
    _check_company_auto = True
    _guard_readonly = True
    _frozen_fields = {
        "draft": ANSWER_FIELDS,
        "sent": CLAIMED_FIELDS,
        **dict.fromkeys(("answered", "booked", "cancelled"), CLAIMED_FIELDS | ANSWER_FIELDS),
    }

    recovery_id = fields.Many2one(
        "aftersales.supplier.recovery", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="recovery_id.company_id", store=True, index=True)
    supplier_id = fields.Many2one(related="recovery_id.supplier_id", store=True, index=True)
    currency_id = fields.Many2one(related="recovery_id.currency_id", store=True)
    state = fields.Selection(related="recovery_id.state", store=True, string="Status")
    live = fields.Boolean(compute="_compute_live", store=True)
    name = fields.Char(string="Description", required=True)
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
    product_id = fields.Many2one("product.product", index="btree_not_null")
    quantity = fields.Float(digits="Product Unit", default=1.0)
    claim_line_id = fields.Many2one(
        "aftersales.claim.line", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    claim_id = fields.Many2one(
        related="claim_line_id.claim_id", string="Dealer Claim", store=True, index="btree_not_null"
    )
    part_id = fields.Many2one(
        "aftersales.part.return.line",
        string="Old Part",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    asset_id = fields.Many2one("aftersales.asset", readonly=True, index="btree_not_null")
    serial = fields.Char(related="asset_id.serial")
    date_failure = fields.Date(string="Failed on", readonly=True)
    warranty_id = fields.Many2one(
        "aftersales.supplier.warranty",
        string="Supplier's Warranty",
        readonly=True,
        index="btree_not_null",
    )
    date_due = fields.Date(string="Claim by", readonly=True)
    coverage_note = fields.Char(string="Why This Amount", readonly=True)
    amount_cost = fields.Monetary(string="Our Cost", readonly=True)
    amount_claimed = fields.Monetary(string="Claimed")
    amount_accepted = fields.Monetary(string="Accepted")
    answer_reason = fields.Char(string="Supplier's Reason")
    answer = fields.Selection(
        [("accepted", "Accepted"), ("partly", "Partly accepted"), ("refused", "Refused")],
        compute="_compute_answer",
        store=True,
    )
    amount_recovered = fields.Monetary(
        string="Recovered", compute="_compute_amount_recovered", store=True
    )

    # F07: a cost is recovered once, whoever gathers.
    _claim_line_uniq = models.UniqueIndex(
        "(claim_line_id) WHERE live IS TRUE AND claim_line_id IS NOT NULL",
        "This claim line is in a supplier recovery already.",
    )
    _part_uniq = models.UniqueIndex(
        "(part_id) WHERE live IS TRUE AND claim_line_id IS NULL AND part_id IS NOT NULL",
        "This old part is in a supplier recovery already.",
    )
    _amounts_positive = models.Constraint(
        "CHECK(amount_cost >= 0 AND amount_claimed >= 0 AND amount_accepted >= 0)",
        "Amounts of a supplier recovery cannot be negative.",
    )

    @api.depends("recovery_id.state")
    def _compute_live(self):
        for line in self:
            line.live = line.recovery_id.state != "cancelled"

    @api.depends("state", "amount_claimed", "amount_accepted", "currency_id")
    def _compute_answer(self):
        for line in self:
            line.answer = False
            if line.state in ("answered", "booked"):
                rounding = line.currency_id.rounding
                line.answer = answer_of(
                    to_units(line.amount_claimed, rounding),
                    to_units(line.amount_accepted, rounding),
                )

    @api.depends("state", "amount_accepted")
    def _compute_amount_recovered(self):
        for line in self:
            line.amount_recovered = line.amount_accepted if line.state == "booked" else 0.0

    @api.constrains("amount_accepted", "amount_claimed")
    def _check_accepted(self):
        for line in self:
            if line.currency_id.compare_amounts(line.amount_accepted, line.amount_claimed) > 0:
                raise ValidationError(
                    self.env._(
                        "%(line)s: the supplier cannot accept more than the %(claimed)s claimed.",
                        line=line.name,
                        claimed=line.currency_id.format(line.amount_claimed),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._ensure_draft()
        return lines

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        self._ensure_draft()

    def _ensure_draft(self):
        """Raise unless the recoveries of these lines may still get or lose lines."""
        self.recovery_id._ensure_state_in(("draft",), self.env._("its lines stay."))
