from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesWorkQuote(models.TransientModel):
    """Puts together the quotation of paid work on a ticket: parts, labour, travel, other (T11)."""

    _name = "aftersales.work.quote"
    _description = "Quotation of Paid Work"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, readonly=True)
    asset_id = fields.Many2one(related="ticket_id.asset_id")
    partner_id = fields.Many2one(related="ticket_id.partner_id")
    company_id = fields.Many2one(related="ticket_id.company_id")
    zone_id = fields.Many2one(related="ticket_id.zone_id")
    # sudo: agents see what the work costs; price lists and orders have rights of their own.
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    is_supplement = fields.Boolean(
        compute="_compute_is_supplement", help="Goes beyond what was accepted before."
    )
    validity_date = fields.Date(
        string="Valid until", compute="_compute_validity_date", store=True, readonly=False
    )
    suggested_part_ids = fields.Many2many("product.product", compute="_compute_suggested_part_ids")
    suggestions = fields.Char(compute="_compute_suggested_part_ids", string="Probable Parts")
    line_ids = fields.One2many("aftersales.work.quote.line", "quote_id", string="Lines")
    amount_untaxed = fields.Monetary(string="Without Taxes", compute="_compute_amount")

    @api.depends("ticket_id")
    def _compute_currency_id(self):
        for quote in self:
            quote.currency_id = quote._get_pricelist().currency_id or quote.company_id.currency_id

    @api.depends("ticket_id")
    def _compute_is_supplement(self):
        for quote in self:
            quote.is_supplement = quote.ticket_id.quotation_state in ("accepted", "overspent")

    @api.depends("ticket_id")
    def _compute_validity_date(self):
        for quote in self:
            quote.validity_date = quote.company_id and quote.company_id._get_quotation_end()

    @api.depends("ticket_id")
    def _compute_suggested_part_ids(self):
        for quote in self:
            quote.suggested_part_ids = quote.ticket_id._get_probable_parts()
            quote.suggestions = ", ".join(quote.suggested_part_ids.mapped("display_name"))

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for quote in self:
            quote.amount_untaxed = sum(quote.line_ids.mapped("amount"))

    def _get_pricelist(self):
        """Return the price list of the customer."""
        # As said: prices of this customer only.
        ticket = self.ticket_id._origin
        partner = ticket.partner_id.with_company(ticket.company_id).sudo()
        return partner.property_product_pricelist

    @api.model
    def default_get(self, fields):
        vals = super().default_get(fields)
        ticket = self.env["aftersales.ticket"].browse(vals.get("ticket_id"))
        if ticket and "line_ids" in fields and not vals.get("line_ids"):
            vals["line_ids"] = [Command.create(line) for line in ticket._prepare_work_lines()]
        return vals

    def action_add_suggested(self):
        """Add the probable parts that are not in the list yet."""
        self.ensure_one()
        parts = self.suggested_part_ids - self.line_ids.product_id
        self.line_ids = [
            Command.create({"kind": "part", "product_id": part.id, "sequence": 1}) for part in parts
        ]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_work_quote_action"
        )
        return dict(action, res_id=self.id)

    def action_create(self):
        """Make the quotation and open it, or tell who sends it."""
        self.ensure_one()
        order = self._create_order()
        if order.with_env(self.env).has_access("read"):
            return order.with_env(self.env)._get_paid_work_action()
        return {"type": "ir.actions.act_window_close"}

    def action_create_and_send(self):
        """Make the quotation and mail it to the customer, who accepts it online."""
        self.ensure_one()
        order = self._create_order()
        order._send_paid_work()
        # Back to the ticket, which is beneath the dialog and reloads itself.
        return {"type": "ir.actions.act_window_close"}

    def _create_order(self):
        """Make and return the quotation, in superuser mode.

        :raise UserError: when the ticket is closed, names no customer or nothing is quoted
        """
        ticket = self.ticket_id
        ticket.check_access("write")
        ticket._check_may_quote()
        if not self.line_ids:
            raise UserError(
                self.env._("%(ticket)s: there is nothing to quote.", ticket=ticket.display_name)
            )
        # sudo: the hotline quotes at the company's prices; it needs no rights on sales.
        return self.env["sale.order"].sudo().create(self._prepare_order_vals())

    def _prepare_order_vals(self):
        """Return the values of the quotation, in the customer's language."""
        ticket = self.ticket_id.with_context(lang=self.partner_id.lang or self.env.lang)
        customer = ticket.partner_id
        salesperson = customer.user_id or customer.commercial_partner_id.user_id
        title = [ticket.asset_id.display_name, ticket.display_name]
        heading = {"display_type": "line_section", "name": " · ".join(filter(None, title))}
        return {
            "partner_id": customer.id,
            "partner_shipping_id": (ticket.site_id or customer).id,
            "company_id": ticket.company_id.id,
            "user_id": salesperson.id or self.env.uid,
            "origin": ticket.name,
            "validity_date": self.validity_date,
            "aftersales_paid_work": True,
            "aftersales_ticket_id": ticket.id,
            "aftersales_asset_id": ticket.asset_id.id,
            "order_line": [
                Command.create(heading),
                *(Command.create(line._prepare_order_line_vals()) for line in self.line_ids),
            ],
        }
