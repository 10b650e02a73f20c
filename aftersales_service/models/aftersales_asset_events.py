from odoo import models
from odoo.tools.misc import formatLang


class AftersalesAsset(models.Model):
    """The kinds of events on an asset's timeline that the asset itself and its service bring."""

    _inherit = "aftersales.asset"

    def _get_timeline_sources(self):
        return {
            **super()._get_timeline_sources(),
            "delivery": (
                self.env._("Deliveries and owners"),
                "fa-truck",
                self._get_delivery_events,
            ),
            "date": (self.env._("Dates"), "fa-flag", self._get_date_events),
            "warranty": (self.env._("Warranties"), "fa-shield", self._get_warranty_events),
            "ticket": (self.env._("Tickets"), "fa-life-ring", self._get_ticket_events),
            "visit": (self.env._("Visits"), "fa-car", self._get_visit_events),
            "repair": (self.env._("Repairs"), "fa-wrench", self._get_repair_events),
            "part": (self.env._("Parts"), "fa-cogs", self._get_part_events),
            "meter": (self.env._("Meter readings"), "fa-tachometer", self._get_meter_events),
        }

    def _get_own_date_events(self, titles, before):
        """Return the events of the asset's own date fields: ``titles`` is {field: sentence}."""
        last = self._get_day(before)
        return [
            self._timeline_event(self[name], title)
            for name, title in titles.items()
            if self[name] and self[name] <= last
        ]

    def _get_delivery_events(self, limit, before):
        """Delivered, returned, scrapped, handed from one owner to the next."""
        delivered = self.env._("Delivered to %s", self._get_first_owner().display_name or "–")
        return self._get_own_date_events(
            {"date_delivery": delivered}, before
        ) + self._get_asset_changes(limit, before)

    def _get_first_owner(self):
        """Return who got the delivery; without a sale the present owner."""
        # Who sees the asset sees whom it was sold to; the order itself stays closed.
        return self.sudo().sale_line_id.order_id.partner_id or self.partner_id

    def _get_asset_changes(self, limit, before):
        """Return the events of changes of state and owner that tracking kept."""
        sentences = {
            "in_service": self.env._("Put in service"),
            "returned": self.env._("Returned to stock"),
            "scrapped": self.env._("Scrapped"),
        }
        events = []
        for moment, _asset, name, old, new in self._get_tracked_changes(
            self, ["state", "partner_id"], limit, before
        ):
            if name == "state":
                title = sentences.get(self._get_selection_key(self._fields["state"], new))
            else:
                title = self._get_owner_sentence(old, new)
            if title:
                events.append(self._timeline_event(moment, title))
        return events

    def _get_owner_sentence(self, old, new):
        """Return the sentence about a change of owner from name ``old`` to ``new``."""
        if old and new:
            return self.env._("Owner changed from %(old)s to %(new)s", old=old, new=new)
        if new:
            return self.env._("Owner: %s", new)
        return self.env._("No longer owned by %s", old)

    def _get_date_events(self, limit, before):
        """Handed over, commissioned, accepted, completed, sold to the end user."""
        accepted = (
            self.env._("Accepted, signed by %s", self.acceptance_signed_by)
            if self.acceptance_signed_by
            else self.env._("Accepted")
        )
        return self._get_own_date_events(
            {
                "date_handover": self.env._("Handed over"),
                "date_commissioning": self.env._("Commissioned"),
                "date_acceptance": accepted,
                "date_completion": self.env._("Completed"),
                "date_sale_end_user": self.env._("Sold to the end user"),
            },
            before,
        )

    def _get_warranty_events(self, limit, before):
        """Started, ended, void with its reason."""
        mine, model = [("asset_id", "=", self.id)], "aftersales.warranty"
        started = self._get_dated_events(
            model,
            mine,
            "date_start",
            limit,
            before,
            lambda w: self.env._("Warranty %s started", w.name),
        )
        ended = self._get_dated_events(
            model,
            [*mine, ("state", "=", "expired")],
            "date_end",
            limit,
            before,
            lambda w: self.env._("Warranty %s ended", w.name),
        )
        return started + ended + self._get_void_events(limit, before)

    def _get_void_events(self, limit, before):
        """Return the events of warranties that were voided, with the reason."""
        void = self._search_readable(
            "aftersales.warranty", [("asset_id", "=", self.id), ("state", "=", "void")]
        )
        return [
            self._timeline_event(
                moment,
                self.env._(
                    "Warranty %(warranty)s is void: %(reason)s",
                    warranty=warranty.name,
                    reason=new,
                ),
                warranty,
                "fa-ban",
            )
            for moment, warranty, _name, _old, new in self._get_tracked_changes(
                void, ["void_reason"], limit, before
            )
            if new
        ]

    def _get_ticket_events(self, limit, before):
        """Opened and closed."""
        mine, model = [("asset_id", "=", self.id)], "aftersales.ticket"
        opened = self._get_dated_events(
            model,
            mine,
            "date_open",
            limit,
            before,
            lambda t: self.env._(
                "Ticket %(ticket)s opened: %(subject)s", ticket=t.name, subject=t.subject
            ),
        )
        closed = self._get_dated_events(
            model,
            [*mine, ("is_closed", "=", True)],
            "date_closed",
            limit,
            before,
            lambda t: self.env._(
                "Ticket %(ticket)s closed: %(subject)s", ticket=t.name, subject=t.subject
            ),
            "fa-check",
        )
        return opened + closed

    def _get_visit_events(self, limit, before):
        """Visits done, each with its voucher behind it."""
        return self._get_dated_events(
            "aftersales.visit",
            [("asset_ids", "in", self.ids), ("state", "=", "done")],
            "date_done",
            limit,
            before,
            self._get_visit_sentence,
        )

    def _get_visit_sentence(self, visit):
        """Return the sentence about a visit that is done."""
        # The technician's name is on the voucher; employees are closed to many who read it.
        names = {
            "type": visit.type_id.name,
            "visit": visit.name,
            "technician": visit.sudo().technician_id.name or "–",
        }
        if visit.fixed == "yes":
            return self.env._("%(type)s %(visit)s by %(technician)s: fixed", **names)
        if visit.fixed == "no":
            return self.env._("%(type)s %(visit)s by %(technician)s: not fixed", **names)
        return self.env._("%(type)s %(visit)s by %(technician)s", **names)

    def _get_repair_events(self, limit, before):
        """Taken to the workshop; started, repaired, cancelled there."""
        mine, model = [("aftersales_asset_id", "=", self.id)], "repair.order"
        taken = self._get_dated_events(
            model,
            mine,
            "create_date",
            limit,
            before,
            lambda r: self.env._("Repair %s opened", r.name),
        )
        sentences = {
            "under_repair": self.env._("Repair %s started"),
            "done": self.env._("Repair %s finished"),
            "cancel": self.env._("Repair %s cancelled"),
        }
        changes = []
        repairs = self._search_readable(model, mine)
        for moment, repair, _name, _old, new in self._get_tracked_changes(
            repairs, ["state"], limit, before
        ):
            key = self._get_selection_key(repair._fields["state"], new)
            if key in sentences:
                changes.append(self._timeline_event(moment, sentences[key] % repair.name, repair))
        return taken + changes

    def _get_part_events(self, limit, before):
        """Parts fitted and old parts taken out on visits."""
        visits = self._search_readable(
            "aftersales.visit",
            [
                *self._get_before_domain("aftersales.visit", "date_done", before),
                ("state", "=", "done"),
                ("line_ids.asset_id", "in", self.ids),
            ],
            order="date_done desc, id desc",
            limit=limit,
        )
        lines = self._search_readable(
            "aftersales.visit.line",
            [("visit_id", "in", visits.ids), ("asset_id", "in", self.ids)],
            order="id",
        ).grouped("visit_id")
        return [
            self._timeline_event(visit.date_done, self._get_part_sentence(line), visit)
            for visit in visits
            for line in lines.get(visit, ())
        ]

    def _get_part_sentence(self, line):
        """Return the sentence about a part of a visit."""
        # Whoever sees the visit sees its parts; serials are closed to those without stock rights.
        serial = line.sudo().lot_id.name
        part = line.product_id.display_name
        if serial:
            part = f"{part} ({serial})"
        if line.kind == "removed":
            return self.env._("Taken out: %s", part)
        return self.env._("Fitted: %s", part)

    def _get_meter_events(self, limit, before):
        """Readings, and counters that were replaced."""
        return self._get_dated_events(
            "aftersales.asset.meter",
            [("asset_id", "=", self.id)],
            "date",
            limit,
            before,
            self._get_meter_sentence,
        )

    def _get_meter_sentence(self, reading):
        """Return the sentence about a meter reading."""
        value = self._format_meter(reading.value, reading.unit)
        if reading.replaced:
            return self.env._(
                "Meter replaced, it starts at %(value)s: %(reason)s",
                value=value,
                reason=reading.note,
            )
        return self.env._("Meter reading: %s", value)

    def _format_meter(self, value, unit):
        """Return a reading with its unit, as the user writes numbers."""
        number = formatLang(self.env, value, digits=0 if float(value).is_integer() else 1)
        if unit == "km":
            return self.env._("%s km", number)
        return self.env._("%s h", number)
