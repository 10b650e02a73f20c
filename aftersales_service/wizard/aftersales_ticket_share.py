from odoo import api, fields, models


class AftersalesTicketShare(models.TransientModel):
    """Shows an agent the link of a ticket, to copy it or to make it worthless (T17)."""

    _name = "aftersales.ticket.share"
    _description = "Link for the Customer"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, ondelete="cascade")
    link = fields.Char(compute="_compute_link")
    date_end = fields.Datetime(related="ticket_id.link_date_end", string="Valid until")

    @api.depends("ticket_id")
    def _compute_link(self):
        for share in self:
            ticket = share.ticket_id
            ticket._check_may_handle_link()
            share.link = ticket._get_customer_link()

    def action_revoke(self):
        """Revoke the link that is shown."""
        self.ticket_id.action_revoke_customer_link()
