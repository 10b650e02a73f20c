from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesPartReturn(models.Model):
    """The stock transfers behind old parts: they come from the customers' location and go to the
    usable or unusable ones (D09).

    The goods on these moves are owned by the dealer until the company decides to take usable ones
    into its own stock: Odoo then neither values them nor offers them for sale.
    """

    _inherit = "aftersales.part.return"

    def _create_transfers(self):
        """Make one incoming transfer for each return, in a batch."""
        # A dealer on the portal ships, and has no rights on transfers.
        pickings = (
            # ``action_ship`` checked that the returns may be written.
            self.env["stock.picking"]
            .sudo()
            .create([part_return._prepare_picking_vals() for part_return in self])
        )
        for part_return, picking in zip(self, pickings, strict=True):
            part_return._write_past_guard({"picking_id": picking.id})
            moves = picking.move_ids.sorted("id")
            for line, move in zip(part_return.line_ids.sorted("id"), moves, strict=True):
                line.sudo()._past_guard().move_id = move  # as above
        # Two parts of one product stay two moves: each has its own label and verdict.
        pickings.move_ids._action_confirm(merge=False)

    def _prepare_picking_vals(self):
        self.ensure_one()
        company = self.company_id.sudo()  # operation types are not for dealers to read
        picking_type = company.aftersales_old_part_type_id
        if not picking_type:
            raise UserError(
                self.env._(
                    "%(company)s has no warehouse to receive old parts. Create one under "
                    "Inventory / Configuration / Warehouses.",
                    company=company.display_name,
                )
            )
        return {
            "picking_type_id": picking_type.id,
            "partner_id": self._get_sender_partner().id,
            "owner_id": self.dealer_id.id,
            "origin": self.name,
            "company_id": self.company_id.id,
            "location_id": self.line_ids[0]._get_source_location().id,
            "location_dest_id": company.aftersales_old_part_location_id.id,
            "move_ids": [
                Command.create(line._prepare_move_vals()) for line in self.line_ids.sorted("id")
            ],
        }

    def _receive_transfers(self):
        """Put the received quantities on the transfers and validate them."""
        # Receiving old parts is the role's job; it needs no rights on all transfers for it.
        pickings = self.sudo().picking_id
        # As above; ``action_receive`` checked who receives.
        for line in self.line_ids.sudo():
            line._set_received_move_lines()
        pickings.with_context(cancel_backorder=True)._action_done()

    def _on_transfer_done(self):
        """The transfer was validated, here or in the Inventory app: the parts have arrived.

        :raise UserError: when the transfer brought what nobody sent
        """
        arriving = self.filtered(lambda part_return: part_return.state == "shipped")
        arriving._ensure_nothing_else()
        for part in arriving.line_ids:
            done = part.move_id.state == "done"
            part._past_guard().write(
                {
                    "quantity_received": part.move_id.quantity if done else 0.0,
                    "lot_id": (part.move_id.move_line_ids.lot_id[:1] or part.lot_id).id,
                }
            )
        arriving._set_state(
            "received", date_received=fields.Datetime.now(), received_by=self.env.uid
        )
        arriving.line_ids._on_received()
        arriving._settle_discrepancies()
        arriving._draw_samples()

    def _add_to_transfer(self, part):
        """Let the transfer of this shipment bring ``part`` as well."""
        self.ensure_one()
        move = self.env["stock.move"].create(
            dict(part._prepare_move_vals(), picking_id=self.picking_id.id)
        )
        move._action_confirm(merge=False)
        part._past_guard().write({"move_id": move.id})

    def _ensure_nothing_else(self):
        """Raise when a transfer moves more than the old parts of its shipment."""
        for part_return in self:
            done = part_return.picking_id.move_ids.filtered(lambda move: move.state == "done")
            others = done - part_return.line_ids.move_id
            if others:
                raise UserError(
                    self.env._(
                        "%(transfer)s brings old parts: %(product)s is not among those that "
                        "%(part_return)s announces. Take it off the transfer, or scan it on the "
                        "receipt of old parts.",
                        transfer=part_return.picking_id.name,
                        product=others[0].product_id.display_name,
                        part_return=part_return.name,
                    )
                )


