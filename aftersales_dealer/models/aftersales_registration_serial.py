from collections import Counter

from odoo import api, models
from odoo.exceptions import ValidationError

from .aftersales_registration import DECIDED_FIELDS


class AftersalesRegistration(models.Model):
    """Cards come with a serial; this finds the machines, for thousands at once (D02)."""

    _inherit = "aftersales.registration"

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access(
            "create"
        )  # before serials are looked up: the answers would tell who has what
        vals_list = [dict(vals) for vals in vals_list]
        self._resolve_assets(vals_list)
        self._check_registered_once(
            [vals["asset_id"] for vals in vals_list if vals.get("asset_id")]
        )
        self._complete_end_users(vals_list)
        if len(vals_list) > 1:
            # Handing in says on each card who and when; thousands of "created" say nothing more.
            self = self.with_context(mail_create_nolog=True)
        return super().create(
            [{k: v for k, v in vals.items() if k not in DECIDED_FIELDS} for vals in vals_list]
        )

    @api.model
    def _fill_numbers(self, vals_list):
        """Cards are numbered when they are handed in: what is refused uses no number up."""
        for vals in vals_list:
            vals["name"] = "/"

    def write(self, vals):
        self.check_access("write")  # as in ``create``
        if (
            vals.get("serial")
            and "asset_id" not in vals
            and any(r.serial != vals["serial"] for r in self)
        ):
            vals = dict(vals)
            self._resolve_assets([vals])
        if vals.get("asset_id") and any(r.asset_id.id != vals["asset_id"] for r in self):
            self._check_registered_once([vals["asset_id"]] * len(self))
        return super().write(vals)

    @api.onchange("serial")
    def _onchange_serial(self):
        serial = (self.serial or "").strip()
        if serial and serial not in (self.asset_id.serial, self.asset_id.name):
            found = self._find_assets({serial})[serial]
            self.asset_id = found if len(found) == 1 else False

    @api.model
    def _find_assets(self, serials):
        """Return {serial or asset number: assets in service}, in the user's companies."""
        assets = self.env["aftersales.asset"].search(
            [
                "|",
                ("serial", "in", list(serials)),
                ("name", "in", list(serials)),
                ("company_id", "in", self.env.companies.ids),
                ("state", "=", "in_service"),
            ]
        )
        result = dict.fromkeys(serials, assets.browse())
        for asset in assets:
            for key in {asset.serial, asset.name} & result.keys():
                result[key] |= asset
        return result

    @api.model
    def _resolve_assets(self, vals_list):
        """Put asset, company and dealer into values that name a serial or lot only.

        :raise ValidationError: for a serial that is unknown or names several machines
        """
        self._resolve_lots(vals_list)
        open_vals = [
            vals
            for vals in vals_list
            if not vals.get("asset_id") and (vals.get("serial") or "").strip()
        ]
        found = self._find_assets({vals["serial"].strip() for vals in open_vals})
        for vals in open_vals:
            serial = vals["serial"].strip()
            assets = found[serial]
            if len(assets) > 1 and vals.get("dealer_id"):
                assets = assets.filtered(
                    lambda a, dealer=vals["dealer_id"]: a.dealer_id.id == dealer
                )
            if len(assets) != 1:
                raise ValidationError(self._get_serial_message(serial, found[serial]))
            vals["asset_id"] = assets.id
        assets = self.env["aftersales.asset"].browse(
            [vals["asset_id"] for vals in vals_list if vals.get("asset_id")]
        )
        by_id = {asset.id: asset for asset in assets}
        for vals in vals_list:
            asset = by_id.get(vals.get("asset_id"))
            if asset:
                vals.setdefault("company_id", asset.company_id.id)
                vals["serial"] = asset.serial or asset.name
                if not vals.get("dealer_id") and asset.dealer_id:
                    vals["dealer_id"] = asset.dealer_id.id

    @api.model
    def _resolve_lots(self, vals_list):
        """Replace ``lot_id`` (API, import) by the asset of that lot."""
        lot_vals = [vals for vals in vals_list if vals.get("lot_id") and not vals.get("asset_id")]
        if lot_vals:
            lots = self.env["stock.lot"].browse([vals["lot_id"] for vals in lot_vals])
            assets = self.env["aftersales.asset"].search(
                [("lot_id", "in", lots.ids), ("state", "=", "in_service")]
            )
            by_lot = {asset.lot_id.id: asset.id for asset in assets}
            for vals in lot_vals:
                vals["asset_id"] = by_lot.get(vals["lot_id"], False)
        for vals in vals_list:
            vals.pop("lot_id", None)

    @api.model
    def _get_serial_message(self, serial, assets):
        """Return why ``serial`` does not name one machine."""
        if assets:
            return self.env._(
                "Several machines have the serial %(serial)s: %(assets)s. Choose the asset "
                "instead of the serial.",
                serial=serial,
                assets=", ".join(assets.mapped("display_name")),
            )
        return self.env._(
            "No machine with the serial %(serial)s was delivered. Check the serial on the name "
            "plate; it must be delivered before it is registered.",
            serial=serial,
        )

    @api.model
    def _check_registered_once(self, asset_ids):
        """Refuse a second live card of a machine, naming the first; the unique index refuses races.

        :raise ValidationError: naming serial and card
        """
        # A card of another company's user is named by number only.
        taken = self.sudo().search(
            [("asset_id", "in", asset_ids), ("state", "in", ("draft", "registered"))], limit=1
        )
        if taken:
            raise ValidationError(
                self.env._(
                    "%(serial)s is registered already with the card %(card)s. Open that card; a "
                    "wrong one is cancelled first.",
                    serial=taken.serial,
                    card=taken.name,
                )
            )
        twice = [asset_id for asset_id, count in Counter(asset_ids).items() if count > 1]
        if twice:
            asset = self.env["aftersales.asset"].sudo().browse(twice[0])  # named by its serial only
            raise ValidationError(
                self.env._(
                    "%(serial)s is entered twice. Keep one of the two lines.",
                    serial=asset.serial or asset.name,
                )
            )

    @api.model
    def _complete_end_users(self, vals_list):
        """Fill the card's contact data where an existing end user was chosen."""
        chosen = [
            vals for vals in vals_list if vals.get("end_user_id") and not vals.get("end_user_name")
        ]
        partners = self.env["res.partner"].browse([vals["end_user_id"] for vals in chosen])
        for vals, partner in zip(chosen, partners, strict=True):
            vals.update(
                {k: v for k, v in self._prepare_end_user_data(partner).items() if not vals.get(k)}
            )

    @api.model
    def _prepare_end_user_data(self, partner):
        """Return the card's contact fields as ``partner`` has them."""
        return {
            "end_user_name": partner.name,
            "end_user_phone": partner.phone,
            "end_user_email": partner.email,
            "end_user_street": partner.street,
            "end_user_city": partner.city,
            "end_user_zip": partner.zip,
            "end_user_state_id": partner.state_id.id,
            "end_user_country_id": partner.country_id.id,
        }
