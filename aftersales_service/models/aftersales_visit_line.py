from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class AftersalesVisitLine(models.Model):
    """A part used on a visit, or an old part taken back (V08)."""

    _name = "aftersales.visit.line"
    _description = "Visit Part"
    _order = "visit_id, sequence, id"
    _check_company_auto = True
    _rec_name = "product_id"

    visit_id = fields.Many2one("aftersales.visit", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="visit_id.company_id", store=True, index=True)
    state = fields.Selection(related="visit_id.state", store=True)
    date_done = fields.Datetime(related="visit_id.date_done", string="Fitted on")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [("used", "Used"), ("removed", "Old part taken back")], required=True, default="used"
    )
    product_id = fields.Many2one(
        "product.product",
        string="Part",
        required=True,
        index=True,
        check_company=True,
        domain="[('type', '=', 'consu')]",
    )
    tracking = fields.Selection(related="product_id.tracking", string="Part Tracking")
    lot_id = fields.Many2one(
        "stock.lot",
        string="Serial / Lot",
        index="btree_not_null",
        check_company=True,
        domain="[('product_id', '=', product_id)]",
    )
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        compute="_compute_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    asset_id = fields.Many2one(
        "aftersales.asset",
        compute="_compute_asset_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
        help="The asset the part went into or came out of.",
    )
    move_ids = fields.One2many("stock.move", "aftersales_visit_line_id", string="Stock Moves")

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity of a part must be positive."
    )

    @api.depends("product_id")
    def _compute_uom_id(self):
        for line in self:
            line.uom_id = line.product_id.uom_id

    @api.depends("visit_id.asset_ids")
    def _compute_asset_id(self):
        for line in self:
            if line.asset_id not in line.visit_id.asset_ids:
                line.asset_id = line.visit_id.asset_ids[:1]
            else:
                line.asset_id = line.asset_id

    @api.constrains("product_id", "lot_id", "uom_id", "quantity")
    def _check_product(self):
        for line in self:
            problem = line._get_product_problem()
            if problem:
                raise ValidationError(
                    self.env._("%(visit)s: %(problem)s", visit=line.visit_id.name, problem=problem)
                )

    def _get_product_problem(self):
        """Return the sentence about a part that contradicts itself, or False."""
        self.ensure_one()
        product, lot = self.product_id, self.lot_id
        names = {"part": product.display_name, "serial": lot.name}
        if product.type != "consu":
            return self.env._("%(part)s is no material and cannot be a part.", **names)
        if lot and lot.product_id != product:
            return self.env._(
                "%(serial)s is no serial of %(part)s. Choose one of its serials.", **names
            )
        if not self.uom_id._has_common_reference(product.uom_id):
            return self.env._(
                "%(part)s is not counted in %(unit)s. Choose a unit of its kind.",
                unit=self.uom_id.display_name,
                **names,
            )
        if product.tracking == "serial" and self.uom_id.compare(self.quantity, 1.0) != 0:
            return self.env._(
                "%(part)s has serial numbers: one line with quantity 1 for each.", **names
            )
        return False

    def _get_problem(self):
        """Return the sentence about the first part that cannot be moved out of stock yet, or
        False.
        """
        lotless = self.filtered(
            lambda line: line.kind == "used" and line.tracking != "none" and not line.lot_id
        )
        if lotless:
            return self.env._(
                "%(part)s is tracked: enter its serial or lot number in the parts.",
                part=lotless[0].product_id.display_name,
            )
        return False

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        return lines

    def write(self, vals):
        if {
            "visit_id",
            "kind",
            "product_id",
            "lot_id",
            "quantity",
            "uom_id",
            "asset_id",
        } & vals.keys():
            self._check_open()
        result = super().write(vals)
        if "visit_id" in vals:
            self._check_open()  # nor does a part come to what is signed
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        self._check_open()

    def _check_open(self):
        """Raise when a voucher these parts are on is handed in, cancelled or signed (J04)."""
        for visit in self.visit_id:
            if visit.state in ("done", "cancelled") or visit.signature:
                raise UserError(
                    self.env._(
                        "%(visit)s is finished or signed: its parts can no longer be changed.",
                        visit=visit.display_name,
                    )
                )
