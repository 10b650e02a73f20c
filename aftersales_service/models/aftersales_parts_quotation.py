from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesAsset(models.Model):
    _inherit = "aftersales.asset"

    def action_quote_parts(self):
        """Choose spare parts for the asset and make their quotation (N01)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_parts_quote_action"
        )
        return dict(action, context={"default_asset_id": self.id})


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    sale_order_ids = fields.One2many(
        "sale.order",
        "aftersales_ticket_id",
        string="Quotations",
        groups="sales_team.group_sale_salesman",
    )
    sale_order_count = fields.Integer(compute="_compute_sale_order_count")

    def _compute_sale_order_count(self):
        # The hotline sees that there is a quotation; opening it needs rights on sales.
        counts = dict(
            self.env["sale.order"]
            .sudo()
            ._read_group(
                [("aftersales_ticket_id", "in", self.ids)], ["aftersales_ticket_id"], ["__count"]
            )
        )
        counts = {ticket.id: count for ticket, count in counts.items()}
        for ticket in self:
            ticket.sale_order_count = counts.get(ticket.id, 0)

    def action_quote_parts(self):
        """Choose spare parts for the ticket's asset and make their quotation (N01, T11).

        :raise UserError: when the ticket names no asset
        """
        self.ensure_one()
        if not self.asset_id:
            raise UserError(
                self.env._(
                    "%(ticket)s: name the asset that the parts are for.", ticket=self.display_name
                )
            )
        lines = [Command.create({"product_id": self.part_id.id})] if self.part_id else []
        action = self.asset_id.action_quote_parts()
        context = {"default_ticket_id": self.id, "default_line_ids": lines}
        return dict(action, context=action["context"] | context)

    def action_view_sale_orders(self):
        """Open the quotations of the ticket."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_quotations")
        return dict(action, domain=[("aftersales_ticket_id", "=", self.id)], context={})
