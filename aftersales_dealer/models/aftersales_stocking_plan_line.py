from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.stocking import get_shortfall


class AftersalesStockingPlanLine(models.Model):
    """One part of a stocking plan: recommended, planned, in stock, ordered, lacking (D06)."""

    _name = "aftersales.stocking.plan.line"
    _description = "Planned Spare Part"
    _order = "plan_id, id"
    _check_company_auto = True

    plan_id = fields.Many2one(
        "aftersales.stocking.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    dealer_id = fields.Many2one(related="plan_id.dealer_id", store=True, index=True)
    season_id = fields.Many2one(related="plan_id.season_id", store=True, index=True)
    plan_state = fields.Selection(related="plan_id.state", string="Status of the Plan", store=True)
    product_id = fields.Many2one(
        "product.product",
        string="Part",
        required=True,
        index=True,
        check_company=True,
        domain="[('type', '=', 'consu'), ('sale_ok', '=', True)]",
        ondelete="restrict",
    )
    fitted_last = fields.Float(string="Last Season", digits="Product Unit", readonly=True)
    fitted_before = fields.Float(string="Season before", digits="Product Unit", readonly=True)
    quantity_recommended = fields.Float(
        string="Recommended", digits="Product Unit", readonly=True, help="From what was fitted."
    )
    quantity_planned = fields.Float(string="Planned", digits="Product Unit", required=True)
    quantity_stock = fields.Float(
        string="Dealer's Stock", digits="Product Unit", help="As the dealer counted it."
    )
    quantity_ordered = fields.Float(
        string="Ordered",
        digits="Product Unit",
        compute="_compute_quantity_ordered",
        store=True,
        help="On orders since the dealer counted; what was delivered before is in the count.",
    )
    quantity_delivered_before = fields.Float(
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Delivered on the plan's orders when the dealer counted last.",
    )
    sale_line_ids = fields.One2many("sale.order.line", "aftersales_stocking_line_id")
    shortfall = fields.Float(
        digits="Product Unit",
        compute="_compute_shortfall",
        store=True,
        help="Planned, and neither in stock nor ordered.",
    )

    _product_uniq = models.UniqueIndex(
        "(plan_id, product_id)", "A part is once in a plan. Change its quantity instead."
    )
    _quantities_positive = models.Constraint(
        "CHECK(quantity_planned >= 0 AND quantity_stock >= 0)",
        "Quantities of a stocking plan cannot be negative.",
    )

    @api.depends("product_id", "plan_id.name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.plan_id.name}: {line.product_id.display_name}"

    @api.depends(
        "sale_line_ids.product_uom_qty", "sale_line_ids.state", "quantity_delivered_before"
    )
    def _compute_quantity_ordered(self):
        for line in self:
            ordered = line._get_live_sale_lines().mapped("product_uom_qty")
            line.quantity_ordered = max(sum(ordered) - line.quantity_delivered_before, 0.0)

    def _get_live_sale_lines(self):
        """Return the order lines (sudo) that were not cancelled."""
        # Who sees the plan sees how much of it is ordered, not the orders.
        return self.sudo().sale_line_ids.filtered(lambda line: line.state != "cancel")

    def _count_stock(self, quantity):
        """The dealer has ``quantity``: what was delivered by now is in it."""
        self.ensure_one()
        delivered = self._get_live_sale_lines().mapped("qty_delivered")
        self.write({"quantity_stock": quantity, "quantity_delivered_before": sum(delivered)})

    @api.depends("quantity_planned", "quantity_stock", "quantity_ordered")
    def _compute_shortfall(self):
        for line in self:
            line.shortfall = get_shortfall(
                line.quantity_planned, line.quantity_stock, line.quantity_ordered
            )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._ensure_open()
        return lines

    def write(self, vals):
        if not self.env.su and vals.keys() & {"product_id", "quantity_planned", "plan_id"}:
            self._ensure_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        self._ensure_open()

    def _ensure_open(self):
        """Raise when a plan is agreed: its parts no longer change."""
        for plan in self.plan_id:
            if plan.state in ("confirmed", "cancelled") and not self.env.su:
                raise UserError(
                    self.env._(
                        "%(plan)s is %(state)s: what is planned no longer changes.",
                        plan=plan.display_name,
                        state=plan._get_state_label(plan.state),
                    )
                )
