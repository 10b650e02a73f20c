from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date


class AftersalesAsset(models.Model):
    """One thing a customer has, and everything that ever happened to it (W01)."""

    _name = "aftersales.asset"
    _description = "Installed Asset"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "aftersales.clone.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "serial"]
    _number_sequence = "aftersales.asset"
    _initial_states = ("draft", "in_service")
    _guard_readonly = True
    _creatable_fields = {"name", "state", "sale_line_id", "stock_move_id"}  # past deliveries
    _transitions = {
        "draft": ("in_service", "scrapped"),
        "in_service": ("returned", "scrapped"),
        "returned": ("in_service", "scrapped"),
    }

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    product_id = fields.Many2one(
        "product.product", required=True, index=True, check_company=True, tracking=True
    )
    tracking = fields.Selection(
        related="product_id.tracking", string="Product Tracking", store=True, precompute=True
    )
    lot_id = fields.Many2one(
        "stock.lot",
        string="Serial / Lot",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        domain="[('product_id', '=', product_id)]",
    )
    # A copy: those who serve a machine, its owner on the portal too, need no rights on stock to
    # read it.
    serial = fields.Char(
        compute="_compute_serial",
        store=True,
        precompute=True,
        readonly=False,
        copy=False,
        index="trigram",
    )
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    image_128 = fields.Image(related="product_id.image_128")

    partner_id = fields.Many2one(
        "res.partner", string="Owner", index="btree_not_null", tracking=True
    )
    site_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        help="The address where the asset stands.",
    )
    sale_line_id = fields.Many2one(
        "sale.order.line", index="btree_not_null", copy=False, readonly=True
    )
    sale_order_id = fields.Many2one(related="sale_line_id.order_id", string="Sales Order")
    stock_move_id = fields.Many2one(
        "stock.move", string="Delivery Move", index="btree_not_null", copy=False, readonly=True
    )
    picking_id = fields.Many2one(related="stock_move_id.picking_id", string="Delivery")

    is_from_delivery = fields.Boolean(compute="_compute_is_from_delivery")

    date_delivery = fields.Date(string="Delivered", tracking=True)
    date_handover = fields.Date(string="Handed Over", tracking=True)
    date_commissioning = fields.Date(string="Commissioned", tracking=True)
    date_acceptance = fields.Date(string="Accepted", tracking=True)
    date_completion = fields.Date(string="Completed", tracking=True)
    date_sale_end_user = fields.Date(string="Sold to End User", tracking=True)

    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("in_service", "In service"),
            ("returned", "Returned"),
            ("scrapped", "Scrapped"),
        ],
        string="Status",
        required=True,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
    )
    note = fields.Html(string="Notes", groups="base.group_user")
    repair_ids = fields.One2many("repair.order", "aftersales_asset_id", string="Repairs")
    ticket_ids = fields.One2many("aftersales.ticket", "asset_id", string="Tickets")
    ticket_count = fields.Integer(compute="_compute_ticket_count")
    open_ticket_count = fields.Integer(compute="_compute_ticket_count")
    repair_count = fields.Integer(compute="_compute_repair_count")

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "The asset number must be unique per company."
    )
    _delivery_uniq = models.UniqueIndex(
        "(stock_move_id, COALESCE(lot_id, 0)) WHERE stock_move_id IS NOT NULL",
        "A delivery makes the asset of a serial only once.",
    )
    _serial_uniq = models.UniqueIndex(
        "(lot_id, company_id) WHERE lot_id IS NOT NULL AND tracking = 'serial'"
        " AND state IN ('draft', 'in_service')",
        "This serial is an asset in service already: open that one, or return it first.",
    )
    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity of an asset must be positive."
    )

    @api.depends("name", "product_id", "serial")
    def _compute_display_name(self):
        for asset in self:
            # Who may see the asset may read what it is: owners have no rights on products.
            parts = [asset.sudo().product_id.display_name, asset.serial or asset.name]
            asset.display_name = " · ".join(part for part in parts if part)

    @api.depends("stock_move_id")
    def _compute_is_from_delivery(self):
        # For views: reading the move itself takes rights on stock.
        for asset in self:
            asset.is_from_delivery = bool(asset.stock_move_id)

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for asset in self:
            asset.access_url = f"/my/assets/{asset.id}"
        return result

    def _compute_ticket_count(self):
        tickets, groups = self.env["aftersales.ticket"], []
        if tickets.has_access("read"):
            groups = tickets._read_group(
                [("asset_id", "in", self.ids)], ["asset_id", "is_closed"], ["__count"]
            )
        totals, opened = {}, {}
        for asset, closed, count in groups:
            totals[asset] = totals.get(asset, 0) + count
            if not closed:
                opened[asset] = count
        for asset in self:
            asset.ticket_count = totals.get(asset, 0)
            asset.open_ticket_count = opened.get(asset, 0)

    def _compute_repair_count(self):
        repairs, counts = self.env["repair.order"], {}
        if repairs.has_access("read"):
            counts = dict(
                repairs._read_group(
                    [("aftersales_asset_id", "in", self.ids)], ["aftersales_asset_id"], ["__count"]
                )
            )
        for asset in self:
            asset.repair_count = counts.get(asset, 0)

    @api.constrains("product_id", "lot_id")
    def _check_lot_product(self):
        for asset in self:
            if asset.lot_id and asset.lot_id.product_id != asset.product_id:
                raise ValidationError(
                    self.env._(
                        "Serial %(serial)s belongs to %(lot_product)s, not to %(product)s. "
                        "Choose a serial of the asset's product.",
                        serial=asset.serial,
                        lot_product=asset.lot_id.product_id.display_name,
                        product=asset.product_id.display_name,
                    )
                )

    @api.constrains(
        "date_delivery",
        "date_handover",
        "date_commissioning",
        "date_acceptance",
        "date_sale_end_user",
    )
    def _check_dates(self):
        later = ("date_handover", "date_commissioning", "date_acceptance", "date_sale_end_user")
        for asset in self.filtered("date_delivery"):
            for name in later:
                if asset[name] and asset[name] < asset.date_delivery:
                    raise ValidationError(
                        self.env._(
                            "%(asset)s: “%(field)s” (%(date)s) is before the delivery "
                            "(%(delivery)s). Correct one of the two dates.",
                            asset=asset.display_name,
                            field=asset._fields[name].get_description(self.env)["string"],
                            date=asset[name],
                            delivery=asset.date_delivery,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        # The index of serials in service must see what has just been returned.
        self.flush_model(["state", "lot_id"])
        assets = super().create(vals_list)
        assets._make_missing_warranties()
        assets._on_made()
        return assets

    def write(self, vals):
        result = super().write(vals)
        if self._get_warranty_start_fields() & vals.keys():
            self.warranty_ids._start_when_due(vals.keys())
        return result

    def _check_frozen(self, vals):
        """What both sides signed does not change any more (J04)."""
        signed = self.filtered("acceptance_signed_on")
        if signed and "date_acceptance" in vals:
            raise UserError(
                self.env._(
                    "%(asset)s: the acceptance of %(date)s is signed by %(name)s and does not "
                    "change.",
                    asset=signed[0].display_name,
                    date=format_date(self.env, signed[0].date_acceptance),
                    name=signed[0].acceptance_signed_by,
                )
            )
        return super()._check_frozen(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.filtered(lambda asset: asset.state != "draft")
        if used:
            raise UserError(
                self.env._(
                    "%(asset)s is %(state)s and its history is kept. Mark it as scrapped or "
                    "returned instead of deleting it.",
                    asset=used[0].display_name,
                    state=used[0]._get_state_label(used[0].state),
                )
            )

    def action_scrap(self):
        """End the assets' life; their warranties are void from now on."""
        self.check_access("write")
        self._set_state("scrapped")
        self._on_ended(self.env._("Scrapped"))

    def _on_made(self):
        """Hook: the assets were just made, by hand, import or delivery; features extend it instead
        of ``create``, which deliveries of many serials do not call for each.
        """

    def _on_ended(self, reason):
        """Hook: the assets were returned or scrapped, for ``reason`` (str). What depends on them
        ends too; features extend it.
        """
        self.warranty_ids._end_with_asset(reason)

    def _on_sold_on(self, owner, date):
        """Hook: the assets belong to ``owner`` (res.partner) from ``date`` on, who bought them
        from the owner before (W16).
        """

    def _on_replaced(self, replacement, date):
        """Hook: ``replacement`` (asset) stands in for this asset from ``date`` on (W09, W16)."""

    def action_view_tickets(self):
        """Open the asset's tickets."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_ticket_action"
        )
        return dict(
            action,
            domain=[("asset_id", "=", self.id)],
            context={"default_asset_id": self.id, "default_partner_id": self.partner_id.id},
        )

    def action_view_repairs(self):
        """Open the asset's workshop repairs."""
        self.ensure_one()
        action = self.env["repair.order"]._get_service_action()
        return dict(
            action,
            domain=[("aftersales_asset_id", "=", self.id)],
            context={"default_aftersales_asset_id": self.id},
        )

    def action_new_ticket(self):
        """Open the call form with customer and asset filled in (T02)."""
        self.ensure_one()
        return self.env["aftersales.ticket"]._get_call_form_action(
            default_asset_id=self.id, default_partner_id=self.partner_id.id
        )

    @api.model
    def _get_live_domain(self):
        """Domain of assets that a customer has now."""
        return Domain("state", "in", ("draft", "in_service"))
