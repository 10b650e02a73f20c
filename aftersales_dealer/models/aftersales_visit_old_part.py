from odoo import models

# Work that the company pays: its old parts say what to recover, and from whom.
COVERED = ("warranty", "contract", "internal")


class AftersalesVisit(models.Model):
    """Old parts of visits come back like those of dealers, where the company wants it (D09)."""

    _inherit = "aftersales.visit"

    def _get_parts_locations(self, warehouse, way):
        source, destination = super()._get_parts_locations(
            warehouse, "removed" if way == "old_part" else way
        )
        if way == "old_part":
            destination = self.company_id._get_technician_part_location()
        return source, destination


class AftersalesVisitLine(models.Model):
    _inherit = "aftersales.visit.line"

    def _get_parts_way(self):
        way = super()._get_parts_way()
        return "old_part" if way == "removed" and self._must_come_back() else way

    def _must_come_back(self):
        """Whether the company wants this old part back from its technician."""
        self.ensure_one()
        rule = self.company_id.aftersales_technician_parts
        covered = self.visit_id.ticket_id.service_category in COVERED
        return self.kind == "removed" and (rule == "all" or (rule == "covered" and covered))

    def _on_parts_moved(self):
        result = super()._on_parts_moved()
        back = self.filtered(lambda line: line._must_come_back())
        self.env["aftersales.part.return.line"]._ask_back(
            [line._prepare_old_part_vals() for line in back]
        )
        return result

    def _prepare_old_part_vals(self):
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "technician_id": self.visit_id.technician_id.id,
            "visit_line_id": self.id,
            "product_id": self.product_id.id,
            "quantity": self.uom_id._compute_quantity(self.quantity, self.product_id.uom_id),
            "lot_id": self.lot_id.id,
            "asset_id": self.asset_id.id,
        }

    def _prepare_move_vals(self, common):
        vals = super()._prepare_move_vals(common)
        if self._get_parts_way() == "old_part":
            # The customer's, as the dealers' are theirs: neither for sale nor valued.
            for __, __, line_vals in vals["move_line_ids"]:
                line_vals["owner_id"] = self.visit_id.partner_id.id
        return vals


class RepairOrder(models.Model):
    _inherit = "repair.order"

    def _on_parts_removed(self, moves):
        result = super()._on_parts_removed(moves)
        back = moves.filtered(lambda move: move.repair_id._old_parts_come_back())
        self.env["aftersales.part.return.line"]._ask_back(
            [move._prepare_old_part_vals() for move in back]
        )
        return result

    def _old_parts_come_back(self):
        """Whether the company wants the old parts of this repair back from its technician."""
        self.ensure_one()
        rule = self.company_id.aftersales_technician_parts
        covered = self.under_warranty or self.service_category in COVERED
        known = self.user_id.employee_id.filtered(lambda e: e.company_id == self.company_id)
        return bool(known) and (rule == "all" or (rule == "covered" and covered))


class StockMove(models.Model):
    _inherit = "stock.move"

    def _prepare_old_part_vals(self):
        """Return the values of the old part that this move took out in the workshop."""
        self.ensure_one()
        repair = self.repair_id
        return {
            "company_id": self.company_id.id,
            "technician_id": repair.user_id.employee_id.id,
            "repair_move_id": self.id,
            "product_id": self.product_id.id,
            "quantity": self.product_uom._compute_quantity(self.quantity, self.product_id.uom_id),
            "lot_id": self.move_line_ids.lot_id[:1].id,
            "asset_id": repair.aftersales_asset_id.id,
        }
