from odoo import models


class AftersalesTicket(models.Model):
    """Who answers for the ticket's fault; what visits and repairs found is taken over (T06)."""

    _name = "aftersales.ticket"
    _inherit = ["aftersales.ticket", "aftersales.attribution.mixin"]

    def _take_over_attribution(self, findings):
        """Tickets that say nothing yet take over who answers for the fault.

        :param findings: visits or repairs of these tickets, with ``responsible``
        """
        # sudo: technicians and workshop report what they found; they need not edit tickets.
        silent = self.sudo().filtered(lambda ticket: not ticket.responsible)
        for finding in findings.filtered("responsible"):
            # sudo: as above; the ticket of the user's own finding.
            ticket = finding.sudo()._get_attributed_ticket()
            if ticket in silent:
                vals = {"responsible": finding.responsible}
                if not ticket.cause_id:
                    vals["cause_id"] = finding.cause_id.id
                if finding.attribution_note and not ticket.attribution_note:
                    vals["attribution_note"] = finding.attribution_note
                ticket.write(vals)

    def _on_visits_done(self, visits):
        # First: otherwise the tickets would answer by the cause alone.
        self._take_over_attribution(visits)
        return super()._on_visits_done(visits)

    def _lacks_finding(self, name):
        # With the cause would come who answers for it, which somebody said already.
        return super()._lacks_finding(name) and not (name == "cause_id" and self.responsible)
