from odoo import api, fields, models
from odoo.exceptions import UserError

TARIFF_KINDS = [
    ("hour", "Labour, by the hour"),
    ("operation", "Labour operation"),
    ("travel", "Travel, by the kilometre"),
    ("callout", "Call-out"),
    ("part", "Parts"),
    ("other", "Other"),
]


class AftersalesServiceTariffLine(models.Model):
    """One price of a tariff: an hour, an operation, a kilometre, a call-out, or the mark-up on
    parts.
    """

    _name = "aftersales.service.tariff.line"
    _description = "Price of a Tariff"
    _order = "tariff_id, sequence, id"

    tariff_id = fields.Many2one(
        "aftersales.service.tariff", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="tariff_id.company_id", store=True, index=True)
    tariff_state = fields.Selection(related="tariff_id.state", string="Tariff Status", store=True)
    currency_id = fields.Many2one(related="tariff_id.currency_id")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        TARIFF_KINDS,
        required=True,
        default="hour",
    )
    operation_id = fields.Many2one("aftersales.labour.operation", index="btree_not_null")
    category_id = fields.Many2one(
        "product.category", string="Part Category", help="Empty: all parts without their own line."
    )
    price = fields.Monetary(help="The most that may be charged for one, tax not included.")
    markup = fields.Float(string="On List Price (%)", help="Parts: percent on the list price.")

    _price_positive = models.Constraint("CHECK(price >= 0)", "A price cannot be negative.")
    _operation_needed = models.Constraint(
        "CHECK((kind = 'operation') = (operation_id IS NOT NULL))",
        "Name the labour operation of an operation's price, and of no other.",
    )
    _markup_range = models.Constraint(
        "CHECK(markup BETWEEN -100 AND 1000)", "The mark-up is between -100 and 1000 %."
    )

    @api.depends("kind", "operation_id", "category_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for line in self:
            what = line.operation_id.display_name or line.category_id.display_name
            line.display_name = ": ".join(filter(None, (kinds[line.kind], what)))

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._ensure_draft()
        return lines

    def write(self, vals):
        self._ensure_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self._ensure_draft()

    def _ensure_draft(self):
        published = self.tariff_id.filtered(lambda t: t.state != "draft")
        if published:
            raise UserError(
                self.env._(
                    "%s is published: its prices no longer change. Let it end and publish a new "
                    "one.",
                    published[0].name,
                )
            )

    def _has_product(self, product):
        """Whether ``product`` is of the category of this price."""
        self.ensure_one()
        path = product.categ_id.parent_path or ""
        return path.startswith(self.category_id.parent_path or "-")

    def _get_price(self, product, day):
        """Return what may be charged for one, in the tariff's currency."""
        self.ensure_one()
        if self.kind != "part":
            return self.price
        currency = product.currency_id or self.company_id.currency_id
        price = currency._convert(product.lst_price, self.currency_id, self.company_id, day)
        return price * (1 + self.markup / 100)
