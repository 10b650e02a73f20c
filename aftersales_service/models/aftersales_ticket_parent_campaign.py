from odoo import api, models


class AftersalesTicket(models.Model):
    """The campaign of a mass incident is that of its tickets, where their machines are affected
    (T09, W15).
    """

    _inherit = "aftersales.ticket"

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets.filtered("parent_id")._follow_parent_campaign()
        return tickets

    def write(self, vals):
        result = super().write(vals)
        if {"parent_id", "asset_id"} & vals.keys():
            self.filtered("parent_id")._follow_parent_campaign()
        if vals.get("campaign_id"):
            # sudo: the tickets of an incident follow it, whoever leads it.
            self.sudo().child_ids._follow_parent_campaign()
        return result

    def _follow_parent_campaign(self):
        """Give these tickets the campaign of their mass incident: open ones that have none, whose
        machine is a unit of it. One query for all, one change a campaign.
        """
        # sudo: units are looked up with rights on campaigns or without; the tickets follow.
        tickets = self.sudo().filtered(
            lambda t: (
                t.parent_id.campaign_id and t.asset_id and not t.campaign_id and not t.is_closed
            )
        )
        if not tickets:
            return
        affected = set(
            self.env["aftersales.campaign.line"]
            .sudo()
            ._read_group(
                [
                    ("campaign_id", "in", tickets.parent_id.campaign_id.ids),
                    ("asset_id", "in", tickets.asset_id.ids),
                ],
                ["campaign_id", "asset_id"],
            )
        )
        for campaign, own in tickets.grouped(lambda t: t.parent_id.campaign_id).items():
            units = own.filtered(lambda t: (t.parent_id.campaign_id, t.asset_id) in affected)
            units.write({"campaign_id": campaign.id})
