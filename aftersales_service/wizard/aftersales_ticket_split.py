from odoo import fields, models

from ..models.aftersales_ticket import TICKET_TYPES


class AftersalesTicketSplit(models.TransientModel):
    """Asks what of a ticket is another matter (T09)."""

    _name = "aftersales.ticket.split"
    _description = "Split a Ticket"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, readonly=True)
    partner_id = fields.Many2one(related="ticket_id.partner_id")
    subject = fields.Char(required=True)
    type = fields.Selection(TICKET_TYPES, required=True, default="fault")
    asset_id = fields.Many2one(
        "aftersales.asset", domain="[('partner_id', 'child_of', partner_id)]"
    )
    symptom_id = fields.Many2one("aftersales.symptom")
    message_ids = fields.Many2many(
        "mail.message",
        string="Messages about it",
        domain="[('model', '=', 'aftersales.ticket'), ('res_id', '=', ticket_id),"
        " ('message_type', 'in', ('email', 'comment'))]",
    )

    def action_split(self):
        """Make the new ticket and open it."""
        self.ensure_one()
        ticket = self.ticket_id._split(
            {
                "subject": self.subject,
                "type": self.type,
                "asset_id": self.asset_id.id,
                "symptom_id": self.symptom_id.id,
            },
            self.message_ids,
        )
        return ticket._get_form_action()
