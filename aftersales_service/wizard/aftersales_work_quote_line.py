from odoo import api, fields, models

from ..models.sale_order_paid_work import WORK_KINDS

# What the resolver calls what the lines are.
ASPECTS = {"part": "parts", "labour": "labour", "travel": "travel"}


class AftersalesWorkQuoteLine(models.TransientModel):
    """A part, hours, a journey or something else that is quoted (T11)."""

    _name = "aftersales.work.quote.line"
    _description = "Quoted Work"
    _order = "sequence, id"

    quote_id = fields.Many2one("aftersales.work.quote", required=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(WORK_KINDS, required=True, default="part")
    product_id = fields.Many2one(
        "product.product",
        required=True,
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('sale_ok', '=', True), ('type', '=', 'consu' if kind == 'part' else 'service')]",
    )
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    currency_id = fields.Many2one(related="quote_id.currency_id")
    price_unit = fields.Monetary(
        string="Price", compute="_compute_price_unit", store=True, readonly=False, precompute=True
    )
    is_covered = fields.Boolean(
        string="Free",
        compute="_compute_is_covered",
        help="Warranty or contract pay for it: it is on the quotation free of charge, with why.",
    )
    cover_note = fields.Char(compute="_compute_is_covered")
    amount = fields.Monetary(compute="_compute_amount")

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "What is quoted needs a quantity above zero."
    )
    _price_positive = models.Constraint(
        "CHECK(price_unit >= 0)", "The price of quoted work cannot be negative."
    )

    @api.depends("kind")
    def _compute_product_id(self):
        for line in self:
            company, product = line.quote_id.ticket_id._origin.company_id, line.product_id
            if line.kind == "labour":
                product = company.aftersales_labour_product_id
            elif line.kind == "travel" and product.type != "service":
                product = company.aftersales_travel_product_id
            elif line.kind == "part" and product.type == "service":
                product = product.browse()
            line.product_id = product

    @api.depends("product_id", "quantity")
    def _compute_price_unit(self):
        for line in self:
            line.price_unit = line._get_price() if line.product_id else 0.0

    @api.depends("product_id", "kind", "quote_id.ticket_id")
    def _compute_is_covered(self):
        questions = {}
        for line in self:
            question = line.quote_id.ticket_id._origin._prepare_entitlement_question()
            if question and line.kind in ASPECTS:
                part = line.product_id._origin if line.kind == "part" else question["part"]
                questions[line] = dict(question, part=part)
        asset = self.env["aftersales.asset"]
        answers = asset.get_entitlements(list(questions.values())) if questions else []
        answers = dict(zip(questions, answers, strict=True))
        for line in self:
            answer = answers.get(line)
            line.is_covered = bool(answer and answer[ASPECTS[line.kind]])
            payer = answer["by"].get(ASPECTS[line.kind]) if line.is_covered else None
            line.cover_note = payer and self.env._("Free of charge: %s", payer["name"])

    @api.depends("price_unit", "quantity", "is_covered")
    def _compute_amount(self):
        for line in self:
            amount = 0.0 if line.is_covered else line.price_unit * line.quantity
            line.amount = line.currency_id.round(amount) if line.currency_id else amount

    @api.onchange("product_id")
    def _onchange_part_fits(self):
        if self.kind == "part":
            return self.quote_id.asset_id._origin._get_unfit_warning(self.product_id._origin)
        return None

    def _get_price(self):
        """Return the price: of the zone for travel, cost-based for spare parts, else of the
        customer's price list.
        """
        self.ensure_one()
        ticket = self.quote_id.ticket_id._origin
        quote, company = self.quote_id, ticket.company_id
        # sudo: as the quotation itself; agents need not read costs and price lists.
        product = self.product_id._origin.sudo().with_company(company)
        # sudo: as above; prices of the zone.
        zone = ticket.zone_id.sudo()
        day = fields.Date.context_today(self)
        by_zone = {
            company.aftersales_travel_product_id: zone.travel_price,
            company.aftersales_distance_product_id: zone.travel_distance_price,
        }.get(self.product_id._origin)
        if by_zone:
            return zone.currency_id._convert(by_zone, quote.currency_id._origin, company, day)
        pricelist = quote._get_pricelist()
        # sudo: as above; one setting of the company.
        parts_list = company.sudo().aftersales_parts_pricelist_id
        if product.is_spare_part and parts_list and product.standard_price:
            pricelist = parts_list
        return pricelist._get_product_price(
            product, self.quantity or 1.0, currency=quote.currency_id._origin, uom=product.uom_id
        )

    def _prepare_order_line_vals(self):
        """Return the values of the quotation's line."""
        self.ensure_one()
        vals = {
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
            "aftersales_work": self.kind,
        }
        if self.kind in ("travel", "other"):
            vals["price_unit"] = self.price_unit
        if self.is_covered:
            lang = self.quote_id.partner_id.lang or self.env.lang
            line = self.with_context(lang=lang)
            line.invalidate_recordset(["cover_note"])
            name = f"{line.product_id.display_name}\n{line.cover_note or ''}".strip()
            vals.update(discount=100.0, name=name)
        return vals
