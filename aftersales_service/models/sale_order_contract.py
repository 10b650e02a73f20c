from odoo import api, fields, models
from odoo.tools import format_date


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
    aftersales_sells_service = fields.Boolean(compute="_compute_aftersales_hint")

    @api.depends("aftersales_contract_ids")
    def _compute_aftersales_contract_count(self):
        for order in self:
            # sudo: a count; the contracts have rights of their own.
            order.aftersales_contract_count = len(order.sudo().aftersales_contract_ids)

    @api.depends(
        "state",
        "order_line.product_id",
        "order_line.product_uom_qty",
        "order_line.aftersales_asset_ids",
        "order_line.aftersales_contract_line_ids",
    )
    def _compute_aftersales_hint(self):
        for order in self:
            order.aftersales_sells_service = any(order.order_line.mapped("aftersales_service_type"))
            names = [
                line.product_id.display_name
                for line in order.order_line
                if line.aftersales_assets_missing and not order._delivers_assets()
            ]
            order.aftersales_hint = order.state != "cancel" and ", ".join(names)

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

    # -- the contract invoices its periods, the order what else it sells

    def _force_lines_to_invoice_policy_order(self):
        """An order paid online in full invoices all it sells, but not its contracts."""
        result = super()._force_lines_to_invoice_policy_order()
        self.order_line._filter_service("contract").qty_to_invoice = 0.0
        return result

    def _get_prepayment_required_amount(self):
        """What is invoiced by period is not paid before the order is confirmed."""
        amount = super()._get_prepayment_required_amount()
        later = sum(self.order_line._filter_service("contract").mapped("price_total"))
        return self.currency_id.round(max(amount - later * self.prepayment_percent, 0.0))

    def _get_aftersales_own_amount(self):
        """Return what the order itself invoices, with taxes: all but its service contracts."""
        self.ensure_one()
        lines = self.order_line.filtered(lambda line: not line.is_downpayment)
        return sum((lines - lines._filter_service("contract")).mapped("price_total"))

    def _nothing_to_invoice_error_message(self):
        # sudo: who invoices orders need not read contracts; their numbers are on the order.
        contracts = self.sudo().aftersales_contract_ids.filtered(lambda c: c.state != "cancelled")
        if not contracts:
            return super()._nothing_to_invoice_error_message()
        return self.env._(
            "%(order)s: there is nothing to invoice here now. The service contract %(contract)s "
            "invoices its periods by itself, the next one on %(date)s; “Invoice Now” on the "
            "contract does it by hand.",
            order=", ".join(self.mapped("name")),
            contract=", ".join(contracts.mapped("name")),
            date=format_date(
                self.env, min(filter(None, contracts.mapped("date_next_invoice")), default=False)
            )
            or "–",
        )

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
            if contracts:
                order.message_post(
                    body=self.env._(
                        "Service contract %s ended with the order. What was invoiced beyond "
                        "today is credited by a draft credit note.",
                        ", ".join(contracts.mapped("name")),
                    )
                )
            order.order_line.aftersales_warranty_ids._end_with_asset(reason)
