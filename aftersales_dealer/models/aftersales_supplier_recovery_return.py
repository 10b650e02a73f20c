from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesSupplierRecovery(models.Model):
    """The faulty parts go back to the vendor by a transfer of Odoo's (F07)."""

    _inherit = "aftersales.supplier.recovery"

    picking_ids = fields.One2many(
        "stock.picking",
        "aftersales_recovery_id",
        string="Returns to the Vendor",
        readonly=True,
        groups="stock.group_stock_user,aftersales_dealer.group_aftersales_dealer_user",
    )
    picking_count = fields.Integer(compute="_compute_picking_count")
    parts_here = fields.Integer(
        string="Parts to Send", compute="_compute_parts_here", help="Old parts that still lie here."
    )

    @api.depends("picking_ids")
    def _compute_picking_count(self):
        for recovery in self:
            # How many there are may be known to whoever reads the recovery.
            recovery.picking_count = len(recovery.sudo().picking_ids)

    @api.depends("line_ids.part_id.location_id", "picking_ids.state")
    def _compute_parts_here(self):
        for recovery in self:
            recovery.parts_here = len(recovery._get_parts_here())

    def _get_parts_here(self):
        """Return the old parts that are neither at the supplier nor in a transfer there."""
        # What of the parts lies here is the recovery's, whatever rights on stock.
        recovery = self.sudo()
        live = recovery.picking_ids.filtered(lambda picking: picking.state != "cancel")
        sent = live.move_ids.aftersales_part_id
        return recovery.line_ids.part_id.filtered(
            lambda part: (
                part.location_id.usage == "internal"
                and part.state == "appraised"
                and part not in sent
            )
        )

    def action_return_parts(self):
        """Make the transfers that bring the old parts back to the vendors; the warehouse sends
        them.

        :return: the action that shows them
        :raise UserError: nothing lies here, or the company has no warehouse
        """
        self.check_access("write")
        self._ensure_states("draft", "sent", "answered", "booked")
        vals_list = []
        for recovery in self:
            for location, parts in recovery._get_parts_here().grouped("location_id").items():
                vals_list.append(recovery._prepare_vendor_return_vals(location, parts))
        if not vals_list:
            raise UserError(
                self.env._(
                    "%(recovery)s: none of its old parts lies here to be sent back.",
                    recovery=", ".join(self.mapped("display_name")),
                )
            )
        # Whoever claims from suppliers need not have rights on transfers; stock people send them.
        pickings = self.env["stock.picking"].sudo().create(vals_list)
        pickings.move_ids._action_confirm(merge=False)
        pickings.action_assign()
        return self.action_view_pickings()

    def _prepare_vendor_return_vals(self, location, parts):
        """Return the values of the transfer of ``parts`` from ``location`` to the vendor."""
        self.ensure_one()
        # Operation types and locations are the company's, whoever sends.
        company = self.company_id.sudo()
        # As above.
        warehouses = self.env["stock.warehouse"].sudo()
        warehouse = warehouses.search([("company_id", "=", company.id)], limit=1)
        if not warehouse:
            raise UserError(
                self.env._(
                    "%(company)s has no warehouse to send parts from.", company=company.display_name
                )
            )
        # As above: where Odoo sends what goes back to this vendor.
        vendors = self.supplier_id.with_company(company).sudo().property_stock_supplier
        return {
            "picking_type_id": warehouse.out_type_id.id,
            "partner_id": self.supplier_id.id,
            "origin": self.name,
            "company_id": company.id,
            "location_id": location.id,
            "location_dest_id": vendors.id,
            "aftersales_recovery_id": self.id,
            "move_ids": [
                Command.create(
                    {
                        "product_id": part.product_id.id,
                        "product_uom_qty": part.quantity_received or part.quantity,
                        "product_uom": part.product_id.uom_id.id,
                        "company_id": company.id,
                        "location_id": location.id,
                        "location_dest_id": vendors.id,
                        "description_picking": part.label,
                        "aftersales_part_id": part.id,
                    }
                )
                for part in parts
            ],
        }

    def action_view_pickings(self):
        """Open the returns to the vendor."""
        pickings = self.sudo().picking_ids  # stock guards what is opened
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Returns to the Vendor"),
            "res_model": "stock.picking",
            "view_mode": "list,form",
            "domain": [("id", "in", pickings.ids)],
            "context": {"create": False},
        }
