from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesDealerReturnWork(models.Model):
    """A part or an hour needed to make a returned machine saleable again: the dealer who
    dismantled it pays (D12).
    """

    _name = "aftersales.dealer.return.work"
    _description = "Restoration of a Returned Machine"
    _order = "return_id, id"
    _rec_name = "description"

    return_id = fields.Many2one(
        "aftersales.dealer.return", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="return_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="return_id.currency_id")
    kind = fields.Selection([("part", "Part"), ("labour", "Labour")], required=True, default="part")
    product_id = fields.Many2one("product.product", index="btree_not_null")
    description = fields.Char(
        compute="_compute_description", store=True, readonly=False, precompute=True, required=True
    )
    quantity = fields.Float(
        digits="Product Unit", default=1.0, required=True, help="Hours for labour."
    )
    price_unit = fields.Float(
        string="Unit Price",
        digits="Product Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        help="The list price of a part, the labour rate of the dealer's agreement.",
    )
    amount = fields.Monetary(compute="_compute_amount", store=True)

    _values_positive = models.Constraint(
        "CHECK(quantity > 0 AND price_unit >= 0)",
        "Quantity and price of a restoration must be positive.",
    )

    @api.depends("kind", "product_id")
    def _compute_description(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for work in self:
            work.description = (
                work.product_id.display_name or work.description or labels.get(work.kind)
            )

    @api.depends("kind", "product_id", "return_id.dealer_id")
    def _compute_price_unit(self):
        agreements = self.return_id._get_agreements()
        for work in self:
            if work.kind == "labour":
                rate = agreements[work.return_id].labour_rate if work.return_id else 0.0
                work.price_unit = rate or work.price_unit
            else:
                work.price_unit = work.product_id.lst_price or work.price_unit

    @api.depends("quantity", "price_unit", "return_id.currency_id")
    def _compute_amount(self):
        for work in self:
            amount = work.quantity * work.price_unit
            work.amount = work.currency_id.round(amount) if work.currency_id else amount

    @api.model_create_multi
    def create(self, vals_list):
        works = super().create(vals_list)
        works._ensure_open()
        return works

    def write(self, vals):
        self._ensure_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self._ensure_open()

    def _ensure_open(self):
        for work in self:
            if work.return_id.state in ("done", "refused", "cancelled"):
                raise UserError(
                    self.env._(
                        "%(name)s is closed: its restoration can no longer be changed.",
                        name=work.return_id.display_name,
                    )
                )
