from odoo import api, fields, models


class SaleOrder(models.Model):
    """Orders of the service: their spare parts have prices of their own (N01)."""

    _inherit = "sale.order"

    aftersales_ticket_id = fields.Many2one(
        "aftersales.ticket",
        string="Service Ticket",
        index="btree_not_null",
        check_company=True,
        copy=False,
    )
    aftersales_asset_id = fields.Many2one(
        "aftersales.asset", string="Serviced Asset", index="btree_not_null", check_company=True
    )

    def _is_aftersales_order(self):
        """Whether the order comes from the service: from a ticket, an asset or a repair. Addons
        add their documents.
        """
        self.ensure_one()
        return bool(self.aftersales_ticket_id or self.aftersales_asset_id or self.repair_order_ids)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.depends("order_id.aftersales_ticket_id", "order_id.aftersales_asset_id")
    def _compute_pricelist_item_id(self):
        result = super()._compute_pricelist_item_id()
        for line in self.filtered(lambda li: li._has_spare_part_price()):
            pricelist = line.order_id.company_id.aftersales_parts_pricelist_id
            line.pricelist_item_id = (
                pricelist._get_product_rule(product=line.product_id, **line._get_pricelist_kwargs())
                or line.pricelist_item_id
            )
        return result

    def _has_spare_part_price(self):
        """Whether the price follows the company's price list for spare parts: spare parts with a
        known cost in an order of the service.
        """
        self.ensure_one()
        product = self.product_id
        # Salespeople need not see the cost that the price is based on.
        return bool(
            product.is_spare_part
            and not self.display_type
            and self.order_id.company_id.aftersales_parts_pricelist_id
            and self.order_id._is_aftersales_order()
            # Costs are hidden from salespeople; only whether there is one is used.
            and product.with_company(self.order_id.company_id).sudo().standard_price
        )
