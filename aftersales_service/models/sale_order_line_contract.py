from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

NAMED_ASSETS = 30


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
        check_company=True,
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
    aftersales_assets = fields.Char(string="Assets", compute="_compute_aftersales_assets")

    @api.depends(
        "product_id", "product_uom_qty", "aftersales_asset_ids", "aftersales_contract_line_ids"
    )
    def _compute_aftersales_assets_missing(self):
        for line in self:
            wanted = int(line.product_uom_qty) if line.aftersales_service_type else 0
            named = max(len(line.aftersales_asset_ids), len(line._get_served_assets()))
            line.aftersales_assets_missing = max(wanted - named, 0)

    @api.depends(
        "aftersales_asset_ids",
        "aftersales_contract_line_ids.asset_id",
        "aftersales_warranty_ids.asset_id",
    )
    def _compute_aftersales_assets(self):
        for line in self:
            # sudo: who reads the order reads what it is for; customers on the portal, too.
            own = line.sudo()
            assets = own.aftersales_asset_ids | own._get_served_assets()
            names = [asset.serial or asset.name for asset in assets[:NAMED_ASSETS]]
            line.aftersales_assets = ", ".join(names)
            if len(assets) > NAMED_ASSETS:
                line.aftersales_assets = self.env._(
                    "%(names)s and %(count)s more",
                    names=line.aftersales_assets,
                    count=len(assets) - NAMED_ASSETS,
                )

    def _get_served_assets(self):
        """Return the assets that the line has put under contract or extended warranty."""
        # sudo: orders are read by people without rights on contracts and warranties.
        line = self.sudo()
        return (
            line.aftersales_contract_line_ids.filtered(lambda x: not x.origin_line_id).asset_id
            | line.aftersales_warranty_ids.filtered(lambda w: w.state != "void").asset_id
        )

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

    def write(self, vals):
        self._check_served(vals)
        return super().write(vals)

    def _count_served(self):
        """Return how many assets are under contract, or have the extended warranty, by now."""
        self.ensure_one()
        # sudo: whoever changes the order need not have rights on contracts and warranties.
        line = self.sudo()
        ended = line.aftersales_contract_line_ids.filtered(
            lambda x: x.contract_id.state == "cancelled"
        )
        return len(line._get_served_assets() - ended.asset_id)

    def _check_served(self, vals):
        """Raise UserError when a confirmed line would no longer say what is under contract."""
        for line in self.filtered(lambda x: x.state == "sale" and x.aftersales_service_type):
            served = line._count_served()
            values = {"line": line.name, "order": line.order_id.name, "count": served}
            if vals.get("product_uom_qty", served) < served:
                raise UserError(
                    self.env._(
                        "%(order)s, “%(line)s”: %(count)s assets are served by this line. Let "
                        "assets leave the contract or void their warranty; the quantity stays.",
                        **values,
                    )
                )
            changed = any(
                name in vals and float_compare(vals[name] or 0.0, line[name], precision_digits=6)
                for name in ("price_unit", "discount")
            )
            if served and changed and line.aftersales_service_type == "contract":
                raise UserError(
                    self.env._(
                        "%(order)s, “%(line)s”: the price is agreed in the contract over "
                        "%(count)s assets. Cancel the contract and sell another one.",
                        **values,
                    )
                )

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
            done = line._get_served_assets()
            room = int(line.product_uom_qty) - max(len(done), len(line.aftersales_asset_ids))
            fresh = assets.filtered(
                lambda a, line=line, done=done: (
                    a.sale_line_id.order_id == line.order_id and a not in done
                )
            )
            if room > 0 and fresh:
                line._serve(fresh[:room])

    def _serve(self, assets, start=None):
        """Put ``assets`` under the contract, or give them the extended warranty, of this line.

        :param start: the first day (date) when they are added later than the order was confirmed
        """
        self.ensure_one()
        if self.aftersales_service_type == "extended_warranty":
            self.env["aftersales.warranty"]._extend(self, assets, start)
            return
        contract = self.order_id.aftersales_contract_ids.filtered(
            lambda c: c.product_id == self.product_id and c.state != "cancelled"
        )[:1]
        if contract and assets:
            contract._add_sold(self, assets, start)

    def _serve_later(self, assets, start):
        """Put ``assets``, chosen after the order was confirmed, under what the line sold.

        :raise UserError: when there are more of them than are left to name, or when the contract
            runs and refuses one
        """
        self.ensure_one()
        if len(assets) > self.aftersales_assets_missing:
            raise UserError(
                self.env._(
                    "%(order)s: %(product)s is sold for %(missing)s more assets, %(chosen)s are "
                    "chosen. Raise the quantity of the order line first.",
                    order=self.order_id.name,
                    product=self.product_id.display_name,
                    missing=self.aftersales_assets_missing,
                    chosen=len(assets),
                )
            )
        self.aftersales_asset_ids |= assets
        self._serve(assets, start)
        contracts = self.order_id.aftersales_contract_ids.filtered(
            lambda c: c.product_id == self.product_id
        )
        running = contracts.filtered(lambda c: c.state == "running")
        problems = [sentence for own in running._get_asset_problems().values() for sentence in own]
        if problems:
            raise UserError("\n".join(problems))
        contracts._try_start()

    def _get_aftersales_start(self, asset, start=None):
        """Return (first day, whether it waits for the warranty's end) for ``asset``; the day is
        False while the warranty has not started.
        """
        self.ensure_one()
        day = start or self.aftersales_date_start or self.order_id._get_aftersales_date()
        if not start and asset.sale_line_id.order_id == self.order_id and asset.date_delivery:
            day = max(self.aftersales_date_start or asset.date_delivery, asset.date_delivery)
        after = self.product_id.aftersales_start == "after_warranty"
        return (asset._get_day_after_warranty(day) if after else day), after
