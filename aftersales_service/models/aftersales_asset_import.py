from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class AftersalesAsset(models.Model):
    """Assets named by their serial, as people write it: imports and API (J06)."""

    _inherit = "aftersales.asset"

    @api.depends("lot_id.name")
    def _compute_serial(self):
        """The serial may be given instead of ``lot_id``; that chooses the lot, and never renames
        it.
        """
        for asset in self:
            # Who may see the asset may read its serial, with or without rights on stock.
            asset.serial = asset.sudo().lot_id.name

    @api.model
    def get_import_templates(self):
        """Return the spreadsheet that Odoo's import offers for download."""
        return [
            {
                "label": self.env._("Import Template for Assets"),
                "template": "/aftersales_service/static/xls/aftersales_asset.xlsx",
            }
        ]

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(self._with_lots(vals_list))

    def write(self, vals):
        if vals.get("serial") and not vals.get("lot_id"):
            product_id = vals.get("product_id") or self[:1].product_id.id
            found = self._with_lots([dict(vals, product_id=product_id)], current=self)[0]
            vals = {name: found[name] for name in found if name in vals or name == "lot_id"}
        return super().write(vals)

    @api.model
    def _with_lots(self, vals_list, current=()):
        """Return the values with the lots that their serials name; a product that is not given
        follows from the serial.

        :param current: assets that have the values now
        :raise UserError: for a serial that is unknown, another product's or an asset already
        """
        names = [
            "" if vals.get("lot_id") else (vals.get("serial") or "").strip() for vals in vals_list
        ]
        if not any(names):
            return vals_list
        companies = self.env["res.company"].browse(
            {vals.get("company_id") or self.env.company.id for vals in vals_list}
        )
        lots = self.env["stock.lot"].search(
            Domain("name", "in", list(filter(None, names)))
            & Domain("company_id", "in", [False, *companies.ids])
        )
        by_name = lots.grouped("name")
        taken = {
            asset.lot_id: asset
            for asset in self._get_live_serials(lots, companies)
            if asset not in current
        }
        result = []
        for vals, name in zip(vals_list, names, strict=True):
            if name:
                lot = self._choose_lot(vals, name, by_name.get(name, lots.browse()))
                self._check_serial_free(lot, taken)
                vals = {key: value for key, value in vals.items() if key != "serial"}
                vals.update(lot_id=lot.id, product_id=lot.product_id.id)
            result.append(vals)
        return result

    @api.model
    def _choose_lot(self, vals, serial, lots):
        """Return the one of ``lots``, all called ``serial``, that the values mean."""
        product = self.env["product.product"].browse(vals.get("product_id") or ())
        names = {
            "serial": serial,
            "product": product.display_name or "",
            "products": ", ".join(lots.product_id.mapped("display_name")),
        }
        if not lots:
            raise UserError(
                self.env._(
                    "Serial %(serial)s is not known. Correct it, or enter it first under "
                    "Inventory / Products / Lots and Serial Numbers.",
                    **names,
                )
            )
        chosen = lots.filtered(lambda lot: lot.product_id == product) if product else lots
        if not chosen:
            raise UserError(
                self.env._(
                    "Serial %(serial)s belongs to %(products)s, not to %(product)s. Correct the "
                    "serial or the product.",
                    **names,
                )
            )
        if len(chosen) > 1:
            raise UserError(
                self.env._(
                    "Serial %(serial)s is one of several products: %(products)s. Name the product, "
                    "too.",
                    **names,
                )
            )
        return chosen

    @api.model
    def _check_serial_free(self, lot, taken):
        """Raise when the serial is an asset in service already."""
        asset = taken.get(lot)
        if asset:
            raise UserError(
                self.env._(
                    "Serial %(serial)s is asset %(asset)s of %(owner)s already. Leave it out, or "
                    "change that asset.",
                    serial=lot.name,
                    asset=asset.name,
                    owner=asset.partner_id.display_name or self.env._("nobody"),
                )
            )
