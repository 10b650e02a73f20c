from odoo import fields, models


class AftersalesVisit(models.Model):
    """Parts of a finished visit sit in the asset from then on (W13)."""

    _inherit = "aftersales.visit"

    def _on_done(self):
        # Technicians hand in their voucher; what sits inside follows from it, and from stock.
        lines = self.line_ids.filtered("asset_id").sudo()
        fitted = lines.filtered(lambda line: line.kind == "used")
        self.env["aftersales.asset.part"].sudo()._record_changes(
            [line._prepare_fitted_part_vals() for line in fitted],
            [line._prepare_removed_part() for line in lines - fitted],
        )
        return super()._on_done()


class AftersalesVisitLine(models.Model):
    _inherit = "aftersales.visit.line"

    def _get_part_facts(self):
        """Return what fitting and taking out a part have in common."""
        self.ensure_one()
        quantity = self.uom_id._compute_quantity(self.quantity, self.product_id.uom_id)
        return {
            "asset_id": self.asset_id.id,
            "product_id": self.product_id.id,
            "lot_id": self.lot_id.id,
            "quantity": quantity,
        }

    def _get_part_day(self):
        """Return the day the part was fitted, where the technician's day is counted."""
        self.ensure_one()
        done = self.visit_id.date_done or fields.Datetime.now()
        return fields.Datetime.context_timestamp(self, done).date()

    def _prepare_fitted_part_vals(self):
        """Return the values of the installed part that this line fitted."""
        visit = self.visit_id
        return self._get_part_facts() | {
            "date_fitted": self._get_part_day(),
            "meter_fitted": visit.meter or self.asset_id.meter,
            "visit_line_id": self.id,
            "reference": visit.name,
        }

    def _prepare_removed_part(self):
        """Return what this line took out of its asset, as ``_record_changes`` takes it."""
        meter = self.visit_id.meter or self.asset_id.meter
        return self._get_part_facts() | {"date": self._get_part_day(), "meter": meter}


class RepairOrder(models.Model):
    """Parts of a finished repair sit in the asset from then on; recycled ones no longer (W13)."""

    _inherit = "repair.order"

    def action_repair_done(self):
        """Finished repairs record the parts they fitted and took out (W13)."""
        result = super().action_repair_done()
        self._record_asset_parts()
        return result

    def _record_asset_parts(self):
        """Record what finished repairs fitted and took out, in one go."""
        # The workshop repairs; it needs no rights on assets.
        repairs = self.sudo()
        assets = repairs._get_repaired_assets()
        lines = repairs.move_ids.filtered(
            lambda move: move.state == "done" and move.repair_line_type
        ).move_line_ids.filtered(
            lambda line: line.quantity > 0 and assets.get(line.move_id.repair_id)
        )
        fitted = lines.filtered(lambda line: line.move_id.repair_line_type == "add")
        # Who ends a repair has no rights on installed parts; they follow from its moves.
        self.env["aftersales.asset.part"].sudo()._record_changes(
            [repairs._prepare_fitted_part_vals(assets, line) for line in fitted],
            [repairs._prepare_removed_part(assets, line) for line in lines - fitted],
        )

    def _get_repaired_assets(self):
        """Return {repair: asset}: the one it names, else the live one of its serial."""
        assets = self.env["aftersales.asset"]
        nameless = self.filtered(lambda repair: not repair.aftersales_asset_id and repair.lot_id)
        by_lot = {}
        if nameless:
            found = assets.search(
                [("lot_id", "in", nameless.lot_id.ids), *assets._get_live_domain()]
            )
            by_lot = {asset.lot_id: asset for asset in found}
        return {
            repair: repair.aftersales_asset_id or by_lot.get(repair.lot_id, assets)
            for repair in self
        }

    def _get_part_facts(self, assets, line):
        """Return what fitting and taking out the part of a move ``line`` have in common."""
        asset = assets[line.move_id.repair_id]
        return asset, {
            "asset_id": asset.id,
            "product_id": line.product_id.id,
            "lot_id": line.lot_id.id,
            "quantity": line.quantity_product_uom,
        }

    def _prepare_fitted_part_vals(self, assets, line):
        """Return the values of the installed part that a move ``line`` of a repair fitted."""
        asset, facts = self._get_part_facts(assets, line)
        return facts | {
            "date_fitted": fields.Datetime.context_timestamp(self, line.date).date(),
            "meter_fitted": asset.meter,
            "repair_line_id": line.id,
            "reference": line.move_id.repair_id.name,
        }

    def _prepare_removed_part(self, assets, line):
        """Return what a move ``line`` of a repair took out, as ``_record_changes`` takes it."""
        asset, facts = self._get_part_facts(assets, line)
        date = fields.Datetime.context_timestamp(self, line.date).date()
        return facts | {"date": date, "meter": asset.meter}
