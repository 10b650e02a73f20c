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
                line.sudo().move_id = move  # as above
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
            "partner_id": self.dealer_id.id,
            "owner_id": self.dealer_id.id,
            "origin": self.name,
            "company_id": self.company_id.id,
            "location_id": picking_type.default_location_src_id.id,
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
        """The transfer was validated, here or in the Inventory app: the parts have arrived."""
        arriving = self.filtered(lambda part_return: part_return.state == "shipped")
        for line in arriving.line_ids:
            line.quantity_received = line.move_id.quantity if line.move_id.state == "done" else 0.0
            line.lot_id = line.move_id.move_line_ids.lot_id[:1] or line.lot_id
        arriving._set_state(
            "received", date_received=fields.Datetime.now(), received_by=self.env.uid
        )
        arrived = arriving.line_ids._filter_arrived()
        arrived.claim_line_id._filter_owed()._write_past_guard({"return_state": "received"})
        (arriving.line_ids - arrived)._mark_missing()


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
            "location_id": company.aftersales_old_part_type_id.default_location_src_id.id,
            "location_dest_id": company.aftersales_old_part_location_id.id,
            "description_picking": self.label,
        }

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
            "owner_id": self.return_id.dealer_id.id,
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
            line.sudo().appraisal_move_id = move  # as above
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
