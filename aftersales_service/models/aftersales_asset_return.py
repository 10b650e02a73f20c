from odoo import api, models
from odoo.exceptions import UserError


class AftersalesAsset(models.Model):
    """Assets that came back, and those that go back in service (W02)."""

    _inherit = "aftersales.asset"

    def _action_return(self, reason=None):
        """The assets came back to stock: they and their warranties end (W02).

        :param str reason: why; "Returned to stock" when empty
        """
        self._set_state("returned")
        self._on_ended(reason or self.env._("Returned to stock"))

    @api.model
    def _take_back_quantities(self, returned):
        """Take quantities of lots and untracked products off the assets they came from; what is
        back in full ends.

        :param returned: list of (done return move, lot id or False, quantity in the product's unit)
        """
        left, notes = {}, {}
        candidates = self._get_returned_candidates(returned)
        for move, lot_id, quantity in returned:
            unit = move.product_id.uom_id
            for asset in candidates.get((move, lot_id), self.browse()):
                before = left.get(asset, asset.quantity)
                taken = min(before, quantity)
                if unit.compare(taken, 0.0) <= 0:
                    continue
                quantity -= taken
                left[asset] = unit.round(before - taken)
                notes[asset.id] = self.env._(
                    "%(taken)s of %(before)s %(unit)s came back with %(transfer)s.",
                    taken=taken,
                    before=before,
                    unit=unit.name,
                    transfer=move.picking_id.name or move.reference,
                )
        self._write_quantities_left(left)
        self.browse(notes)._message_log_batch(bodies=notes)

    @api.model
    def _write_quantities_left(self, left):
        """Write {asset: quantity that stays with the customer}; one that has none left keeps its
        last quantity and ends.
        """
        ended = self.browse(
            asset.id for asset, quantity in left.items() if asset.uom_id.is_zero(quantity)
        )
        for quantity, assets in (
            (self.browse(asset.id for asset in left) - ended).grouped(left.get).items()
        ):
            assets.write({"quantity": quantity})
        ended._action_return()

    @api.model
    def _get_returned_candidates(self, returned):
        """Return {(move, lot id): assets in service that it may have come from}, in the order they
        are used up: those of the delivery that is returned, else the owner's newest first.
        """
        moves = self.env["stock.move"].browse({move.id for move, __, __ in returned})
        owners = moves.picking_id.partner_id.commercial_partner_id
        assets = self.search(
            [
                ("state", "=", "in_service"),
                ("company_id", "in", moves.company_id.ids),
                ("product_id", "in", moves.product_id.ids),
                "|",
                ("stock_move_id", "in", moves.origin_returned_move_id.ids),
                "&",
                ("lot_id", "in", moves.lot_ids.ids + [False]),
                ("partner_id", "in", owners.ids),
            ],
            order="id desc",
        )
        return {
            (move, lot_id): assets.filtered(
                lambda asset, move=move, lot_id=lot_id: asset._is_returned_by(move, lot_id)
            )
            for move, lot_id, __ in returned
        }

    def _is_returned_by(self, move, lot_id):
        """Whether this asset is what the return ``move`` of the lot brings back."""
        if (self.product_id, self.company_id) != (move.product_id, move.company_id):
            return False
        if self.lot_id.id != lot_id:
            return False
        if move.origin_returned_move_id:
            return self.stock_move_id == move.origin_returned_move_id
        return self.partner_id == move.picking_id.partner_id.commercial_partner_id

    def action_put_in_service(self):
        """Put draft or returned assets (back) in service. The warranty that the return ended runs
        on with its old dates.

        :raise UserError: when the serial is in stock, or an asset of another customer by now
        """
        self.check_access("write")
        returned = self.filtered(lambda asset: asset.state == "returned")
        returned._check_not_resold()
        (self - returned)._set_state("in_service")
        returned._put_back_in_service()

    def _put_back_in_service(self):
        """Undo a return: the same asset with the same warranty, as if it had not been away."""
        self._set_state("in_service")
        reinstated = self.warranty_ids._undo_end_with_asset()
        notes = {}
        for asset in self:
            warranties = reinstated.filtered(lambda w, asset=asset: w.asset_id == asset)
            notes[asset.id] = (
                self.env._(
                    "Back in service. Warranty %(warranty)s, which the return had ended, runs on "
                    "with its old dates.",
                    warranty=", ".join(warranties.mapped("name")),
                )
                if warranties
                else self.env._("Back in service. No warranty had ended with its return.")
            )
        self._message_log_batch(bodies=notes)

    def _check_not_resold(self):
        """Raise when a returned serial lies in stock or is another asset now."""
        serials = self.filtered(lambda asset: asset.tracking == "serial" and asset.lot_id)
        # Agents need no rights on stock.
        stocked = serials.sudo().lot_id.quant_ids.filtered(
            lambda quant: quant.location_id.usage == "internal" and quant.quantity > 0
        )
        current = {
            (asset.lot_id, asset.company_id): asset
            for asset in self._get_live_serials(serials.lot_id, serials.company_id)
        }
        for asset in serials:
            other = current.get((asset.lot_id, asset.company_id))
            if other:
                raise UserError(
                    self.env._(
                        "%(asset)s: the serial was sold again and is %(other)s of %(owner)s now. "
                        "Work on that asset.",
                        asset=asset.display_name,
                        other=other.name,
                        owner=other.partner_id.display_name or self.env._("nobody"),
                    )
                )
            quant = stocked.filtered(lambda q, asset=asset: q.lot_id == asset.lot_id)[:1]
            if quant:
                raise UserError(
                    self.env._(
                        "%(asset)s lies in stock (%(location)s). Hand it over with a delivery: "
                        "returning the return transfer puts this asset back in service, a new sale "
                        "makes a new one.",
                        asset=asset.display_name,
                        location=quant.location_id.display_name,
                    )
                )
