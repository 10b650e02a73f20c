from odoo import api, fields, models


class SaleOrder(models.Model):
    """An order that sells service contracts or extended warranties makes them (W11, W12)."""

    _inherit = "sale.order"

    aftersales_contract_ids = fields.One2many(
        "aftersales.contract", "sale_order_id", string="Service Contracts"
    )
    aftersales_contract_count = fields.Integer(compute="_compute_aftersales_contract_count")
    aftersales_renews_id = fields.Many2one(
        "aftersales.contract",
        string="Renews the Contract",
        index="btree_not_null",
        copy=False,
        check_company=True,
    )
    aftersales_hint = fields.Char(compute="_compute_aftersales_hint")

    @api.depends("aftersales_contract_ids")
    def _compute_aftersales_contract_count(self):
        for order in self:
            # sudo: a count; the contracts have rights of their own.
            order.aftersales_contract_count = len(order.sudo().aftersales_contract_ids)

    @api.depends(
        "order_line.product_id", "order_line.product_uom_qty", "order_line.aftersales_asset_ids"
    )
    def _compute_aftersales_hint(self):
        for order in self:
            names = [
                line.product_id.display_name
                for line in order.order_line
                if line.aftersales_assets_missing and not order._delivers_assets()
            ]
            order.aftersales_hint = order.state in ("draft", "sent") and ", ".join(names)

    def action_view_aftersales_contracts(self):
        """Open the service contracts that the order made."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_contract_action"
        )
        contracts = self.aftersales_contract_ids
        if len(contracts) == 1:
            return dict(action, res_id=contracts.id, view_mode="form", views=[(False, "form")])
        return dict(action, domain=[("id", "in", contracts.ids)], context={})

    def _delivers_assets(self):
        """Whether the orders have goods to deliver yet that become assets."""
        return any(
            line.product_id.is_asset and line.qty_delivered < line.product_uom_qty
            for line in self.order_line
        )

    def _action_confirm(self):
        result = super()._action_confirm()
        # sudo: salespeople and customers who sign online have no rights on contracts.
        self.sudo()._make_aftersales_contracts()
        self.sudo().order_line._serve_chosen()
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        # As above.
        self.sudo()._cancel_aftersales_services()
        return result

    def _make_aftersales_contracts(self):
        """Make one contract for each contract product of the orders, once (unique index)."""
        contracts = self.env["aftersales.contract"]
        known = {
            (contract.sale_order_id, contract.product_id)
            for contract in contracts.search(
                [("sale_order_id", "in", self.ids), ("state", "!=", "cancelled")]
            )
        }
        vals_list = [
            order._prepare_contract_vals(lines)
            for order in self
            for product, lines in order.order_line._filter_service("contract")
            .grouped("product_id")
            .items()
            if (order, product) not in known
        ]
        return contracts.create(vals_list)

    def _prepare_contract_vals(self, lines):
        """Return the values of the contract that ``lines`` of the order sell."""
        self.ensure_one()
        renewed = self.aftersales_renews_id
        renews = renewed.product_id == lines.product_id and not renewed._get_successor()
        starts = [date for date in lines.mapped("aftersales_date_start") if date]
        return {
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "user_id": self.user_id.id,
            "product_id": lines.product_id.id,
            "sale_order_id": self.id,
            "currency_id": self.currency_id.id,
            "date_start": min(starts, default=self._get_aftersales_date()),
            "previous_contract_id": renewed.id if renews else False,
        }

    def _get_aftersales_date(self):
        """Return the day of the order in the time zone of its company."""
        self.ensure_one()
        order = self.with_context(tz=self.company_id._get_aftersales_tz())
        return fields.Datetime.context_timestamp(order, self.date_order).date()

    def _cancel_aftersales_services(self):
        """The orders are cancelled: so are their contracts and extended warranties."""
        for order in self:
            reason = self.env._("Sales order %s was cancelled", order.name)
            contracts = order.aftersales_contract_ids.filtered(
                lambda c: c.state in ("draft", "running")
            )
            contracts._cancel(order.company_id._get_aftersales_today(), reason)
            order.order_line.aftersales_warranty_ids._end_with_asset(reason)


class SaleOrderLine(models.Model):
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
