from odoo import api, fields, models
from odoo.fields import Command


class AftersalesClaim(models.Model):
    """A claim for a ticket begins with what its visits and repairs recorded (D07)."""

    _inherit = "aftersales.claim"

    @api.onchange("ticket_id")
    def _onchange_ticket_id(self):
        """Take over machine, dates, meter, signature, hours and parts; what was typed stays."""
        if not self.ticket_id:
            return
        for name, value in self._prepare_ticket_vals().items():
            if not self[name]:
                self[name] = value

    def _prepare_ticket_vals(self):
        """Return the values that the ticket, its finished visits and repairs say."""
        self.ensure_one()
        # Dealer staff enter claims for tickets whose visits and repairs they need not see.
        ticket = self.ticket_id.sudo()._origin
        visits = ticket.visit_ids.filtered(lambda visit: visit.state == "done").sorted("date_done")
        repairs = ticket.repair_ids.filtered(lambda repair: repair.state == "done")
        last = visits[-1:]
        opened = ticket.date_open and fields.Datetime.context_timestamp(self, ticket.date_open)
        done = last.date_done and fields.Datetime.context_timestamp(self, last.date_done)
        return {
            "asset_id": ticket.asset_id.id,
            "symptom_id": ticket.symptom_id.id,
            "date_failure": opened and opened.date(),
            "date_repair": done and done.date(),
            "meter": last.meter,
            "description": ticket.resolution,
            "signature": last.signature,
            "signed_by": last.signed_by,
            "line_ids": [
                Command.create(vals)
                for vals in self._prepare_visit_lines(visits) + self._prepare_repair_lines(repairs)
            ],
        }

    def _prepare_visit_lines(self, visits):
        """Return the values of lines for the hours of the visits and the parts fitted on them."""
        hours = sum(visits.mapped("hours"))
        labour = [{"kind": "labour", "name": self.env._("Labour"), "quantity": hours}]
        taken = visits.line_ids.filtered(lambda part: part.kind == "removed")
        old = {part.product_id: part.lot_id for part in taken}
        parts = [
            {
                "kind": "part",
                "product_id": part.product_id.id,
                "lot_id": part.lot_id.id,
                "removed_lot_id": old.get(part.product_id, part.lot_id.browse()).id,
                "quantity": part.quantity,
            }
            for part in visits.line_ids
            if part.kind == "used" and part.quantity > 0
        ]
        return (labour if hours else []) + parts

    def _prepare_repair_lines(self, repairs):
        """Return the values of lines for the parts that the repairs fitted."""
        fitted = repairs.move_ids.filtered(
            lambda move: move.repair_line_type == "add" and move.quantity > 0
        )
        return [
            {
                "kind": "part",
                "product_id": move.product_id.id,
                "lot_id": move.lot_ids[:1].id,
                "quantity": move.quantity,
            }
            for move in fitted
        ]
