from odoo import api, models
from odoo.fields import Domain

from .aftersales_campaign_line import DONE_STATES


class AftersalesCampaignLine(models.Model):
    """What the portal shows of campaigns (W15). Portal users have no rights on campaigns: they
    see those of the machines their rules give them.
    """

    _inherit = "aftersales.campaign.line"

    @api.model
    def _get_portal_domain(self):
        """Domain of the units to do on machines that the user may see."""
        # Only the ids of running campaigns are used: customers have no rights on them.
        campaigns = self.env["aftersales.campaign"].sudo()._get_running()
        # Searched as the user: the rules on assets say which are theirs.
        assets = self.env["aftersales.asset"]._search([("campaign_line_ids", "!=", False)])
        return (
            Domain("campaign_id", "in", campaigns.ids)
            & Domain("state", "not in", DONE_STATES)
            & Domain("asset_id", "in", assets)
        )

    @api.model
    def _count_for_portal(self):
        """Return how many machines of the user have something to do; one query when no campaign
        runs.
        """
        # Only whether there is any: the domain below restricts to the user's own machines.
        running = self.env["aftersales.campaign"].sudo()._get_running()
        if not running or not self.env["aftersales.asset"].has_access("read"):
            return 0
        # sudo: a count; the domain keeps to machines that the user may see.
        return self.sudo().search_count(self._get_portal_domain())

    def _arrange_for_portal(self, user):
        """Return the ticket for the unit's work that ``user`` of the portal asks for: the one
        there is, else a new one.

        :raise UserError: when the campaign is a notice, or no longer open
        """
        self.ensure_one()
        self._check_campaign_open()
        self.lock_for_update()
        if self.ticket_id and not self.ticket_id._is_finished():
            return self.ticket_id
        return self.env["aftersales.ticket"].create(self._prepare_portal_ticket_vals(user))

    def _prepare_portal_ticket_vals(self, user):
        """Return the values of the ticket that ``user`` asks for."""
        campaign = self.campaign_id
        return {
            "subject": f"{campaign.title} ({self.serial})",
            "type": "preventive",
            "channel": "portal",
            "campaign_id": campaign.id,
            "company_id": campaign.company_id.id,
            "asset_id": self.asset_id.id,
            "partner_id": user.commercial_partner_id.id,
            "caller_id": user.partner_id.id,
            "team_id": campaign.team_id.id,
            "user_id": campaign.user_id.id,
            "description": campaign.customer_text,
        }
