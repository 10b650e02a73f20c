from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.tariff import get_excess
from .aftersales_service_tariff_line import TARIFF_KINDS


class AftersalesPaidRepairLine(models.Model):
    """One thing that the customer was charged for, beside the price of the tariff."""

    _name = "aftersales.paid.repair.line"
    _description = "Charge of a Paid Repair"
    _order = "repair_id, id"

    repair_id = fields.Many2one(
        "aftersales.paid.repair", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="repair_id.company_id", store=True, index=True)
    dealer_id = fields.Many2one(related="repair_id.dealer_id", store=True, index=True)
    currency_id = fields.Many2one(related="repair_id.currency_id")
    date = fields.Date(related="repair_id.date")
    kind = fields.Selection(
        TARIFF_KINDS,
        required=True,
        default="hour",
    )
    operation_id = fields.Many2one("aftersales.labour.operation", index="btree_not_null")
    product_id = fields.Many2one("product.product", string="Part", index="btree_not_null")
    name = fields.Char(string="Description")
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    price_unit = fields.Monetary(string="Charged for One", help="Tax not included.")
    price_allowed = fields.Monetary(
        string="Tariff for One", compute="_compute_price_allowed", store=True
    )
    has_price = fields.Boolean(compute="_compute_price_allowed", store=True)
    amount_charged = fields.Monetary(string="Charged", compute="_compute_amounts", store=True)
    amount_allowed = fields.Monetary(string="Allowed", compute="_compute_amounts", store=True)
    amount_over = fields.Monetary(string="Above", compute="_compute_amounts", store=True)

    _numbers_positive = models.Constraint(
        "CHECK(quantity > 0 AND price_unit >= 0)",
        "Quantities of a paid repair are above zero, prices not below.",
    )

    @api.depends("repair_id.tariff_id", "kind", "operation_id", "product_id")
    def _compute_price_allowed(self):
        for line in self:
            # Prices that were published; read for whoever reports.
            price, found = line.repair_id.tariff_id.sudo()._get_allowed_price(line.sudo())
            line.has_price = bool(found)
            line.price_allowed = price or 0.0

    @api.depends("quantity", "price_unit", "price_allowed", "has_price", "currency_id")
    def _compute_amounts(self):
        for line in self:
            currency = line.currency_id or line.company_id.currency_id
            line.amount_charged = currency.round(line.quantity * line.price_unit)
            line.amount_allowed = currency.round(line.quantity * line.price_allowed)
            over, _percent = get_excess(line.amount_charged, line.amount_allowed)
            line.amount_over = over if line.has_price else 0.0

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._ensure_draft()
        return lines

    def write(self, vals):
        self._ensure_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reported(self):
        self._ensure_draft()

    def _ensure_draft(self):
        reported = self.repair_id.filtered(lambda r: r.state != "draft")
        if reported:
            raise UserError(
                self.env._("%s is reported: it no longer changes.", reported[0].display_name)
            )
