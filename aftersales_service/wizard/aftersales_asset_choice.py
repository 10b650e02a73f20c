from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ..tools import contract_schedule as schedule


class AftersalesAssetChoice(models.TransientModel):
    """Chooses the assets that an order line puts under contract or extends the warranty of; the
    quantity follows (W11, W12).
    """

    _name = "aftersales.asset.choice"
    _description = "Choose Assets"

    sale_line_id = fields.Many2one("sale.order.line", required=True, readonly=True)
    product_id = fields.Many2one(related="sale_line_id.product_id")
    partner_id = fields.Many2one(related="sale_line_id.order_id.partner_id")
    company_id = fields.Many2one(related="sale_line_id.order_id.company_id")
    currency_id = fields.Many2one(related="sale_line_id.order_id.currency_id")
    customer_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Customer's Company"
    )
    date_start = fields.Date(
        string="Starts on",
        help="Empty: on the day of the order, or of the delivery for what is delivered with it.",
    )
    line_ids = fields.One2many("aftersales.asset.choice.line", "choice_id", string="Assets")
    asset_ids = fields.Many2many(
        "aftersales.asset",
        compute="_compute_asset_ids",
        inverse="_inverse_asset_ids",
        string="Add Assets",
    )
    warning = fields.Text(compute="_compute_warning")
    delivers_assets = fields.Boolean(compute="_compute_delivers_assets")
    is_confirmed = fields.Boolean(compute="_compute_delivers_assets")
    assets_missing = fields.Integer(related="sale_line_id.aftersales_assets_missing")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        line = self.env["sale.order.line"].browse(values.get("sale_line_id"))
        if line.order_id.state == "sale":
            values["date_start"] = line.order_id.company_id._get_aftersales_today()
        elif line:
            values["date_start"] = line.aftersales_date_start
            values["line_ids"] = [
                Command.create({"asset_id": asset.id, "price": line.price_unit})
                for asset in line.aftersales_asset_ids
            ]
        return values

    @api.depends("line_ids.asset_id")
    def _compute_asset_ids(self):
        for choice in self:
            choice.asset_ids = choice.line_ids.asset_id

    @api.onchange("asset_ids")
    def _inverse_asset_ids(self):
        for choice in self:
            known = choice.line_ids.asset_id
            choice.line_ids = [
                *(
                    Command.unlink(line.id)
                    for line in choice.line_ids
                    if line.asset_id._origin not in choice.asset_ids._origin
                ),
                *(
                    Command.create({"asset_id": asset.id, "price": choice.sale_line_id.price_unit})
                    for asset in choice.asset_ids._origin - known._origin
                ),
            ]

    @api.depends("line_ids.overlap")
    def _compute_warning(self):
        for choice in self:
            choice.warning = "\n".join(filter(None, choice.line_ids.mapped("overlap")))

    @api.depends("sale_line_id.order_id.state")
    def _compute_delivers_assets(self):
        for choice in self:
            choice.is_confirmed = choice.sale_line_id.order_id.state == "sale"
            choice.delivers_assets = choice.sale_line_id.order_id._delivers_assets()

    def action_apply(self):
        """Put the choice on the order line: assets, start, quantity; assets with another price
        get an order line of their own. Of a confirmed order, put them under its contract.

        :raise UserError: when the order is cancelled, or confirmed for fewer assets
        """
        self.ensure_one()
        line = self.sale_line_id
        line.check_access("write")
        if line.order_id.state == "sale":
            # sudo: salespeople have no rights on contracts; the order is theirs to change.
            line.sudo()._serve_later(self.line_ids.asset_id, self.date_start)
            return {"type": "ir.actions.act_window_close"}
        if line.order_id.state not in ("draft", "sent"):
            raise UserError(
                self.env._(
                    "%(order)s is cancelled: nothing is put under contract any more.",
                    order=line.order_id.name,
                )
            )
        groups = sorted(
            self.line_ids.grouped("price").items(), key=lambda item: item[0] != line.price_unit
        )
        for number, (price, chosen) in enumerate(groups):
            vals = self._prepare_order_line_vals(price, chosen.asset_id)
            if number:
                line = line.copy({"order_id": line.order_id.id, **vals})
            else:
                line.write(vals)
        if not groups:
            line.write({"aftersales_asset_ids": [Command.clear()]})
        return {"type": "ir.actions.act_window_close"}

    def _prepare_order_line_vals(self, price, assets):
        """Return the values of the order line for ``assets`` that cost ``price`` each."""
        return {
            "aftersales_asset_ids": [Command.set(assets.ids)],
            "aftersales_date_start": self.date_start,
            "product_uom_qty": len(assets),
            "price_unit": price,
        }


class AftersalesAssetChoiceLine(models.TransientModel):
    _name = "aftersales.asset.choice.line"
    _description = "Chosen Asset"

    choice_id = fields.Many2one("aftersales.asset.choice", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="choice_id.currency_id")
    asset_id = fields.Many2one("aftersales.asset", required=True)
    product_id = fields.Many2one(related="asset_id.product_id")
    serial = fields.Char(related="asset_id.serial")
    site_id = fields.Many2one(related="asset_id.site_id")
    price = fields.Monetary(help="For the whole term.")
    cover = fields.Char(compute="_compute_cover", string="Present Cover")
    overlap = fields.Char(compute="_compute_cover")

    @api.depends("asset_id", "choice_id.date_start")
    def _compute_cover(self):
        covers = self.asset_id._origin._get_covers()
        today = fields.Date.context_today(self)
        for line in self:
            start = line.choice_id.date_start or today
            end = line._get_end(start)
            own = [c for c in covers.get(line.asset_id._origin.id, []) if not c.is_special]
            present = [c for c in own if not c.date_end or c.date_end >= today]
            same = [c for c in present if line._is_bought_twice(c, start, end)]
            line.cover = ", ".join(line._describe(cover) for cover in present)
            line.overlap = bool(same) and self.env._(
                "%(asset)s has %(cover)s already.",
                asset=line.asset_id.display_name,
                cover=", ".join(line._describe(cover) for cover in same),
            )

    def _get_end(self, start):
        """Return the last day of what is sold when it starts on ``start``."""
        product = self.choice_id.sale_line_id.product_id
        if product.aftersales_service_type == "contract" and product.aftersales_duration:
            unit = product.aftersales_duration_unit
            return schedule.last_day(start, product.aftersales_duration, unit)
        return start

    def _is_bought_twice(self, cover, start, end):
        """Whether what is sold would pay for what ``cover`` pays already, on the same days."""
        product = self.choice_id.sale_line_id.product_id
        if product.aftersales_service_type != "contract" or cover.kind != "contract":
            return False
        same = any(
            getattr(cover, aspect) and product[f"aftersales_covers_{aspect}"]
            for aspect in ("parts", "labour", "travel")
        )
        begins = cover.date_start or start
        return same and begins <= end and (not cover.date_end or cover.date_end >= start)

    def _describe(self, cover):
        """Return a cover in a few words: its name and its end."""
        if not cover.date_end:
            return cover.label
        return self.env._(
            "%(cover)s until %(end)s", cover=cover.label, end=format_date(self.env, cover.date_end)
        )

    @api.constrains("price")
    def _check_price(self):
        for line in self:
            if line.price < 0:
                raise UserError(
                    self.env._(
                        "%(asset)s: the price cannot be negative.",
                        asset=line.asset_id.display_name,
                    )
                )
