from odoo import fields, models


class AftersalesAssetPart(models.Model):
    _inherit = "aftersales.asset.part"

    claim_line_id = fields.Many2one("aftersales.claim.line", index="btree_not_null", copy=False)

    _claim_line_uniq = models.UniqueIndex(
        "(claim_line_id) WHERE claim_line_id IS NOT NULL",
        "A part of a claim is recorded once.",
    )


class AftersalesClaim(models.Model):
    """Parts of an approved claim sit in the asset (W13)."""

    _inherit = "aftersales.claim"

    def _approve(self):
        result = super()._approve()
        self._record_asset_parts()
        return result

    def _record_asset_parts(self):
        """Record the parts that dealers fitted, unless a visit or repair of the same ticket, or
        an earlier approval, recorded them already.
        """
        # Approvers decide on claims; what sits in the machine follows from the decision.
        lines = self.line_ids.sudo().filtered(
            lambda line: line.kind == "part" and line.asset_id and line.product_id.type == "consu"
        )
        # sudo: as for the lines; only what sits in their machines is read and recorded.
        parts = self.env["aftersales.asset.part"].sudo()
        known = parts.search(
            [("asset_id", "in", lines.asset_id.ids), ("product_id", "in", lines.product_id.ids)]
        )
        new = lines.filtered(lambda line: not line._is_recorded(known))
        parts._record_changes(
            [line._prepare_fitted_part_vals() for line in new],
            [line._prepare_removed_part() for line in new if line.removed_lot_id],
        )


class AftersalesClaimLine(models.Model):
    _inherit = "aftersales.claim.line"

    def _is_recorded(self, known):
        """Whether one of the ``known`` installed parts is the one of this line."""
        self.ensure_one()
        ticket = self.claim_id.ticket_id
        return any(
            part.claim_line_id == self
            or (self.lot_id and part.lot_id == self.lot_id and part.asset_id == self.asset_id)
            or (
                ticket
                and part.product_id == self.product_id
                and part.asset_id == self.asset_id
                and ticket
                in (
                    part.visit_line_id.visit_id.ticket_id
                    | part.repair_line_id.move_id.repair_id.aftersales_ticket_id
                )
            )
            for part in known
        )

    def _get_part_day(self):
        """Return the day of the dealer's repair."""
        return self.date_repair or fields.Date.context_today(self)

    def _prepare_fitted_part_vals(self):
        """Return the values of the installed part that the dealer fitted."""
        self.ensure_one()
        return {
            "asset_id": self.asset_id.id,
            "product_id": self.product_id.id,
            "lot_id": self.lot_id.id,
            "quantity": self.quantity,
            "date_fitted": self._get_part_day(),
            "meter_fitted": self.claim_id.meter,
            "claim_line_id": self.id,
            "reference": self.claim_id.name,
        }

    def _prepare_removed_part(self):
        """Return the old part, as ``_record_changes`` takes it."""
        self.ensure_one()
        return {
            "asset_id": self.asset_id.id,
            "product_id": self.product_id.id,
            "lot_id": self.removed_lot_id.id,
            "quantity": self.quantity,
            "date": self._get_part_day(),
            "meter": self.claim_id.meter,
        }
