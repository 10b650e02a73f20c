from odoo import api, models
from odoo.fields import Domain


class AftersalesZone(models.Model):
    """Zones that change move open tickets, and with them what was promised (S03, S06)."""

    _inherit = "aftersales.zone"

    @api.model
    def _get_area_fields(self):
        """Return the names of the fields that say which sites a zone takes."""
        return {"country_ids", "state_ids", "active", "company_id", "sequence"}

    @api.model_create_multi
    def create(self, vals_list):
        zones = super().create(vals_list)
        if zones.country_ids or zones.state_ids:
            zones._sweep_tickets()
        return zones

    def write(self, vals):
        result = super().write(vals)
        if self._get_area_fields() & vals.keys():
            self._sweep_tickets()
        return result

    def unlink(self):
        self._sweep_tickets()
        return super().unlink()

    def _sweep_tickets(self):
        """Open tickets in these zones, or in none, are looked at again; a zone that somebody chose
        by hand stays.
        """
        domain = Domain("zone_id", "in", [*self.ids, False])
        self.env["aftersales.sla.sweep"]._add(
            documents=domain, zones=True, names=["aftersales.ticket"]
        )
