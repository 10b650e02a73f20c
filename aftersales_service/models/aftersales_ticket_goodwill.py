from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesTicket(models.Model):
    """Goodwill asked for a ticket (W18)."""

    _inherit = "aftersales.ticket"

    goodwill_ids = fields.One2many("aftersales.goodwill", "ticket_id")
    goodwill_count = fields.Integer(compute="_compute_goodwill_count")

    @api.depends("goodwill_ids")
    def _compute_goodwill_count(self):
        goodwill, counts = self.env["aftersales.goodwill"], {}
        if goodwill.has_access("read"):
            counts = dict(
                goodwill._read_group([("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"])
            )
        for ticket in self:
            ticket.goodwill_count = counts.get(ticket._origin, 0)

    def action_ask_goodwill(self):
        """Open a new goodwill for the ticket (W18).

        :raise UserError: when the ticket names no asset
        """
        self.ensure_one()
        if not self.asset_id:
            raise UserError(
                self.env._(
                    "%(ticket)s: name the asset that goodwill is asked for.",
                    ticket=self.display_name,
                )
            )
        return self.env["aftersales.goodwill"]._get_form_action(default_ticket_id=self.id)

    def action_view_goodwill(self):
        """Open the ticket's goodwill."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_goodwill_action"
        )
        return dict(
            action,
            domain=[("ticket_id", "=", self.id)],
            context={"default_ticket_id": self.id},
        )
