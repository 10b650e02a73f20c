from odoo import api, fields, models

# Tickets that somebody goes to, unless they are solved on the telephone.
FIELD_TYPES = ("fault", "installation", "preventive", "training")
LIVE_VISIT_STATES = ("draft", "scheduled", "confirmed", "travelling", "on_site")


class AftersalesTicket(models.Model):
    """What is to be done next: the one button of the form that stands out (T02, T05, T10)."""

    _inherit = "aftersales.ticket"

    next_step = fields.Selection(
        [
            ("assign", "Choose a technician"),
            ("contact", "The technician calls the customer"),
            ("answer", "Answer the customer"),
            ("visit", "Plan a visit"),
            ("solve", "Solve by phone"),
            ("close", "Close"),
        ],
        compute="_compute_next_step",
    )

    @api.depends(
        "stage_id.kind",
        "type",
        "technician_id",
        "sla_waits_for_contact",
        "sla_waits_for_answer",
        "visit_ids.state",
    )
    def _compute_next_step(self):
        for ticket in self:
            ticket.next_step = ticket._get_handling_step()

    def _get_handling_step(self):
        """Return what is to be done next on the ticket (key of ``next_step``), or False while
        somebody else is at it. Features put their own steps before.
        """
        self.ensure_one()
        if self.stage_id.kind == "closed":
            return False
        if self.stage_id.kind == "solved":
            return "close"
        if self.type in FIELD_TYPES and not self.technician_id:
            return "assign"
        if self.sla_waits_for_contact and self.technician_id:
            return "contact"
        if self.sla_waits_for_answer:
            return "answer"
        if self.stage_id.kind == "waiting":
            return False
        # sudo: technicians see their own visits; that another one is planned counts as well.
        if any(visit.state in LIVE_VISIT_STATES for visit in self.sudo().visit_ids):
            return False
        return "visit" if self.type in FIELD_TYPES else "solve"
