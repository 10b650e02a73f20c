from odoo import api, fields, models
from odoo.exceptions import UserError

# What a claim line says of its old part, by where the part is.
CLAIM_LINE_STATE = {
    "awaiting": "awaiting",
    "draft": "awaiting",
    "shipped": "in_transit",
    "received": "received",
    "appraised": "appraised",
    "missing": "missing",
    "overdue": "overdue",
    "waived": "waived",
    "cancelled": "none",
}
# Claims in these states expect no old parts any more.
ENDED_STATES = ("refused", "cancelled")


class AftersalesPartReturnLine(models.Model):
    """Where an old part is, told in one place: part, claim line and custody log agree (D18)."""

    _inherit = "aftersales.part.return.line"

    custody_ids = fields.One2many(
        "aftersales.part.custody", "part_id", string="Chain of Custody", readonly=True
    )

    def _move_on(self, state, event, note="", **values):
        """Take the parts to ``state``, tell their claim lines, and log ``event``; in batch.

        What was waived on the claim stays waived there, wherever the part itself goes.
        """
        if not self:
            return
        self._past_guard().write(dict(values, state=state))
        lines = self.claim_line_id
        if state not in ("awaiting", "waived"):
            lines = lines._filter_owed()
        lines._write_past_guard({"return_state": CLAIM_LINE_STATE[state]})
        self.env["aftersales.part.custody"]._log(self, event, note)

    @api.model
    def _ask_back(self, vals_list):
        """Make the old parts of ``vals_list`` that are asked back from now on, with their labels.

        :return: the new parts
        """
        # Whoever submits a claim or finishes a visit need not have rights on old parts.
        parts = self.sudo()._past_guard().create(vals_list)
        self.env["aftersales.part.custody"]._log(parts, "asked")
        return parts

    def _on_packed(self):
        """The parts were put into a shipment to be sent, or taken out of it."""
        self.return_id._ensure_open()
        packed = self.filtered(lambda part: part.return_id and part.state == "awaiting")
        packed._move_on("draft", "packed")
        self.filtered(lambda part: not part.return_id)._put_back()

    def _put_back(self, event="unpacked"):
        """The parts do not go this way: they are awaited again, unless nobody waits any more."""
        waived = self.filtered(lambda part: part.claim_line_id.return_state == "waived")
        ended = (self - waived).filtered(lambda part: part.claim_id.state in ENDED_STATES)
        free = {"return_id": False, "box_id": False}
        waived._move_on("waived", event, **free)
        ended._move_on("cancelled", "unneeded", **free)
        (self - waived - ended)._move_on("awaiting", event, **free)

    def _filter_arrived(self):
        """Return the parts of which something arrived."""
        return self.filtered(lambda part: part.uom_id.compare(part.quantity_received, 0.0) > 0)

    def _ensure_serials(self):
        """Raise when a part with serials arrived and nobody says which it is."""
        for part in self._filter_arrived():
            if part.tracking != "none" and not part.lot_id:
                raise UserError(
                    self.env._(
                        "%(part)s has serials: enter the serial of the old part that arrived.",
                        part=part.product_id.display_name,
                    )
                )

    def _on_received(self):
        """The transfer of these parts was validated: what came waits for its verdict, what did
        not is missing.
        """
        arrived = self._filter_arrived()
        for location, parts in arrived.grouped(lambda part: part.move_id.location_dest_id).items():
            parts._past_guard().write({"location_id": location.id})
        damaged = arrived.filtered("damaged")
        damaged._move_on("received", "damaged")
        (arrived - damaged)._move_on("received", "received")
        (self - arrived)._mark_missing()
