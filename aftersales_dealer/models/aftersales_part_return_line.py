from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.aftersales_service.models.aftersales_guard_mixin import _TRANSITION

STATES = [
    ("awaiting", "Awaited"),
    ("draft", "Packed"),
    ("shipped", "In transit"),
    ("received", "To appraise"),
    ("appraised", "Appraised"),
    ("missing", "Missing"),
    ("overdue", "Not returned in time"),
    ("waived", "Waived"),
    ("cancelled", "Not needed"),
]
# What people may change of a part, by where it is; all else is set by the buttons.
AT_SENDER = {"return_id", "box_id", "quantity", "lot_id"}
EDITABLE = {
    "awaiting": AT_SENDER,
    "draft": AT_SENDER,
    "shipped": {"quantity_received", "lot_id", "damaged", "box_id"},
    "received": {
        "appraisal",
        "cause_id",
        "responsible",
        "supplier_id",
        "release_percent",
        "note",
        "photo_ids",
        "damaged",
    },
}
GUARDED = set().union(*EDITABLE.values()) | {"claim_line_id"}


class AftersalesPartReturnLine(models.Model):
    """One old part, from the day it is asked for to the shelf it ends on (D09, D18).

    It carries one label all the way, and belongs to a shipment (``return_id``) once it is packed.
    """

    _name = "aftersales.part.return.line"
    _description = "Old Part"
    _inherit = ["aftersales.guard.mixin"]
    _order = "return_id, id"
    _check_company_auto = True
    _rec_name = "label"
    _rec_names_search = ["label", "product_id.name", "claim_id.name"]
    _guard_readonly = True
    _creatable_fields = {"label"}

    return_id = fields.Many2one(
        "aftersales.part.return",
        string="Shipment",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
    )
    state = fields.Selection(
        STATES, string="Status", required=True, readonly=True, default="awaiting", index=True
    )
    label = fields.Char(
        readonly=True,
        copy=False,
        index="trigram",
        help="Printed as a barcode on the label of the part.",
    )
    claim_line_id = fields.Many2one(
        "aftersales.claim.line",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        domain="[('dealer_id', '=', dealer_id), ('return_state', '=', 'awaiting')]",
    )
    claim_id = fields.Many2one(related="claim_line_id.claim_id", store=True, index="btree_not_null")
    dealer_id = fields.Many2one(
        related="claim_line_id.dealer_id", store=True, index="btree_not_null"
    )
    product_id = fields.Many2one(
        "product.product",
        string="Part",
        compute="_compute_from_source",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    tracking = fields.Selection(related="product_id.tracking")
    asset_id = fields.Many2one(
        "aftersales.asset",
        compute="_compute_asset_id",
        store=True,
        index="btree_not_null",
        help="The machine that the part was taken out of.",
    )
    quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_from_source",
        store=True,
        readonly=False,
        precompute=True,
    )
    lot_id = fields.Many2one(
        "stock.lot",
        string="Serial",
        compute="_compute_from_source",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        domain="[('product_id', '=', product_id)]",
    )
    quantity_received = fields.Float(
        string="Received",
        digits="Product Unit",
        compute="_compute_quantity_received",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
    damaged = fields.Boolean(help="It arrived damaged, or in a damaged box.", copy=False)
    appraisal = fields.Selection([("usable", "Usable"), ("unusable", "Unusable")], copy=False)
    note = fields.Char(string="Finding")
    photo_ids = fields.Many2many("ir.attachment", string="Photos", copy=False)
    move_id = fields.Many2one(
        "stock.move", string="Receipt Move", readonly=True, copy=False, index="btree_not_null"
    )
    appraisal_move_id = fields.Many2one(
        "stock.move", readonly=True, copy=False, index="btree_not_null"
    )
    location_id = fields.Many2one(
        "stock.location",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Where the part lies since it was received: to appraise, usable, unusable, scrapped "
        "or at the supplier.",
    )

    _claim_line_uniq = models.UniqueIndex(
        "(claim_line_id) WHERE claim_line_id IS NOT NULL",
        "This claim line has its old part already: open that one.",
    )
    _label_uniq = models.UniqueIndex(
        "(label, company_id)", "The label of an old part must be unique per company."
    )
    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0 AND quantity_received >= 0)",
        "The quantity of an old part must be positive.",
    )

    @api.depends("claim_line_id")
    def _compute_company_id(self):
        for part in self:
            part.company_id = part.claim_line_id.company_id or part.company_id or self.env.company

    @api.depends("claim_line_id.product_id", "claim_line_id.quantity")
    def _compute_from_source(self):
        for part in self:
            # On its way, the part stays what it was when it was packed.
            follows = part.state in (False, "awaiting", "cancelled")
            values = part._get_source_values() if follows else {}
            for name in ("product_id", "quantity", "lot_id"):
                part[name] = values.get(name, part[name])

    def _get_source_values(self):
        """Return product, quantity and serial by the document that asked for the part."""
        self.ensure_one()
        line = self.claim_line_id
        if not line:
            return {name: self[name] for name in ("product_id", "quantity", "lot_id")}
        return {
            "product_id": line.product_id,
            "quantity": line.quantity,
            "lot_id": line.removed_lot_id,
        }

    @api.depends("claim_line_id.asset_id")
    def _compute_asset_id(self):
        for part in self:
            part.asset_id = part.claim_line_id.asset_id or part.asset_id

    @api.depends("quantity")
    def _compute_quantity_received(self):
        for part in self:
            part.quantity_received = part.quantity

    @api.constrains("quantity", "quantity_received", "claim_line_id")
    def _check_quantity(self):
        for part in self:
            asked = part._get_source_values()["quantity"]
            if part.uom_id.compare(part.quantity, asked) > 0:
                raise ValidationError(
                    self.env._(
                        "%(part)s: no more than the %(quantity)s claimed can come back. Reduce "
                        "the quantity.",
                        part=part.product_id.display_name,
                        quantity=asked,
                    )
                )
            if part.uom_id.compare(part.quantity_received, part.quantity) > 0:
                raise ValidationError(
                    self.env._(
                        "%(label)s %(part)s: more was received than was shipped (%(quantity)s). "
                        "Correct the quantity.",
                        label=part.label,
                        part=part.product_id.display_name,
                        quantity=part.quantity,
                    )
                )

    @api.constrains("claim_line_id", "return_id")
    def _check_claim_line(self):
        for part in self.filtered("return_id"):
            if part._get_sender() != part.return_id._get_sender():
                raise ValidationError(
                    self.env._(
                        "%(part)s belongs to another dealer or technician than the shipment "
                        "%(part_return)s. Choose a part of %(sender)s.",
                        part=part.claim_id.display_name or part.label,
                        part_return=part.return_id.display_name,
                        sender=part.return_id._get_sender().display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Make old parts; one that is awaited already and is given a shipment is put into it."""
        known = self._get_awaited([vals.get("claim_line_id") for vals in vals_list])
        new = [vals for vals in vals_list if vals.get("claim_line_id") not in known]
        by_company = {}
        for vals in new:
            by_company.setdefault(self._get_label_company(vals), []).append(vals)
        for company, own in by_company.items():
            missing = [vals for vals in own if not vals.get("label")]
            sequences = self.env["ir.sequence"].with_company(company)
            numbers = sequences._next_numbers_by_code("aftersales.old.part", len(missing))
            for vals, number in zip(missing, numbers, strict=True):
                vals["label"] = number
        parts = super().create(new)
        if not self._is_by_action():
            parts._ensure_awaited()
            parts.filtered("return_id")._on_packed()
        created = iter(parts)
        return self.browse().concat(
            *(
                known[vals["claim_line_id"]]._put_into(vals)
                if vals.get("claim_line_id") in known
                else next(created)
                for vals in vals_list
            )
        )

    def write(self, vals):
        if self._is_by_action():
            return super().write(vals)
        self._ensure_editable(GUARDED & vals.keys())
        if EDITABLE["received"] - {"note", "damaged", "photo_ids"} & vals.keys():
            self._ensure_appraiser(vals)
        moved = self.filtered(
            lambda part: part.return_id.id != vals.get("return_id", part.return_id.id)
        )
        result = super().write(vals)
        moved._on_packed()
        return result

    def unlink(self):
        """Parts that a claim asks for go on being awaited: they only leave their shipment."""
        self._ensure_editable({"return_id"})
        packed = self.filtered(lambda part: part.state == "draft")
        packed.write({"return_id": False})
        return super(AftersalesPartReturnLine, self - packed).unlink()

    @api.model
    def _get_label_company(self, vals):
        line = self.env["aftersales.claim.line"].browse(vals.get("claim_line_id") or ())
        if line:
            return line.company_id
        return self.env["res.company"].browse(vals.get("company_id")) or self.env.company

    @api.model
    def _get_awaited(self, claim_line_ids):
        """Return {claim line id: the old part that it has already}."""
        parts = self.search([("claim_line_id", "in", [line for line in claim_line_ids if line])])
        return {part.claim_line_id.id: part for part in parts}

    def _is_by_action(self):
        return self.env.context.get("aftersales_transition") is _TRANSITION

    def _put_into(self, vals):
        """Put this awaited part into the shipment ``vals`` name; return it."""
        self.ensure_one()
        if self.state == "draft" and vals.get("return_id"):
            raise UserError(
                self.env._(
                    "%(label)s is packed in %(part_return)s already: take it out there first.",
                    label=self.label,
                    part_return=self.return_id.display_name,
                )
            )
        self._ensure_awaited()
        self.write({name: vals[name] for name in AT_SENDER & vals.keys()})
        return self

    def _ensure_awaited(self):
        for part in self:
            line = part.claim_line_id
            if (line and line.return_state != "awaiting") or part.state != "awaiting":
                raise UserError(
                    self.env._(
                        "“%(line)s” of %(claim)s is not awaited back.",
                        line=line.name or part.label,
                        claim=part.claim_id.display_name or part._get_source_name(),
                    )
                )

    def _ensure_editable(self, names):
        """Raise when the way of a part has passed the point where ``names`` may change."""
        for part in self if names else ():
            if names - EDITABLE.get(part.state, set()):
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(label)s is “%(state)s”: this can no longer be changed.",
                        label=part.label,
                        state=labels[part.state],
                    )
                )

    def _ensure_appraiser(self, names):
        verdict = EDITABLE["received"] - EDITABLE["shipped"] - {"note", "photo_ids"}
        if verdict & set(names) and not self.env.su:
            self.env["aftersales.claim"]._ensure_group(
                "aftersales_dealer.group_aftersales_appraiser"
            )

    def _get_source_name(self):
        """Return the number of the document that asked for the part."""
        self.ensure_one()
        return self.claim_id.name or ""

    def _get_sender(self):
        """Return who sends the part back: the dealer."""
        self.ensure_one()
        return self.dealer_id
