from odoo import api, models
from odoo.fields import Domain

# An event of the ticket proves these others too: who stands at the door has called before.
KIND_IMPLIES = {
    "technician_contact": ("first_response",),
    "answer": ("first_response",),
    "on_site": ("first_response", "technician_contact"),
    "phone_solution": ("first_response", "answer"),
    "solution": ("first_response", "answer", "phone_solution"),
    "close": ("first_response", "answer", "phone_solution", "solution"),
}
# What is not needed any more once the ticket is solved.
DROPPED_BY_SOLUTION = ("technician_contact", "on_site", "sample_result")
RESTARTED_KINDS = ("solution", "close")


class AftersalesTicket(models.Model):
    """What is special about the promises for tickets; the engine is in the mixin (S03)."""

    _inherit = "aftersales.ticket"

    @api.model
    def _get_sla_open_domain(self):
        return Domain("is_closed", "=", False) & Domain("active", "=", True)

    def _is_sla_live(self):
        self.ensure_one()
        return self.active and not self.is_closed

    def _update_zones(self):
        """Look up again in which zones the sites lie; tickets whose sites lie in none keep the one
        that somebody chose.
        """
        # sudo: as in ``_start_sla``.
        zones = self.env["aftersales.zone"].sudo()._get_zones_of(self.site_id)
        changed = self.filtered(lambda t: zones.get(t.site_id) and zones[t.site_id] != t.zone_id)
        for zone, tickets in changed.grouped(lambda t: zones[t.site_id]).items():
            tickets.write({"zone_id": zone.id})

    def _get_sla_date_open(self):
        self.ensure_one()
        return self.date_open

    def _get_sla_calendar(self):
        self.ensure_one()
        return self.team_id.resource_calendar_id

    def _is_sla_paused(self, target):
        self.ensure_one()
        return target._pauses_in(self.stage_id)

    @api.model
    def _get_sla_implied(self):
        return KIND_IMPLIES

    @api.model
    def _get_sla_dropped(self):
        return dict.fromkeys(("solution", "close"), DROPPED_BY_SOLUTION)

    @api.model
    def _get_sla_drop_note(self):
        return self.env._("The ticket is solved.")

    @api.model
    def _get_sla_restarted_kinds(self):
        return RESTARTED_KINDS

    def _get_needless_kinds(self):
        """All but closing when the ticket is solved."""
        self.ensure_one()
        if self.stage_id.kind != "solved":
            return set()
        dropped, implied = self._get_sla_dropped(), self._get_sla_implied()
        return {*dropped["close"], *implied["close"]}

    def _get_sla_first_events(self):
        # Who calls has been answered when the call was taken.
        return {"first_response": self.date_open} if self.channel == "phone" else {}

    def _prepare_sla_clock_vals(self):
        vals = super()._prepare_sla_clock_vals()
        return {**vals, "partner_id": self.partner_id.id, "user_id": self.user_id.id}
