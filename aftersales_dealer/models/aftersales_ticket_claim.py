from odoo import api, fields, models


class AftersalesTicket(models.Model):
    """The claims that dealers made for a ticket."""

    _inherit = "aftersales.ticket"

    claim_ids = fields.One2many("aftersales.claim", "ticket_id", string="Claims")
    claim_count = fields.Integer(compute="_compute_claim_count")

    @api.depends_context("uid")
    def _compute_claim_count(self):
        self.claim_count = 0
        if not self.env["aftersales.claim"].has_access("read"):
            return
        groups = self.env["aftersales.claim"]._read_group(
            [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
        )
        for ticket, count in groups:
            ticket.claim_count = count

    def action_view_claims(self):
        """Open the claims for the ticket."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_claim_action"
        )
        context = {
            "default_ticket_id": self.id,
            "default_asset_id": self.asset_id.id,
            "default_dealer_id": self.asset_id.dealer_id.id,
        }
        return dict(action, domain=[("ticket_id", "=", self.id)], context=context)
