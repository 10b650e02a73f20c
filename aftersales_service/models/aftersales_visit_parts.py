from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesVisit(models.Model):
    """Parts used on a visit leave the van or the warehouse; old parts come back (V08)."""

    _inherit = "aftersales.visit"

    picking_ids = fields.One2many("stock.picking", "aftersales_visit_id", string="Transfers")
    picking_count = fields.Integer(compute="_compute_picking_count")

    def _compute_picking_count(self):
        counts = dict(
            # Technicians see that there is a transfer; opening it needs stock rights.
            self.env["stock.picking"]
            .sudo()
            ._read_group(
                [("aftersales_visit_id", "in", self.ids)], ["aftersales_visit_id"], ["__count"]
            )
        )
        counts = {visit.id: count for visit, count in counts.items()}
        for visit in self:
            visit.picking_count = counts.get(visit.id, 0)

    def action_view_pickings(self):
        """Open the transfers of the visit's parts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.action_picking_tree_all")
        return dict(action, domain=[("aftersales_visit_id", "=", self.id)], context={})

    def _move_parts(self):
        """Move the parts of finished visits for real, each once.

        One done transfer per visit and direction. As in Odoo's repairs, stock may become
        negative: the part is in the machine, and it is the count of the van that is wrong. The
        unique index on the moves' line refuses a second move of a line.
        """
        # Technicians execute visits; they need no rights on stock.
        lines = self.line_ids.sudo()
        vals_list = []
        for company, own in lines.grouped("company_id").items():
            warehouse = self._get_parts_warehouse(company)
            for (visit, way), part_lines in own.grouped(
                lambda line: (line.visit_id, line._get_parts_way())
            ).items():
                vals_list.append(visit._prepare_parts_picking_vals(warehouse, way, part_lines))
        if not vals_list:
            return
        # As above: the transfers hold the lines of these finished visits and nothing else.
        pickings = self.env["stock.picking"].sudo().create(vals_list)
        pickings.move_ids.picked = True
        # The customer watched the part being fitted: no message that a parcel has left.
        pickings.with_context(skip_sms=True)._action_done()
        lines._on_parts_moved()

    @api.model
    def _get_parts_warehouse(self, company):
        """Return the warehouse whose stock is used when a technician has no van.

        :raise UserError: when ``company`` has no warehouse
        """
        warehouse = (
            # As in ``_move_parts``; the warehouse of the visit's own company is looked up.
            self.env["stock.warehouse"].sudo().search([("company_id", "=", company.id)], limit=1)
        )
        if not warehouse:
            raise UserError(
                self.env._(
                    "%(company)s has no warehouse: parts cannot be taken from stock.",
                    company=company.display_name,
                )
            )
        return warehouse

    def _get_parts_locations(self, warehouse, way):
        """Return (source, destination) of the visit's parts that go the same ``way``, see
        ``aftersales.visit.line._get_parts_way``; extended by whoever adds a way.
        """
        self.ensure_one()
        customer = self.partner_id.with_company(self.company_id).property_stock_customer
        if way == "removed":
            # Old parts go where Odoo's repairs put them: not into usable stock.
            return customer, warehouse.repair_type_id.default_remove_location_dest_id
        return self.technician_id.aftersales_location_id or warehouse.lot_stock_id, customer

    def _prepare_parts_picking_vals(self, warehouse, way, lines):
        """Return the values of the transfer of the visit's parts ``lines`` that go one ``way``."""
        self.ensure_one()
        source, destination = self._get_parts_locations(warehouse, way)
        picking_type = warehouse.out_type_id if way == "used" else warehouse.in_type_id
        common = {
            "location_id": source.id,
            "location_dest_id": destination.id,
            "company_id": self.company_id.id,
        }
        return common | {
            "picking_type_id": picking_type.id,
            "partner_id": self.site_id.id or self.partner_id.id,
            "origin": self.name,
            "aftersales_visit_id": self.id,
            "move_ids": [
                Command.create(common | line._prepare_move_vals(common)) for line in lines
            ],
        }


class AftersalesVisitLine(models.Model):
    _inherit = "aftersales.visit.line"

    def _get_parts_way(self):
        """Return which way the part goes: those of a visit that go the same way share a transfer.

        Extended where old parts go elsewhere than to scrap.
        """
        self.ensure_one()
        return self.kind

    def _on_parts_moved(self):
        """Hook: the parts of finished visits were moved in stock, in superuser mode."""

    def _prepare_move_vals(self, common):
        """Return the values of the stock move of this part; ``common`` has locations and
        company.
        """
        self.ensure_one()
        quantities = {"product_id": self.product_id.id, "quantity": self.quantity}
        return {
            "product_id": self.product_id.id,
            "product_uom": self.uom_id.id,
            "product_uom_qty": self.quantity,
            "origin": self.visit_id.name,
            "aftersales_visit_line_id": self.id,
            "move_line_ids": [
                Command.create(
                    common
                    | quantities
                    | {"product_uom_id": self.uom_id.id, "lot_id": self.lot_id.id}
                )
            ],
        }
