from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL


class AftersalesCampaign(models.Model):
    """Which machines a campaign affects: found by serial, added in batches (W15)."""

    _inherit = "aftersales.campaign"

    def _find_serials(self, serials, products=None):
        """Look serials up, in a constant number of queries.

        :param serials: iterable of serial numbers, or numbers of assets without serial
        :param products: ``product.product`` the serials belong to; any when empty
        :return: (lots, assets, {serial: problem}): ``stock.lot``, assets without serial, and for
            what is not found or not clear a code, ``unknown`` or ``ambiguous``
        """
        self.ensure_one()
        serials = set(serials)
        domain = Domain("name", "in", list(serials)) & self._get_lot_domain()
        if products:
            domain &= Domain("product_id", "in", products.ids)
        lots = self.env["stock.lot"].search_fetch(domain, ["name", "product_id"])
        by_name = defaultdict(set)
        for lot in lots:
            by_name[lot.name].add(lot.product_id.id)
        problems = {name: "ambiguous" for name, found in by_name.items() if len(found) > 1}
        lots = lots.filtered(lambda lot: lot.name not in problems)
        rest = serials - by_name.keys()
        assets = self.env["aftersales.asset"]
        if rest:
            assets = assets.search_fetch(self._get_loose_asset_domain(rest, products), ["name"])
        problems.update(dict.fromkeys(rest - set(assets.mapped("name")), "unknown"))
        return lots, assets, problems

    def _get_lot_domain(self):
        """Domain of the serials and lots of machines of the campaign's company."""
        return Domain("company_id", "in", (False, self.company_id.id))

    def _get_loose_asset_domain(self, numbers, products):
        """Domain of the assets without serial whose number is one of ``numbers``."""
        domain = Domain("name", "in", list(numbers)) & Domain("lot_id", "=", False)
        domain &= Domain("company_id", "=", self.company_id.id)
        domain &= self.env["aftersales.asset"]._get_live_domain()
        return domain & Domain("product_id", "in", products.ids) if products else domain

    def _prepare_unit_vals_list(self, lots, assets):
        """Return the values of the units for ``lots`` and for ``assets`` without serial that are
        not in the campaign yet.
        """
        self.ensure_one()
        owners = self._get_assets_by_lot(lots)
        known = self._get_known_keys()
        lots.fetch(["name", "product_id"])
        lots.product_id.fetch(["tracking"])
        assets.fetch(["name", "product_id"])
        vals_list = []
        for lot in lots:
            product = lot.product_id
            asset_ids = owners.get(lot.id, [])
            if product.tracking != "serial":
                asset_ids = [*asset_ids, False]  # what of the lot is still in stock
            for asset_id in asset_ids or [False]:
                vals_list.append(
                    self._prepare_unit_vals(lot.name, product, lot_id=lot.id, asset_id=asset_id)
                )
        for asset in assets:
            vals_list.append(
                self._prepare_unit_vals(asset.name, asset.product_id, asset_id=asset.id)
            )
        return [vals for vals in vals_list if self._get_unit_key(vals) not in known]

    def _prepare_unit_vals(self, serial, product, lot_id=False, asset_id=False):
        """Return the values of one unit."""
        return {
            "campaign_id": self.id,
            "serial": serial,
            "product_id": product.id,
            "tracking": product.tracking,
            "lot_id": lot_id,
            "asset_id": asset_id,
        }

    @staticmethod
    def _get_unit_key(vals):
        """Return what the unique index of units says is one unit."""
        asset_id = 0 if vals["tracking"] == "serial" else vals["asset_id"] or 0
        return vals["lot_id"] or 0, asset_id

    def _get_known_keys(self):
        """Return the keys of the campaign's units as in ``_get_unit_key``."""
        lines = self.env["aftersales.campaign.line"].search_fetch(
            [("campaign_id", "=", self.id)], ["lot_id", "asset_id", "tracking"]
        )
        return {
            self._get_unit_key(
                {
                    "lot_id": line.lot_id.id,
                    "asset_id": line.asset_id.id,
                    "tracking": line.tracking,
                }
            )
            for line in lines
        }

    def _get_assets_by_lot(self, lots):
        """Return {lot id: [id of the asset a customer has now]}, in one query."""
        assets = self.env["aftersales.asset"]
        groups = assets._read_group(
            assets._get_live_domain()
            & Domain("lot_id", "in", lots.ids)
            & Domain("company_id", "=", self.company_id.id),
            ["lot_id"],
            ["id:array_agg"],
        )
        return {lot.id: ids for lot, ids in groups}

    def _add_units(self, lots, assets=None):
        """Put machines on the list, those that are on it already excepted.

        :return: number of units added (int)
        :raise UserError: when the campaign is over
        """
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("draft", "open"):
            raise UserError(
                self.env._(
                    "%(campaign)s is %(state)s: its list of units is closed. Open it again first.",
                    campaign=self.display_name,
                    state=self._get_state_label(self.state),
                )
            )
        self.lock_for_update()
        vals_list = self._prepare_unit_vals_list(lots, assets or self.env["aftersales.asset"])
        self._insert_units(vals_list)
        return len(vals_list)

    def _insert_units(self, vals_list):
        """Store units in one statement: a hundred thousand cost seconds, not minutes.

        The ``vals_list`` is from ``_prepare_unit_vals_list``, which looked everything up in the
        campaign's company; what is copied from the asset is copied by the database.
        """
        self.env.flush_all()
        copied = [SQL.identifier(name) for name in self._get_unit_asset_columns()]
        names = ("serial", "product_id", "tracking", "lot_id", "asset_id")
        columns = [[vals[name] or None for vals in vals_list] for name in names]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO aftersales_campaign_line (
                    campaign_id, company_id, state, reminder_count, create_uid, write_uid,
                    create_date, write_date, serial, product_id, tracking, lot_id, asset_id, %s
                )
                SELECT %s, %s, 'open', 0, %s, %s, %s, %s,
                       unit.serial, unit.product_id, unit.tracking, unit.lot_id, unit.asset_id, %s
                  FROM unnest(%s::text[], %s::int[], %s::text[], %s::int[], %s::int[])
                       AS unit (serial, product_id, tracking, lot_id, asset_id)
             LEFT JOIN aftersales_asset asset ON asset.id = unit.asset_id
                """,
                SQL(", ").join(copied),
                self.id,
                self.company_id.id,
                self.env.uid,
                self.env.uid,
                self.env.cr.now(),
                self.env.cr.now(),
                SQL(", ").join(SQL("asset.%s", name) for name in copied),
                *columns,
            )
        )
        self.env["aftersales.campaign.line"].invalidate_model()
        self.invalidate_recordset()
        self.env["aftersales.asset"].invalidate_model(["campaign_line_ids"])

    @api.model
    def _get_unit_asset_columns(self):
        """Return the names of the fields that units copy from their asset; addons that add such a
        related stored field name it here.
        """
        return ["partner_id"]

    def _fill_imported_units(self, vals_list):
        """Complete the ``vals_list`` of units that an import names by serial only.

        :raise UserError: naming the first serial that is unknown, not clear or there already
        """
        self.ensure_one()
        products = self.env["product.product"].browse(
            {vals["product_id"] for vals in vals_list if vals.get("product_id")}
        )
        serials = [(vals.get("serial") or "").strip() for vals in vals_list]
        lots, assets, problems = self._find_serials(serials, products)
        for number, serial in enumerate(serials, start=1):
            if serial in problems:
                raise UserError(self._format_problem(number, serial, problems[serial]))
        units = {vals["serial"]: vals for vals in self._prepare_unit_vals_list(lots, assets)}
        for number, (serial, vals) in enumerate(zip(serials, vals_list, strict=True), start=1):
            if serial not in units:
                raise UserError(self._format_problem(number, serial, "known"))
            vals.update(units.pop(serial))

    def _format_problem(self, number, serial, problem):
        """Return the sentence for a serial on line ``number`` that cannot be added."""
        texts = {
            "unknown": self.env._(
                "Line %(line)s: the serial “%(serial)s” is unknown. Correct it, or enter the "
                "serial in the inventory first.",
                line=number,
                serial=serial,
            ),
            "ambiguous": self.env._(
                "Line %(line)s: the serial “%(serial)s” exists for several products. Choose the "
                "product.",
                line=number,
                serial=serial,
            ),
            "known": self.env._(
                "Line %(line)s: the serial “%(serial)s” is in the campaign already or stands "
                "here twice. Remove the line.",
                line=number,
                serial=serial,
            ),
        }
        return texts[problem]
