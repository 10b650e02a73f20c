from odoo import api, fields, models
from odoo.exceptions import UserError

EVENTS = [
    ("asked", "Asked back"),
    ("packed", "Packed"),
    ("unpacked", "Taken out of the shipment"),
    ("shipped", "Handed to the carrier"),
    ("received", "Received"),
    ("damaged", "Received damaged"),
    ("missing", "Not in the shipment"),
    ("found", "Turned up in another shipment"),
    ("usable", "Appraised: usable"),
    ("unusable", "Appraised: unusable"),
    ("reminded", "Reminded"),
    ("overdue", "Not returned in time"),
    ("waived", "Waived"),
    ("unneeded", "Not needed any more"),
    ("extended", "Given more time"),
    ("kept", "Kept for use"),
    ("scrapped", "Scrapped"),
    ("supplier", "Sent to the supplier"),
]
# After these the part is where the company put it.
IN_STOCK = ("received", "damaged", "found", "usable", "unusable", "kept", "scrapped", "supplier")


class AftersalesPartCustody(models.Model):
    """Who had an old part, and when: written by the system, never changed (D18)."""

    _name = "aftersales.part.custody"
    _description = "Old Part Custody"
    _order = "id desc"

    part_id = fields.Many2one(
        "aftersales.part.return.line",
        string="Old Part",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="part_id.company_id", store=True, index=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    event = fields.Selection(EVENTS, required=True, readonly=True)
    holder = fields.Selection(
        [
            ("sender", "Dealer or technician"),
            ("transit", "In transit"),
            ("receipt", "Receipt"),
            ("stock", "In stock"),
            ("supplier", "Supplier"),
            ("gone", "Scrapped"),
            ("unknown", "Unknown"),
        ],
        string="In the Hands of",
        required=True,
        readonly=True,
    )
    place = fields.Char(readonly=True, help="Name of the dealer, carrier or stock location.")
    user_id = fields.Many2one("res.users", string="By", readonly=True, index="btree_not_null")
    reference = fields.Char(readonly=True, help="The shipment or document.")
    note = fields.Char(readonly=True)

    @api.model
    def _log(self, parts, event, note=""):
        """Record ``event`` for all ``parts``: one row each, one insert for all."""
        # Everybody who may act on the part leaves a trace; nobody writes it by hand.
        self.sudo().create([self._prepare_log_vals(part, event, note) for part in parts.sudo()])

    @api.model
    def _prepare_log_vals(self, part, event, note):
        holder, place = self._get_holder(part, event)
        return {
            "part_id": part.id,
            "event": event,
            "holder": holder,
            "place": place,
            "user_id": self.env.uid,
            "reference": part.return_id.name or part._get_source_name(),
            "note": note,
        }

    @api.model
    def _get_holder(self, part, event):
        """Return (holder, name of the place) of ``part`` after ``event``."""
        if event == "shipped":
            return "transit", part.return_id.carrier or ""
        if event == "missing":
            return "unknown", ""
        if event in ("received", "damaged", "found"):
            return "receipt", part.location_id.display_name or ""
        if event == "scrapped":
            return "gone", part.location_id.display_name or ""
        if event == "supplier":
            return "supplier", part.supplier_id.display_name or ""
        if event in IN_STOCK:
            return "stock", part.location_id.display_name or ""
        return "sender", part._get_sender().display_name or ""

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: what happened stays written.

        :raise UserError: always
        """
        raise UserError(self.env._("The chain of custody of an old part is not changed."))
