from odoo import api, fields, models

# What the assets of one delivery differ in; all else follows from the values they share.
_OWN_COLUMNS = (
    "lot_id",
    "quantity",
    "stock_move_id",
    "sale_line_id",
    "partner_id",
    "site_id",
    "former_asset_id",
)


class AftersalesAsset(models.Model):
    """Assets made by deliveries (W02, W03)."""

    _inherit = "aftersales.asset"

    former_asset_id = fields.Many2one(
        "aftersales.asset",
        string="Formerly",
        index="btree_not_null",
        copy=False,
        readonly=True,
        help="The asset that this serial was before it came back and was sold again.",
    )

    @api.model
    def _make_delivered(self, vals_list):
        """Make the assets of deliveries, each once, with their warranties (W02).

        A serial that is delivered again on the order line it was returned on is the same asset,
        back in service: the return was undone, or it was away for repair. One that is an asset
        already (entered by hand, or never given back) is not made again unless it now goes to
        somebody else.

        :param vals_list: values by ``stock.move._prepare_aftersales_asset_vals_list``
        :return: the new assets
        """
        known = self._get_known_delivery_keys({vals["stock_move_id"] for vals in vals_list})
        todo = [vals for vals in vals_list if (vals["stock_move_id"], vals["lot_id"]) not in known]
        latest = self._get_latest_by_serial(todo)
        new, adopted = [], {}
        for vals in todo:
            former = latest.get((vals["lot_id"], vals["company_id"]), self.browse())
            if former._continues_as(vals):
                adopted[former] = vals
            else:
                new.append(dict(vals, former_asset_id=former.id))
        former = self.browse([vals["former_asset_id"] for vals in new if vals["former_asset_id"]])
        former.filtered(lambda asset: asset.state == "in_service")._action_return(
            self.env._("Delivered to somebody else; its return was not recorded")
        )
        for asset, vals in adopted.items():
            asset._adopt_delivery(vals)
        return self._make_in_bulk(new)

    @api.model
    def _get_known_delivery_keys(self, move_ids):
        """Return the set of (move id, lot id) whose asset is there already (design rule 2)."""
        known = self.search_fetch(
            [("stock_move_id", "in", list(move_ids))], ["stock_move_id", "lot_id"]
        )
        return {(asset.stock_move_id.id, asset.lot_id.id) for asset in known}

    @api.model
    def _get_latest_by_serial(self, vals_list):
        """Return {(lot id, company id): asset} of the serials that are or were assets."""
        lot_ids = [vals["lot_id"] for vals in vals_list if vals["lot_id"]]
        assets = self.search(
            [
                ("lot_id", "in", lot_ids),
                ("company_id", "in", [vals["company_id"] for vals in vals_list]),
                ("tracking", "=", "serial"),
            ],
            order="id",
        )
        live = assets.filtered(lambda asset: asset.state in ("draft", "in_service"))
        return {(asset.lot_id.id, asset.company_id.id): asset for asset in (assets - live) + live}

    @api.model
    def _get_live_serials(self, lots, companies):
        """Return the assets that the serials ``lots`` are now for ``companies``."""
        return self.search(
            [
                ("lot_id", "in", lots.ids),
                ("company_id", "in", companies.ids),
                ("tracking", "=", "serial"),
                *self._get_live_domain(),
            ]
        )

    def _continues_as(self, vals):
        """Whether a delivery with these values hands over this very asset and makes no other."""
        if not self or self.state == "scrapped":
            return False
        same_line = bool(self.sale_line_id) and self.sale_line_id.id == vals["sale_line_id"]
        if self.state == "returned":
            return same_line
        owner = self.partner_id.commercial_partner_id.id
        return self.state == "draft" or same_line or owner in (False, vals["partner_id"])

    def _adopt_delivery(self, vals):
        """The serial of this asset was delivered: complete what was entered before."""
        if self.state == "returned":
            self._put_back_in_service()
        elif not self.stock_move_id:
            kept = {name: vals[name] for name in vals if not self[name]}
            self._write_past_guard(
                dict(kept, stock_move_id=vals["stock_move_id"], state=vals["state"])
            )
            self._make_missing_warranties()

    @api.model
    def _make_in_bulk(self, vals_list):
        """Make assets with their warranties and terms, thousands in a constant number of queries.

        For each set of values that assets share, one asset is made by ``create``; the others of the
        set are clones of it, of its warranties and of their terms.

        :param vals_list: complete values, as ``create`` takes them
        :return: the assets
        """
        groups = {}
        for vals in vals_list:
            shared = tuple((key, vals[key]) for key in vals if key not in _OWN_COLUMNS)
            groups.setdefault(shared, []).append(vals)
        # One line of history an asset, "made by delivery so-and-so", is on the asset itself.
        quiet = self.with_context(tracking_disable=True)
        prototypes = quiet.create([group[0] for group in groups.values()])
        pairs = [
            (prototype.id, vals)
            for prototype, group in zip(prototypes, groups.values(), strict=True)
            for vals in group[1:]
        ]
        clones = quiet._clone_assets(prototypes, pairs)
        return (prototypes | clones).with_env(self.env)

    @api.model
    def _clone_assets(self, prototypes, pairs):
        """Clone ``prototypes`` with their warranties, for each (prototype id, values)."""
        if not pairs:
            return self.browse()
        numbered = [{"company_id": vals["company_id"]} for __, vals in pairs]
        self._fill_numbers(numbered)
        lots = self.env["stock.lot"].browse(vals["lot_id"] for __, vals in pairs if vals["lot_id"])
        serials = dict(zip(lots._ids, lots.mapped("name"), strict=True))
        own_values = {name: [vals.get(name) or None for __, vals in pairs] for name in _OWN_COLUMNS}
        own_values["name"] = [vals["name"] for vals in numbered]
        own_values["serial"] = [serials.get(vals["lot_id"]) for __, vals in pairs]
        clones = self._clone_rows([prototype_id for prototype_id, __ in pairs], own_values)
        origins = {clone: pair[0] for clone, pair in zip(clones, pairs, strict=True)}
        with clones._keeping_copied():
            prototypes.warranty_ids._clone_for(origins)
        clones._on_made()
        return clones
