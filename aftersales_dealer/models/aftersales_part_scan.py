from odoo import api, fields, models
from odoo.exceptions import UserError

# What a scan found, and how the screen shows it.
TONES = {
    "shipment": "info",
    "box": "info",
    "part": "success",
    "again": "info",
    "unexpected": "warning",
    "found": "warning",
    "foreign": "danger",
    "unknown": "danger",
}


class AftersalesPartReturn(models.Model):
    """Receipt of old parts by scan: box, parts, done (D18).

    The screen is a client action; what was scanned is kept on the parts at once, so that a second
    person, or the same one tomorrow, goes on where it stopped.
    """

    _inherit = "aftersales.part.return"

    scan_started = fields.Datetime(readonly=True, copy=False)

    def action_scan(self):
        """Open the screen that receives this shipment by scan."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "aftersales_dealer.part_scan",
            "name": self.env._("Receive Old Parts"),
            "params": {"return_id": self.id},
            "context": {"active_id": self.id},
        }

    @api.model
    def scan_code(self, code, return_id=False):
        """Take one scanned code: a shipment, a box or a part (D18).

        :param str code: what the scanner read
        :param int return_id: the shipment on the screen, if one is
        :return: dict ``result``, ``tone``, ``message`` and ``shipment`` (see ``_get_scan_values``)
        :raise AccessError: when the user does not receive old parts
        """
        code = (code or "").strip().upper()[:64]
        shipment = self.browse(return_id or ()).exists()
        self.env["aftersales.claim"]._ensure_group("aftersales_dealer.group_aftersales_dealer_user")
        shipment.check_access("write")
        opened = self._find_shipment(code)
        if opened:
            return opened._scan_values("shipment", opened._get_opened_message())
        box = self.env["aftersales.part.box"].search([("name", "=", code)], limit=1)
        if box:
            box.return_id._start_scan()
            box.sudo().arrived = True  # scanning is receiving, and nothing else of it is written
            return box.return_id._scan_values("box", self.env._("Box %s has arrived.", code))
        part = self.env["aftersales.part.return.line"].search([("label", "=", code)], limit=1)
        if not shipment and part.return_id.state == "shipped":
            shipment = part.return_id
        if not shipment:
            return {
                "result": "unknown",
                "tone": "danger",
                "message": self.env._(
                    "%s is no shipment, box or part in transit. Scan the packing list first.", code
                ),
                "shipment": False,
            }
        return shipment._scan_part(code, part)

    @api.model
    def _find_shipment(self, code):
        return self.search([("name", "=", code), ("state", "!=", "draft")], limit=1)

    def _scan_part(self, code, part):
        """Take the label of a part that was scanned for this shipment."""
        self.ensure_one()
        self._start_scan()
        if not part:
            self._note_discrepancy("unknown", code)
            return self._scan_values(
                "unknown", self.env._("%s: unknown label. Put it aside.", code)
            )
        name = part.product_id.display_name
        if part._get_sender() != self._get_sender():
            self._note_discrepancy("foreign", code, part)
            return self._scan_values(
                "foreign", self.env._("%s belongs to another sender. Put it aside.", code)
            )
        if part.return_id == self and part.state == "shipped":
            if part.scanned:
                return self._scan_values("again", self.env._("%s was scanned already.", code))
            part._past_guard().write({"scanned": True, "quantity_received": part.quantity})
            return self._scan_values("part", self.env._("%(code)s %(part)s", code=code, part=name))
        if part.state in ("received", "appraised"):
            return self._scan_values("again", self.env._("%s was received already.", code))
        was_missing = part.state == "missing"
        self._take_in(part)
        self._note_discrepancy("unexpected", code, part)
        message = self.env._("%(code)s %(part)s was not announced: it is received with the others.")
        return self._scan_values(
            "found" if was_missing else "unexpected", message % {"code": code, "part": name}
        )

    def _take_in(self, part):
        """Take a part of the same sender into this shipment, that was announced elsewhere or not
        at all.
        """
        self.ensure_one()
        # The receiver's right to scan is the right to correct where the part is.
        part = part.sudo()
        was_missing = part.state == "missing"
        part.move_id.filtered(lambda move: move.state not in ("done", "cancel"))._action_cancel()
        part._past_guard().write({"move_id": False})
        if part.state == "waived" and part.claim_line_id.return_state == "waived":
            part._past_guard().write({"state": "awaiting"})
        part._move_on(
            "shipped",
            "found" if was_missing else "shipped",
            return_id=self.id,
            box_id=False,
            scanned=True,
            quantity_received=part.quantity,
        )
        part._give_back_amounts(self.env._("The old part turned up in %s.", self.name))
        self.sudo()._add_to_transfer(part)  # as above

    def _start_scan(self):
        """From the first scan on, only what was scanned counts as received."""
        self.ensure_one()
        if self.state != "shipped":
            raise UserError(
                self.env._(
                    "%(name)s is %(state)s: only a shipment in transit is received.",
                    name=self.display_name,
                    state=self._get_state_label(self.state),
                )
            )
        if not self.scan_started:
            self._write_past_guard({"scan_started": fields.Datetime.now()})
            self.line_ids._past_guard().write({"quantity_received": 0.0, "scanned": False})

    def scan_set(self, part_id, damaged=None, quantity=None):
        """Correct one scanned part on the screen: damaged, or how many of it.

        :param int part_id: a part of this shipment
        :param bool damaged: whether it arrived damaged
        :param float quantity: how many arrived
        :return: as ``scan_code``
        """
        self.ensure_one()
        self._ensure_internal()
        self._start_scan()
        part = self.line_ids.filtered(lambda line: line.id == part_id)
        if damaged is not None:
            part.damaged = damaged
        if quantity is not None:
            part.quantity_received = quantity
            part._past_guard().write({"scanned": quantity > 0})
        return self._scan_values("part", "")

    def scan_finish(self):
        """All is scanned: receive what came, record what did not agree, tell the sender (D18).

        :return: as ``scan_code``
        :raise UserError: when nothing was scanned, or a serial is missing
        """
        self.ensure_one()
        if not self.scan_started:
            raise UserError(self.env._("%s: nothing was scanned yet.", self.display_name))
        self.action_receive()
        return self._scan_values("shipment", self.env._("%s is received.", self.name))

    def _get_opened_message(self):
        return self.env._(
            "%(name)s of %(sender)s: %(count)s parts announced.",
            name=self.name,
            sender=self._get_sender().display_name,
            count=len(self.line_ids),
        )

    def _scan_values(self, result, message):
        return {
            "result": result,
            "tone": TONES[result],
            "message": message,
            "shipment": self._get_scan_values(),
        }

    def get_scan_values(self):
        """Return what the screen shows of this shipment, see ``_get_scan_values``."""
        self.ensure_one()
        self.check_access("read")
        return self._scan_values("shipment", self._get_opened_message())

    def _get_scan_values(self):
        """Return the shipment with its boxes, parts and discrepancies, as plain values."""
        self.ensure_one()
        started = bool(self.scan_started) or self.state != "shipped"
        return {
            "id": self.id,
            "name": self.name,
            "sender": self._get_sender().display_name,
            "state": self.state,
            "state_label": self._get_state_label(self.state),
            "carrier": " ".join(filter(None, (self.carrier, self.tracking_ref))),
            "boxes": [
                {"id": box.id, "name": box.name, "count": box.part_count, "arrived": box.arrived}
                for box in self.box_ids
            ],
            "parts": [part._get_scan_values(started) for part in self.line_ids.sorted("label")],
            "discrepancies": [
                {"id": found.id, "kind": found.kind, "sentence": found.sentence}
                for found in self.discrepancy_ids
            ],
        }


class AftersalesPartReturnLine(models.Model):
    _inherit = "aftersales.part.return.line"

    scanned = fields.Boolean(readonly=True, copy=False)

    def _get_scan_values(self, started):
        self.ensure_one()
        return {
            "id": self.id,
            "label": self.label,
            "part": self.product_id.display_name,
            "serial": self.lot_id.sudo().name or "",  # printed on the part itself
            "box": self.box_id.name or "",
            "claim": self._get_source_name(),
            "quantity": self.quantity,
            "received": self.quantity_received if started else 0.0,
            "scanned": self.scanned,
            "damaged": self.damaged,
            "sampling": "",
        }
