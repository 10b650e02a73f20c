from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date

WARRANTY_FIELDS = (
    "warranty_date_start",
    "warranty_date_end",
    "warranty_meter_limit",
    "covers_parts",
    "covers_labour",
    "covers_travel",
)


class AftersalesAssetPart(models.Model):
    """A part inside an asset: when it was fitted, whether it sits there still, and its own
    warranty (W13, W16).
    """

    _name = "aftersales.asset.part"
    _description = "Installed Part"
    _inherit = ["mail.thread"]
    _order = "state, date_fitted desc, id desc"
    _rec_names_search = ["serial", "product_id"]
    _check_company_auto = True

    asset_id = fields.Many2one(
        "aftersales.asset", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="asset_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="asset_id.partner_id", string="Owner")
    asset_serial = fields.Char(related="asset_id.serial", string="Serial of the Asset")
    product_id = fields.Many2one(
        "product.product",
        string="Part",
        required=True,
        index=True,
        check_company=True,
        domain="[('type', '=', 'consu')]",
    )
    tracking = fields.Selection(related="product_id.tracking", string="Part Tracking", store=True)
    lot_id = fields.Many2one(
        "stock.lot",
        string="Part Serial / Lot",
        index="btree_not_null",
        check_company=True,
        domain="[('product_id', '=', product_id)]",
    )
    serial = fields.Char(related="lot_id.name", string="Part Serial", store=True, index="trigram")
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    date_fitted = fields.Date(
        string="Fitted on", required=True, default=fields.Date.context_today, tracking=True
    )
    date_removed = fields.Date(string="Removed on", tracking=True, copy=False)
    state = fields.Selection(
        [("fitted", "Inside"), ("removed", "Taken out")],
        string="Status",
        compute="_compute_state",
        store=True,
        index=True,
    )
    is_original = fields.Boolean(
        string="Delivered with the Asset", help="Sat in the machine from the factory."
    )
    meter_fitted = fields.Float(string="Meter when Fitted")
    meter_removed = fields.Float(string="Meter when Removed", copy=False)
    replaced_id = fields.Many2one(
        "aftersales.asset.part",
        string="Replaces",
        index="btree_not_null",
        copy=False,
        domain="[('asset_id', '=', asset_id), ('id', '!=', id)]",
    )
    replaced_by_ids = fields.One2many("aftersales.asset.part", "replaced_id", string="Replaced by")
    # Where the record comes from: by hand when all are empty. Addons add their documents.
    visit_line_id = fields.Many2one(
        "aftersales.visit.line", string="Visit Part", index="btree_not_null", copy=False
    )
    repair_line_id = fields.Many2one(
        "stock.move.line", string="Repair Part", index="btree_not_null", copy=False
    )
    reference = fields.Char(
        copy=False, help="The visit, repair or other document by which the part was fitted."
    )

    warranty_date_start = fields.Date(
        string="Own Warranty from",
        compute="_compute_warranty",
        store=True,
        readonly=False,
        precompute=True,
    )
    warranty_date_end = fields.Date(
        string="Own Warranty until",
        compute="_compute_warranty",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        help="By the part's own terms in the parts list; empty: it shares the cover of its asset.",
    )
    warranty_meter_limit = fields.Float(
        string="Up to Meter",
        compute="_compute_warranty",
        store=True,
        readonly=False,
        precompute=True,
    )
    covers_parts = fields.Boolean(
        string="Parts", compute="_compute_warranty", store=True, readonly=False, precompute=True
    )
    covers_labour = fields.Boolean(
        string="Labour", compute="_compute_warranty", store=True, readonly=False, precompute=True
    )
    covers_travel = fields.Boolean(
        string="Travel", compute="_compute_warranty", store=True, readonly=False, precompute=True
    )

    _serial_uniq = models.UniqueIndex(
        "(lot_id) WHERE lot_id IS NOT NULL AND date_removed IS NULL AND tracking = 'serial'",
        "This part sits in an asset already. Take it out there first.",
    )
    _visit_line_uniq = models.UniqueIndex(
        "(visit_line_id) WHERE visit_line_id IS NOT NULL",
        "A part of a visit is recorded once.",
    )
    _repair_line_uniq = models.UniqueIndex(
        "(repair_line_id) WHERE repair_line_id IS NOT NULL",
        "A part of a repair is recorded once.",
    )
    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity of a part must be positive."
    )
    _dates_in_order = models.Constraint(
        "CHECK(date_removed >= date_fitted)",
        "A part cannot be removed before it was fitted. Correct one of the two dates.",
    )
    _warranty_in_order = models.Constraint(
        "CHECK(warranty_date_end >= warranty_date_start)",
        "The own warranty of a part cannot end before it starts.",
    )

    @api.depends("product_id", "serial", "asset_id")
    def _compute_display_name(self):
        for part in self:
            names = [part.product_id.display_name, part.serial, part.asset_id.serial]
            part.display_name = " · ".join(name for name in names if name)

    def _get_label(self):
        """Return the part with its serial, without the asset it sits in."""
        self.ensure_one()
        label = self.product_id.display_name
        return f"{label} ({self.serial})" if self.serial else label

    @api.depends("date_removed")
    def _compute_state(self):
        for part in self:
            part.state = "removed" if part.date_removed else "fitted"

    @api.depends("asset_id", "product_id", "lot_id", "date_fitted", "meter_fitted")
    def _compute_warranty(self):
        """The terms of the parts list from the day the part is fitted; a serial that sat in
        another machine before brings what is left of its own warranty along.
        """
        lines = self._get_list_lines()
        earlier = self._get_earlier_records()
        for part in self:
            line = lines.get((part.asset_id._origin, part.product_id._origin))
            vals = (
                line._get_own_warranty(part.date_fitted, part.meter_fitted)
                if line and part.date_fitted
                else {}
            )
            before = earlier.get(part.lot_id._origin)
            if before and part._continues(before):
                vals = part._prepare_carried_warranty(before)
            for name in WARRANTY_FIELDS:
                part[name] = vals.get(name, False)

    def _get_list_lines(self):
        """Return {(asset, part): line of the parts list} of these records."""
        return self._find_list_lines({(p.asset_id._origin, p.product_id._origin) for p in self})

    @api.model
    def _find_list_lines(self, pairs):
        """Return {(asset, part): line of the parts list} for ``pairs``, in one query."""
        templates = {asset.product_id.product_tmpl_id for asset, _part in pairs}
        lines = self.env["aftersales.product.part"].search(
            [
                ("product_tmpl_id", "in", [template.id for template in templates]),
                ("part_id", "in", [part.id for _asset, part in pairs]),
            ]
        )
        by_key = lines.grouped(lambda line: (line.product_tmpl_id, line.part_id))
        result = {}
        for asset, part in pairs:
            own = by_key.get((asset.product_id.product_tmpl_id, part), lines.browse())
            serial = asset.serial
            result[asset, part] = own.filtered(lambda line, s=serial: line._is_for_serial(s))[:1]
        return result

    def _get_earlier_records(self):
        """Return {serial: its last record that was taken out} for parts with serial numbers."""
        lots = self.filtered(lambda part: part.tracking == "serial").lot_id
        if not lots.ids:
            return {}
        found = self.search(
            [("lot_id", "in", lots.ids), ("state", "=", "removed")], order="date_removed, id"
        )
        return {part.lot_id: part for part in found}

    def _continues(self, before):
        """Whether the part brings the own warranty of ``before``, its last place, along."""
        self.ensure_one()
        return bool(
            before != self._origin
            and before.warranty_date_end
            and self.date_fitted
            and before.date_removed <= self.date_fitted
        )

    def _prepare_carried_warranty(self, before):
        """Return the own warranty that the part brings along from ``before``, its last record."""
        vals = {name: before[name] for name in WARRANTY_FIELDS}
        if before.warranty_meter_limit:
            left = max(before.warranty_meter_limit - before.meter_removed, 0.0)
            vals["warranty_meter_limit"] = self.meter_fitted + left
        return vals

    @api.constrains("product_id", "lot_id", "quantity")
    def _check_lot(self):
        for part in self.filtered("lot_id"):
            names = {"part": part.product_id.display_name, "serial": part.serial}
            if part.lot_id.product_id != part.product_id:
                raise ValidationError(
                    self.env._(
                        "%(serial)s is no serial of %(part)s. Choose one of its serials.", **names
                    )
                )
            if part.tracking == "serial" and part.quantity != 1.0:
                raise ValidationError(
                    self.env._(
                        "%(part)s has serial numbers: %(serial)s has the quantity 1.", **names
                    )
                )
            if part.lot_id == part.asset_id.lot_id:
                raise ValidationError(self.env._("%(serial)s cannot be a part of itself.", **names))

    @api.constrains("lot_id", "date_removed", "asset_id")
    def _check_one_place(self):
        """A serial sits in one asset at a time: say in which, before the index refuses it."""
        inside = self.filtered(lambda p: p.lot_id and p.tracking == "serial" and not p.date_removed)
        if not inside:
            return
        # Not by ``search``: it would write these records first, and the index refuse them.
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM aftersales_asset_part"
                " WHERE lot_id = ANY(%s) AND date_removed IS NULL AND id != ALL(%s)",
                inside.lot_id.ids,
                inside.ids,
            )
        )
        others = self.browse(row[0] for row in rows).filtered(lambda p: not p.date_removed)
        for part in others:
            raise ValidationError(
                self.env._(
                    "%(serial)s sits in %(asset)s since %(date)s. Take it out there first.",
                    serial=part.serial,
                    asset=part.asset_id.display_name,
                    date=format_date(self.env, part.date_fitted),
                )
            )

    def action_remove(self):
        """Record that the parts were taken out of their assets today (W13)."""
        self.check_access("write")
        inside = self.filtered(lambda part: part.state == "fitted")
        today = fields.Date.context_today(self)
        for asset, parts in inside.grouped("asset_id").items():
            parts.write({"date_removed": today, "meter_removed": asset.meter})
