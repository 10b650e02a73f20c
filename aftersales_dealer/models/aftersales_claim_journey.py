from dataclasses import replace

from odoo import models

from ..tools.claim_checks import JourneyFacts
from ..tools.distance import kilometres


class AftersalesClaim(models.Model):
    """How far it is from the dealer to the machine (D08)."""

    _inherit = "aftersales.claim"

    def _get_check_facts(self):
        facts = super()._get_check_facts()
        places = ["name", "city", "partner_latitude", "partner_longitude"]
        # Where machines stand decides on claims of users who need not see assets.
        (self.sudo().asset_id.site_id | self.sudo().dealer_id).fetch(places)
        for claim in self:
            facts[claim] = replace(facts[claim], journey=claim._get_journey())
        return facts

    def _get_journey(self):
        """Return the ``JourneyFacts`` of the claim."""
        self.ensure_one()
        claim = self.sudo()  # as above
        dealer, site = claim.dealer_id, claim.asset_id.site_id or claim.end_user_id
        straight = kilometres(
            dealer.partner_latitude,
            dealer.partner_longitude,
            site.partner_latitude,
            site.partner_longitude,
        )
        names = {"dealer": dealer.city or dealer.name or "", "site": site.city or site.name or ""}
        agreement = claim.agreement_id
        return JourneyFacts(
            straight,
            agreement.travel_limit,
            agreement.travel_basis or "km",
            max(claim.trips, 1),
            names,
        )
