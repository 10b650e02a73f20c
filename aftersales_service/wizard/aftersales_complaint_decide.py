from odoo import fields, models

from ..models.aftersales_ticket_complaint import UPHELD


class AftersalesComplaintDecide(models.TransientModel):
    """The service manager decides on a complaint (T08)."""

    _name = "aftersales.complaint.decide"
    _description = "Decide on a Complaint"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, readonly=True)
    complaint_claim = fields.Text(related="ticket_id.complaint_claim")
    upheld = fields.Selection(UPHELD, string="Decision", required=True)
    reason = fields.Text(string="Reasons", required=True)
    employee_id = fields.Many2one("hr.employee", string="Concerns")
    compensate = fields.Boolean(
        string="Propose Compensation", help="Opens the proposal, which another manager decides."
    )

    def action_decide(self):
        """Decide; go on with the compensation when one is wanted."""
        self.ensure_one()
        self.ticket_id.action_decide_complaint(
            upheld=self.upheld, reason=self.reason, employee_id=self.employee_id.id
        )
        if self.compensate and self.upheld != "no":
            return self.ticket_id.action_propose_compensation()
        return {"type": "ir.actions.act_window_close"}
