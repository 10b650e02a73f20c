from odoo.exceptions import UserError
from odoo.http import request

from .portal_claim_form import PortalClaimForm
from .portal_dealer import dealer_todo


class PortalDealerCampaign(PortalClaimForm):
    """Campaigns on the dealer's pages: the overview counts them, claims refer to them (W15)."""

    def _get_dealer_todos(self, dealer):
        env = request.env
        return [
            *super()._get_dealer_todos(dealer),
            dealer_todo(
                "campaign",
                env._("Open campaigns"),
                "/my/campaigns",
                env["aftersales.campaign.line"]._count_for_portal(),
                text=env._("Recalls and campaigns on machines you sold"),
                icon="fa-bullhorn",
                sequence=60,
            ),
        ]

    def _prepare_claim_form_values(self, dealer):
        """Return the campaigns that the dealer's machines are in, by name."""
        # The domain holds the dealer's own machines only; dealers have no rights on campaigns.
        lines = request.env["aftersales.campaign.line"]
        groups = lines.sudo()._read_group(lines._get_dealer_claim_domain(dealer), ["campaign_id"])
        values = super()._prepare_claim_form_values(dealer)
        return {**values, "campaigns": [campaign for (campaign,) in groups]}

    def _parse_claim(self, post, asset):
        values = super()._parse_claim(post, asset)
        campaign_id = self._parse_int(post.get("campaign_id"))
        if not campaign_id:
            return dict(values, campaign_id=False)
        lines = request.env["aftersales.campaign.line"].sudo()  # the asset is the dealer's own
        unit = lines.search(
            [("campaign_id", "=", campaign_id), ("asset_id", "=", asset.id)], limit=1
        )
        if not unit:
            raise UserError(
                request.env._(
                    "The machine “%(serial)s” does not belong to the campaign. Choose “None” "
                    "under “Campaign”, or check the serial.",
                    serial=asset.serial or asset.name,
                )
            )
        return dict(values, campaign_id=campaign_id)