class AftersalesPartReturnLine(models.Model):
    _inherit = "aftersales.part.return.line"

    def _prepare_move_vals(self):
        self.ensure_one()
        company = self.company_id.sudo()  # operation types are not for dealers to read
        return {
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
            "product_uom": self.product_id.uom_id.id,
            "company_id": self.company_id.id,
            "location_id": self._get_source_location().id,
            "location_dest_id": company.aftersales_old_part_location_id.id,
            "restrict_partner_id": self._get_owner().id if self.technician_id else False,
            "description_picking": self.label,
        }

    def _get_source_location(self):
        """Return where the part is before it arrives: with the dealer or with the technician.

        A serial that Odoo knows at a customer's place comes from there, so that it is nowhere
        twice.
        """
        self.ensure_one()
        company = self.company_id.sudo()  # locations are not for dealers to read
        if self.visit_line_id:
            return company._get_technician_part_location()
        if self.repair_move_id:
            return self.repair_move_id.sudo().location_dest_id  # as above
        # sudo: as above; where the part is, is for the move only.
        known = self.lot_id.sudo().location_id
        if known.usage == "customer":
            return known
        if not company.aftersales_dealer_location_id:
            company._create_sender_locations()
        # sudo: as above; one setting of the dealer's contact.
        own = self.dealer_id.sudo().with_company(company).property_stock_customer
        default = self.env.ref("stock.stock_location_customers")
        return company.aftersales_dealer_location_id if own == default else own

    def _set_received_move_lines(self):
        """Replace what the transfer expected with what was counted."""
        self.ensure_one()
        move = self.move_id
        move.move_line_ids.unlink()
        if self.uom_id.compare(self.quantity_received, 0.0) > 0:
            move.write(
                {
                    "move_line_ids": [Command.create(self._prepare_move_line_vals(move))],
                    "picked": True,
                }
            )

    def _prepare_move_line_vals(self, move):
        return {
            "product_id": self.product_id.id,
            "product_uom_id": self.uom_id.id,
            "quantity": self.quantity_received,
            "lot_id": self.lot_id.id,
            "owner_id": self._get_owner().id,
            "location_id": move.location_id.id,
            "location_dest_id": move.location_dest_id.id,
            "picking_id": move.picking_id.id,
            "company_id": self.company_id.id,
        }

    def _move_appraised(self):
        """Move the parts on to the location of their verdict, and the dealer stays their owner."""
        # As in ``_receive_transfers``: the verdict is the right to this move, and to no other.
        moves = (
            # As said; the moves are made from these lines and from nothing that was posted.
            self.env["stock.move"]
            .sudo()
            .create([line._prepare_appraisal_move_vals() for line in self])
        )
        for line, move in zip(self, moves, strict=True):
            line.sudo()._past_guard().write(  # as above
                {"appraisal_move_id": move.id, "location_id": move.location_dest_id.id}
            )
            move.write(
                {
                    "move_line_ids": [Command.create(line._prepare_appraisal_move_line_vals(move))],
                    "picked": True,
                }
            )
        moves._action_done()

    def _prepare_appraisal_move_vals(self):
        self.ensure_one()
        company = self.company_id.sudo()  # where parts go is the company's, not the user's
        usable = self.appraisal == "usable"
        target = (
            company.aftersales_usable_location_id
            if usable
            else company.aftersales_unusable_location_id
        )
        return {
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity_received,
            "product_uom": self.uom_id.id,
            "company_id": self.company_id.id,
            "origin": self.label,
            "location_id": company.aftersales_old_part_location_id.id,
            "location_dest_id": target.id,
        }

    def _prepare_appraisal_move_line_vals(self, move):
        vals = self._prepare_move_line_vals(move)
        vals.pop("picking_id")
        return vals
