from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesPartsQuote(models.TransientModel):
    """Choose spare parts for an asset and make their quotation (N01)."""

    _name = "aftersales.parts.quote"
    _description = "Quote Spare Parts"

    ticket_id = fields.Many2one("aftersales.ticket", readonly=True)
    asset_id = fields.Many2one("aftersales.asset", required=True, readonly=True)
    company_id = fields.Many2one(related="asset_id.company_id")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", compute="_compute_partner_id", store=True, readonly=False
    )
    line_ids = fields.One2many("aftersales.parts.quote.line", "quote_id", string="Parts")

    @api.depends("ticket_id", "asset_id")
    def _compute_partner_id(self):
        for quote in self:
            quote.partner_id = quote.ticket_id.partner_id or quote.asset_id.partner_id

    def action_create_quotation(self):
        """Make the quotation of the chosen parts; what is covered is free (N01, T11).

        :raise UserError: when no part is chosen or the customer is missing
        """
        self.ensure_one()
        self.check_access("write")
        self.asset_id.check_access("read")
        if not self.line_ids:
            raise UserError(
                self.env._("%(asset)s: choose a part to quote.", asset=self.asset_id.display_name)
            )
        if not self.partner_id:
            raise UserError(
                self.env._(
                    "%(asset)s has no owner: choose the customer who is to pay.",
                    asset=self.asset_id.display_name,
                )
            )
        # The hotline quotes parts at the company's price list; it needs no rights on sales.
        order = self.env["sale.order"].sudo().create(self._prepare_order_vals())
        return self._open_order(order)

    def _prepare_order_vals(self):
        """Return the values of the quotation."""
        self.ensure_one()
        salesperson = self.partner_id.user_id or self.partner_id.commercial_partner_id.user_id
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.asset_id.company_id.id,
            "user_id": salesperson.id or self.env.uid,
            "origin": self.ticket_id.name or self.asset_id.name,
            "aftersales_ticket_id": self.ticket_id.id,
            "aftersales_asset_id": self.asset_id.id,
            "order_line": [
                Command.create(line._prepare_order_line_vals()) for line in self.line_ids
            ],
        }

    def _open_order(self, order):
        """Open ``order`` for those who may see it; the others hear that it is made, and its
        salesperson is asked to send it.
        """
        if order.with_env(self.env).has_access("read"):
            return {
                "type": "ir.actions.act_window",
                "res_model": "sale.order",
                "res_id": order.id,
                "view_mode": "form",
            }
        order.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Check and send the quotation of spare parts"),
            user_id=order.user_id.id,
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Quotation %(order)s is made; %(user)s is asked to send it.",
                    order=order.name,
                    user=order.user_id.name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class AftersalesPartsQuoteLine(models.TransientModel):
    _name = "aftersales.parts.quote.line"
    _description = "Quoted Spare Part"

    quote_id = fields.Many2one("aftersales.parts.quote", required=True, ondelete="cascade")
    product_id = fields.Many2one(
        "product.product",
        string="Part",
        required=True,
        domain="[('type', '=', 'consu'), ('sale_ok', '=', True)]",
    )
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    is_covered = fields.Boolean(
        string="Covered",
        compute="_compute_is_covered",
        help="Warranty or contract pay for the part: it is quoted free of charge.",
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity of a part must be positive."
    )

    @api.depends("product_id", "quote_id.asset_id", "quote_id.ticket_id")
    def _compute_is_covered(self):
        answers = {}
        for line in self:
            quote, part = line.quote_id, line.product_id._origin
            key = (quote.asset_id, quote.ticket_id, part)
            if part and quote.asset_id and key not in answers:
                asset, ticket = quote.asset_id._origin, quote.ticket_id._origin
                answers[key] = asset.get_entitlement(
                    date=ticket.date_failure or None,
                    part=part,
                    exclusion=ticket.exclusion or None,
                    meter=ticket.meter or None,
                )[asset.id]["parts"]
            line.is_covered = answers.get(key, False)

    @api.onchange("product_id")
    def _onchange_part_fits(self):
        return self.quote_id.asset_id._origin._get_unfit_warning(self.product_id._origin)

    def _prepare_order_line_vals(self):
        """Return the values of the quotation's line of this part."""
        self.ensure_one()
        vals = {"product_id": self.product_id.id, "product_uom_qty": self.quantity}
        return vals | {"discount": 100.0} if self.is_covered else vals
