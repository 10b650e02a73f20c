from odoo import api, fields, models

from ..models.aftersales_ticket_handover import HANDOVER_REASONS


class AftersalesTicketPassOn(models.TransientModel):
    """Asks why a technician needs help or hands a ticket over, and to whom (T10)."""

    _name = "aftersales.ticket.pass.on"
    _description = "Ask for Help or Hand Over"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, ondelete="cascade")
    kind = fields.Selection(
        [("help", "Help; I stay responsible"), ("colleague", "Hand over")],
        string="What do you need?",
        required=True,
        default="help",
    )
    # As superuser: the names of the team's technicians, to choose from.
    allowed_ids = fields.Many2many("hr.employee", compute="_compute_allowed_ids", compute_sudo=True)
    colleague_id = fields.Many2one("hr.employee", domain="[('id', 'in', allowed_ids)]")
    reason = fields.Selection(HANDOVER_REASONS, required=True)
    note = fields.Text(required=True)

    @api.depends("ticket_id")
    def _compute_allowed_ids(self):
        for dialog in self:
            ticket = dialog.ticket_id
            dialog.allowed_ids = ticket.team_id.technician_ids - ticket.technician_id

    def action_confirm(self):
        """Ask for help or hand over, and go back to the list when the ticket is gone."""
        self.ensure_one()
        act = (
            self.ticket_id.action_ask_help
            if self.kind == "help"
            else self.ticket_id.action_hand_over
        )
        act(reason=self.reason, note=self.note, colleague_id=self.colleague_id.id)
        if self.kind == "help" or self.ticket_id.has_access("read"):
            return {"type": "ir.actions.act_window_close"}
        return self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_ticket_action"
        ) | {"target": "main"}
