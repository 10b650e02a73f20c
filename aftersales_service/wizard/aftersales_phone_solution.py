from odoo import api, fields, models

from ..models.aftersales_ticket_phone import PHONE_FINDINGS


class AftersalesPhoneSolution(models.TransientModel):
    """The written record of a fault that was solved on the phone (T05)."""

    _name = "aftersales.phone.solution"
    _description = "Solve by Phone"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, ondelete="cascade")
    asked = fields.Text(string="What did you ask?", required=True)
    advised = fields.Text(string="What did you advise?", required=True)
    finding = fields.Selection(
        PHONE_FINDINGS, string="What was it?", required=True, default="advice"
    )
    symptom_id = fields.Many2one("aftersales.symptom")
    symptom_advice = fields.Html(related="symptom_id.advice", string="Ask and advise")
    cause_id = fields.Many2one("aftersales.cause")
    callback = fields.Datetime(string="Call-back", compute="_compute_callback")

    @api.depends("ticket_id")
    def _compute_callback(self):
        now = fields.Datetime.now()
        for solution in self:
            # sudo: the working hours of the company are no secret of accountants.
            company = solution.ticket_id.company_id.sudo()
            solution.callback = company and company._get_callback_date(now)

    def action_solve(self):
        """Solve the ticket with this record."""
        self.ensure_one()
        self.ticket_id.action_solve_by_phone(
            asked=self.asked,
            advised=self.advised,
            finding=self.finding,
            symptom_id=self.symptom_id.id,
            cause_id=self.cause_id.id,
        )
        return {"type": "ir.actions.act_window_close"}
