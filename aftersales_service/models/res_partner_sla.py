from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Where a site lies and which tags a customer has decide what is promised (S03)."""

    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if {"state_id", "country_id"} & vals.keys():
            self._sweep_tickets(Domain("site_id", "in", self.ids), zones=True)
        if "category_id" in vals:
            self._sweep_tickets(Domain("partner_id", "child_of", self.ids))
        return result

    def _sweep_tickets(self, domain, zones=False):
        """The open tickets in ``domain`` are looked at again; most partners have none."""
        # sudo: who corrects an address need not see the tickets there.
        tickets = self.env["aftersales.ticket"].sudo()
        if tickets.search_count(tickets._get_sla_open_domain() & domain, limit=1):
            self.env["aftersales.sla.sweep"]._add(
                documents=domain, zones=zones, names=["aftersales.ticket"]
            )
