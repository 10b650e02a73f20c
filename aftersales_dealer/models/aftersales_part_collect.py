from odoo import api, fields, models


class AftersalesPartReturn(models.Model):
    """Old parts that our own delivery truck brings back from the dealer (D09)."""

    _inherit = "aftersales.part.return"

    delivery_id = fields.Many2one(
        "stock.picking",
        string="Collected with",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        groups="base.group_user",
        help="The delivery to the dealer whose truck brings these parts back.",
    )
    shipped_by_scan = fields.Boolean(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Nobody had said what the truck took before it was back.",
    )

    @api.model
    def _collect_with(self, delivery):
        """Return the shipments that the truck of ``delivery`` takes back: what the dealer packed,
        and what it has still to pack, which is packed for it. Asked again, it adds what came since.
        """
        dealer = delivery.partner_id.commercial_partner_id
        own = [("dealer_id", "=", dealer.id), ("company_id", "=", delivery.company_id.id)]
        packed = self.search([*own, ("state", "=", "draft"), ("line_ids", "!=", False)])
        # What the dealer sends by a carrier of its own, or gives to another truck, stays so.
        shipments = packed.filtered(
            lambda each: each.delivery_id == delivery or not (each.delivery_id or each.carrier)
        )
        awaited = self.env["aftersales.part.return.line"].search([*own, ("state", "=", "awaiting")])
        started = shipments.filtered("delivery_id")[:1]
        if awaited and started:
            awaited.write({"return_id": started.id})
        elif awaited:
            shipments |= self._pack_awaited(awaited)
        fresh = shipments.filtered(lambda each: not each.delivery_id)
        fresh._write_past_guard({"delivery_id": delivery.id, "carrier": delivery.name})
        fresh._tell_collected()
        return shipments

    def _tell_collected(self):
        """Tell the dealers, in their languages, that our truck takes the parts back."""
        for shipment in self:
            own = shipment.with_context(lang=shipment.dealer_id.lang or self.env.lang)
            own.message_post(
                body=own.env._(
                    "Our truck with the delivery %(delivery)s takes these old parts back: "
                    "%(labels)s. Please have them ready, with their labels on.",
                    delivery=own.delivery_id.name,
                    labels=", ".join(own.line_ids.mapped("label")),
                ),
                partner_ids=own.dealer_id.ids,
                subtype_xmlid="mail.mt_comment",
            )

    def _find_shipment(self, code):
        """A collection list is scanned when the truck is back: its parts left the dealer then."""
        return super()._find_shipment(code) or self.search(
            [("name", "=", code), ("state", "=", "draft"), ("delivery_id", "!=", False)], limit=1
        )

    def _start_scan(self):
        if self.state == "draft" and self.delivery_id:
            self.action_ship()
            self._write_past_guard({"shipped_by_scan": True})
        return super()._start_scan()

    def scan_finish(self):
        """What the dealer did not hand over to the truck is no loss: it is awaited again. What it
        said it handed over, by shipping it, and did not come, is missing.
        """
        if self.shipped_by_scan and self.state == "shipped":
            self._ensure_internal()
            left = self.line_ids.filtered(lambda part: not part.scanned)
            # sudo: who receives the parts, which was ensured, needs no rights on transfers.
            left.sudo().move_id._action_cancel()
            left._past_guard().write({"move_id": False})
            left._put_back()
        return super().scan_finish()
