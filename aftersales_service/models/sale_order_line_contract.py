from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """A line that sells a service contract or an extended warranty (W11, W12)."""

    _inherit = "sale.order.line"

    aftersales_service_type = fields.Selection(related="product_id.aftersales_service_type")
    aftersales_asset_ids = fields.Many2many(
        "aftersales.asset",
        "aftersales_asset_sale_order_line_rel",
        "sale_line_id",
        "asset_id",
        string="Assets to Cover",
        copy=False,
    )
    aftersales_date_start = fields.Date(
        string="Cover Starts", copy=False, help="Empty: on the day of the order or delivery."
    )
    aftersales_contract_line_ids = fields.One2many(
        "aftersales.contract.line", "sale_line_id", string="Contract Assets"
    )
    aftersales_warranty_ids = fields.One2many(
        "aftersales.warranty", "sale_line_id", string="Extended Warranties"
    )
    aftersales_assets_missing = fields.Integer(compute="_compute_aftersales_assets_missing")

    @api.depends("product_id", "product_uom_qty", "aftersales_asset_ids")
    def _compute_aftersales_assets_missing(self):
        for line in self:
            wanted = int(line.product_uom_qty) if line.aftersales_service_type else 0
            line.aftersales_assets_missing = max(wanted - len(line.aftersales_asset_ids), 0)

    @api.depends("aftersales_service_type", "aftersales_contract_line_ids")
    def _compute_qty_to_invoice(self):
        result = super()._compute_qty_to_invoice()
        # The contract invoices its periods, the order does not.
        for line in self.filtered(lambda x: x.aftersales_service_type == "contract"):
            line.qty_to_invoice = 0.0
        return result

    @api.depends("invoice_lines.price_unit", "price_unit", "discount")
    def _compute_qty_invoiced(self):
        return super()._compute_qty_invoiced()

    def _prepare_qty_invoiced(self):
        """The invoiced share of a contract's price, as a quantity of the order line."""
        quantities = super()._prepare_qty_invoiced()
        for line in self.filtered(lambda x: x.aftersales_service_type == "contract"):
            total = line._get_aftersales_total()
            invoiced = 0.0
            for move_line in line._get_invoice_lines():
                if move_line.move_id.state != "cancel":
                    share = move_line.price_unit * move_line.quantity
                    invoiced -= move_line.move_id.direction_sign * share
            quantities[line] = line.product_uom_qty * invoiced / total if total else 0.0
        return quantities

    def _get_aftersales_total(self):
        """Return what the customer pays for the line, in the terms of its unit price."""
        self.ensure_one()
        net = self.price_unit * (1 - (self.discount or 0.0) / 100.0)
        return self.order_id.currency_id.round(net * self.product_uom_qty)

    def _filter_service(self, kind):
        """Return the lines that sell a service of ``kind``: contract or extended_warranty."""
        return self.filtered(
            lambda line: line.aftersales_service_type == kind and line.product_uom_qty > 0
        )

    def action_choose_aftersales_assets(self):
        """Open the dialog that chooses the assets of a contract or an extended warranty."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_asset_choice_action"
        )
        return dict(action, context={"default_sale_line_id": self.id})

    def _serve_chosen(self):
        """Put the chosen assets under contract or extended warranty, and those that are delivered
        already.
        """
        for line in self.filtered("aftersales_service_type"):
            line._serve(line.aftersales_asset_ids)
        orders = self.filtered("aftersales_service_type").order_id
        delivered = self.env["aftersales.asset"].search(
            [("sale_line_id.order_id", "in", orders.ids), ("state", "=", "in_service")]
        )
        self.filtered("aftersales_service_type")._serve_delivered(delivered)
        orders.aftersales_contract_ids._try_start()

    def _serve_delivered(self, assets):
        """Put ``assets``, delivered with the order, under what it sold and is still without an
        asset.
        """
        for line in self:
            served = line.aftersales_contract_line_ids.filtered(lambda x: not x.origin_line_id)
            done = (
                served.asset_id
                | line.aftersales_warranty_ids.filtered(lambda w: w.state != "void").asset_id
            )
            room = int(line.product_uom_qty) - max(len(done), len(line.aftersales_asset_ids))
            fresh = assets.filtered(
                lambda a, line=line, done=done: (
                    a.sale_line_id.order_id == line.order_id and a not in done
                )
            )
            if room > 0 and fresh:
                line._serve(fresh[:room])

    def _serve(self, assets):
        """Put ``assets`` under the contract, or give them the extended warranty, of this line."""
        self.ensure_one()
        if self.aftersales_service_type == "extended_warranty":
            self.env["aftersales.warranty"]._extend(self, assets)
            return
        contract = self.order_id.aftersales_contract_ids.filtered(
            lambda c: c.product_id == self.product_id and c.state != "cancelled"
        )[:1]
        if contract and assets:
            contract._add_sold(self, assets)

    def _get_aftersales_start(self, asset):
        """Return (first day, whether it waits for the warranty's end) for ``asset``; the day is
        False while the warranty has not started.
        """
        self.ensure_one()
        day = self.aftersales_date_start or self.order_id._get_aftersales_date()
        if asset.sale_line_id.order_id == self.order_id and asset.date_delivery:
            day = max(self.aftersales_date_start or asset.date_delivery, asset.date_delivery)
        after = self.product_id.aftersales_start == "after_warranty"
        return (asset._get_day_after_warranty(day) if after else day), after
