from odoo import api, fields, models


class AftersalesTicketMerge(models.TransientModel):
    """Chooses which of some tickets stays; the others become part of it (T09)."""

    _name = "aftersales.ticket.merge"
    _description = "Merge Tickets"

    ticket_ids = fields.Many2many("aftersales.ticket", string="Tickets", required=True)
    survivor_id = fields.Many2one(
        "aftersales.ticket",
        string="Keep",
        compute="_compute_survivor_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', ticket_ids)]",
        help="All that hangs on the others goes to this ticket; their numbers lead to it.",
    )
    other_customers = fields.Boolean(compute="_compute_warnings")
    other_assets = fields.Boolean(compute="_compute_warnings")
    reason = fields.Char(help="Stays in the history of the tickets.")

    @api.depends("ticket_ids")
    def _compute_survivor_id(self):
        for wizard in self:
            tickets = wizard.ticket_ids._origin
            if wizard.survivor_id not in tickets:
                # The customer knows the number that was given first.
                wizard.survivor_id = tickets.sorted(lambda t: (t.is_closed, t.date_open, t.id))[:1]

    @api.depends("ticket_ids")
    def _compute_warnings(self):
        for wizard in self:
            tickets = wizard.ticket_ids._origin
            wizard.other_customers = not tickets._has_one_customer()
            wizard.other_assets = len(tickets.asset_id) > 1

    def action_merge(self):
        """Merge the other tickets into the one that stays, and open it."""
        self.ensure_one()
        self.ticket_ids.action_merge_into(self.survivor_id.id, reason=self.reason)
        return self.survivor_id._get_form_action()
