from odoo import fields, models
from odoo.exceptions import UserError


class AftersalesTicketIncident(models.TransientModel):
    """Puts tickets about one trouble of many customers under one ticket (T09)."""

    _name = "aftersales.ticket.incident"
    _description = "Mass Incident"

    ticket_ids = fields.Many2many("aftersales.ticket", string="Affected Tickets", required=True)
    parent_id = fields.Many2one(
        "aftersales.ticket",
        string="Mass Incident",
        domain="[('id', 'not in', ticket_ids), ('parent_id', '=', False),"
        " ('is_closed', '=', False)]",
        help="Empty: a new one is made.",
    )
    subject = fields.Char(string="What Happened")

    def action_join(self):
        """Put the tickets under the mass incident, made first when none is chosen."""
        self.ensure_one()
        self.ticket_ids._check_desk()
        parent = self.parent_id
        if not parent:
            if not self.subject:
                raise UserError(self.env._("Write down what happened, or choose a mass incident."))
            parent = self.env["aftersales.ticket"].create(self._prepare_parent_vals())
        self.ticket_ids._join_incident(parent)
        return parent._get_form_action()

    def _prepare_parent_vals(self):
        """Return the values of a new mass incident: nobody's, led by the first ticket's team; about
        a campaign when all that name one name the same.
        """
        first, campaign = self.ticket_ids[:1], self.ticket_ids.campaign_id
        return {
            "campaign_id": campaign.id if len(campaign) == 1 else False,
            "subject": self.subject,
            "type": first.type,
            "channel": first.channel,
            "symptom_id": first.symptom_id.id,
            "team_id": first.team_id.id,
            "company_id": first.company_id.id,
        }
