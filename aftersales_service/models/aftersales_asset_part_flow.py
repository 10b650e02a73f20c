from collections import defaultdict

from odoo import api, models

from ..tools.part_exchange import Inside, pick, replaced_quantity


class AftersalesAssetPart(models.Model):
    """Parts that are fitted and taken out by visits, repairs and other documents (W13)."""

    _inherit = "aftersales.asset.part"

    @api.model
    def _record_changes(self, fitted, removed=()):
        """Record parts that were fitted and taken out, and link what replaces what.

        A part of the parts list that is fitted replaces as many of its kind, even when nobody
        reported the old ones: first those recorded, else the ones the machine was delivered with.
        A serial that sat elsewhere until now is taken out there.

        :param fitted: list of values of records, each with asset_id, product_id, lot_id,
            quantity, date_fitted, meter_fitted and its origin
        :param removed: list of dicts with asset_id, product_id, lot_id, quantity, date and meter
        :return: the new records of what was fitted
        """
        if not fitted and not removed:
            return self
        self._leave_other_assets(fitted)
        removed = list(removed) + self._get_silent_removals(fitted, removed)
        gone = self._take_out(removed)
        for vals in fitted:
            before = gone[vals["asset_id"], vals["product_id"]]
            if before:
                vals["replaced_id"] = before.pop(0)
        return self.create(fitted)

    @api.model
    def _leave_other_assets(self, fitted):
        """Serials that are fitted now no longer sit where they were."""
        dates = {vals["lot_id"]: vals["date_fitted"] for vals in fitted if vals.get("lot_id")}
        moved = self.search(
            [("lot_id", "in", list(dates)), ("state", "=", "fitted"), ("tracking", "=", "serial")]
        )
        for date, parts in moved.grouped(lambda p: max(dates[p.lot_id.id], p.date_fitted)).items():
            parts.write({"date_removed": date})
        moved.asset_id._message_log_batch(
            bodies={
                part.asset_id.id: self.env._(
                    "%(part)s sits in another asset now and was recorded as taken out.",
                    part=part.display_name,
                )
                for part in moved
            }
        )

    @api.model
    def _get_silent_removals(self, fitted, removed):
        """Return the removals that follow from what was ``fitted`` and was not reported."""
        new, out = defaultdict(float), defaultdict(float)
        context = {}
        for vals in fitted:
            key = vals["asset_id"], vals["product_id"]
            new[key] += vals["quantity"]
            context[key] = {"date": vals["date_fitted"], "meter": vals.get("meter_fitted", 0.0)}
        for item in removed:
            out[item["asset_id"], item["product_id"]] += item["quantity"]
        listed = self._get_listed_quantities(new)
        return [
            {
                "asset_id": key[0],
                "product_id": key[1],
                "lot_id": False,
                "quantity": quantity,
                **context[key],
            }
            for key in new
            if (quantity := replaced_quantity(new[key], out[key], listed.get(key, 0.0)))
        ]

    @api.model
    def _get_listed_quantities(self, keys):
        """Return {(asset id, part id): quantity per machine by the parts list}."""
        assets, parts = self.env["aftersales.asset"], self.env["product.product"]
        pairs = {
            (assets.browse(asset_id), parts.browse(part_id)): (asset_id, part_id)
            for asset_id, part_id in keys
        }
        lines = self._find_list_lines(pairs)
        return {pairs[pair]: line.quantity for pair, line in lines.items() if line}

    @api.model
    def _take_out(self, removed):
        """Record what was ``removed`` (see ``_record_changes``); what nobody recorded before was
        delivered with the machine.

        :return: {(asset id, part id): ids of the records that were taken out}
        """
        pool = self._get_inside(removed)
        gone, closings, news = defaultdict(list), defaultdict(list), []
        for item in removed:
            key = item["asset_id"], item["product_id"]
            # What was fitted later cannot be what was taken out on that day.
            inside = [piece for day, piece in pool[key] if day <= item["date"] and piece.quantity]
            picked, missing = pick(inside, item["quantity"], item["lot_id"])
            for record_id, quantity in picked:
                closings[item["date"], item["meter"]].append((record_id, quantity))
            if missing > 0:
                news.append(self._prepare_original_vals(item, missing))
        for (date, meter), pieces in closings.items():
            closed = self._close(pieces, {"date_removed": date, "meter_removed": meter})
            for part in closed:
                gone[part.asset_id.id, part.product_id.id].append(part.id)
        for part in self.create(news):
            gone[part.asset_id.id, part.product_id.id].append(part.id)
        return gone

    @api.model
    def _get_inside(self, removed):
        """Return {(asset id, part id): [(day, what sits inside since then)]} for ``removed``,
        oldest first.
        """
        pool = defaultdict(list)
        for part in self.search(
            [
                ("asset_id", "in", [item["asset_id"] for item in removed]),
                ("product_id", "in", [item["product_id"] for item in removed]),
                ("state", "=", "fitted"),
            ],
            order="date_fitted, id",
        ):
            inside = Inside(part.id, part.lot_id.id or None, part.quantity)
            pool[part.asset_id.id, part.product_id.id].append((part.date_fitted, inside))
        return pool

    @api.model
    def _close(self, pieces, vals):
        """Write ``vals`` on the records of ``pieces`` [(id, quantity)]; of a record that is taken
        out partly, the rest stays inside. Return the records that were taken out.
        """
        quantities = defaultdict(float)
        for record_id, quantity in pieces:
            quantities[record_id] += quantity
        parts = self.browse(quantities)
        whole = parts.filtered(lambda p: p.uom_id.compare(quantities[p.id], p.quantity) >= 0)
        whole.write(vals)
        split = parts - whole
        copies = self.create(
            [part._prepare_split_vals(quantities[part.id]) | vals for part in split]
        )
        for part in split:  # each has another rest; rarely more than one
            part.quantity -= quantities[part.id]
        return whole | copies

    def _prepare_split_vals(self, quantity):
        """Return the values of a record of ``quantity`` of this one."""
        self.ensure_one()
        return self.copy_data({"quantity": quantity, "reference": self.reference})[0]

    @api.model
    def _prepare_original_vals(self, item, quantity):
        """Return the values of a part that was delivered with its asset and was taken out."""
        asset = self.env["aftersales.asset"].browse(item["asset_id"])
        delivered = asset.date_delivery
        return {
            "asset_id": asset.id,
            "product_id": item["product_id"],
            "lot_id": item["lot_id"],
            "quantity": quantity,
            "is_original": True,
            "date_fitted": min(delivered or item["date"], item["date"]),
            "date_removed": item["date"],
            "meter_removed": item["meter"],
        }
