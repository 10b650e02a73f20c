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

    def action_repair_done(self):
        """Old parts that come back are the customer's from the moment they are taken out: neither
        for sale nor valued.
        """
        # sudo: the workshop need not see employees; only the owner of what it took out is set.
        for repair in self.sudo():
            removed = repair.move_ids.filtered(lambda move: move._is_wanted_back())
            removed.move_line_ids.owner_id = repair.partner_id
        return super().action_repair_done()

    def _on_parts_removed(self, moves):
        result = super()._on_parts_removed(moves)
        self.env["aftersales.part.return.line"]._ask_back(
            [
                vals
                for move in moves
                if move._is_wanted_back()
                for vals in move._prepare_old_part_vals_list()
            ]
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

    def _is_wanted_back(self):
        """Whether this move takes out an old part to be appraised; what is recycled goes back on
        the shelf at once.
        """
        self.ensure_one()
        return self.repair_line_type == "remove" and self.repair_id._old_parts_come_back()

    def _prepare_old_part_vals_list(self):
        """Return the values of the old parts that this move took out in the workshop: each serial
        is a part of its own.
        """
        self.ensure_one()
        repair = self.repair_id
        return [
            {
                "company_id": self.company_id.id,
                "technician_id": repair.user_id.employee_id.id,
                "repair_move_id": self.id,
                "product_id": self.product_id.id,
                "quantity": sum(lines.mapped("quantity_product_uom")),
                "lot_id": lot.id,
                "asset_id": repair.aftersales_asset_id.id,
            }
            for lot, lines in self.move_line_ids.grouped("lot_id").items()
        ]
