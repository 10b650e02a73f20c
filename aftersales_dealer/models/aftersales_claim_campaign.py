from dataclasses import replace

from odoo import api, fields, models
from odoo.tools import format_date

from ..tools.claim_checks import CampaignFacts

# Claims that do not count as having claimed the campaign's work.
_DEAD = ("draft", "returned", "refused", "cancelled")


class AftersalesClaim(models.Model):
    """A claim for the work of a campaign: its cover applies, its scope is checked, and approval
    does the machine (D08, W15).
    """

    _inherit = "aftersales.claim"

    campaign_id = fields.Many2one(
        "aftersales.campaign",
        compute="_compute_campaign_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
        help="The campaign whose work is claimed.",
    )

    @api.depends("ticket_id")
    def _compute_campaign_id(self):
        for claim in self:
            # Dealers need not see the ticket or the campaign to claim its work.
            campaign = claim.ticket_id.sudo().campaign_id or claim.campaign_id.sudo()
            claim.campaign_id = campaign.sudo(False)

    def _prepare_entitlement_question(self):
        question = super()._prepare_entitlement_question()
        if question and self.campaign_id:
            # Nothing has failed: what counts is the day of the work.
            question.update(
                # As above: the campaign is asked about, not shown.
                campaign=self.campaign_id.sudo(),
                date=self.date_repair or self.date_failure,
            )
        return question

    def _get_check_facts(self):
        facts = super()._get_check_facts()
        for claim, campaign in self._get_campaign_facts().items():
            facts[claim] = replace(facts[claim], campaign=campaign)
        return facts

    def _get_campaign_facts(self):
        """Return {claim: ``CampaignFacts``} of the claims that refer to a campaign, in a constant
        number of queries.
        """
        claims = self.filtered("campaign_id")
        if not claims:
            return {}
        units, rivals = claims._get_campaign_units(), claims._get_campaign_rivals()
        return {
            claim: claim._prepare_campaign_facts(units.get(claim), rivals[claim])
            for claim in claims
        }

    def _prepare_campaign_facts(self, unit, rivals):
        """Return the ``CampaignFacts`` of one claim.

        :param unit: the unit of its machine, None when the campaign does not affect it
        :param list rivals: numbers of earlier claims for the same work
        """
        self.ensure_one()
        before = bool(unit) and unit.state == "done" and not self._has_done(unit)
        # Dealers need not see the campaign to claim its work.
        return CampaignFacts(
            label=self.campaign_id.sudo().display_name,
            affected=bool(unit) and unit.state != "exempt",
            done_before=format_date(self.env, unit.date_done) if before else "",
            claimed_before=tuple(rivals),
        )

    def _has_done(self, unit):
        """Whether the work on the unit ``unit`` is what this claim is for: its own, its ticket's,
        or not done before its repair.
        """
        self.ensure_one()
        if unit.claim_id == self or (unit.ticket_id and unit.ticket_id == self.ticket_id):
            return True
        return not unit.claim_id and unit.date_done >= self.date_repair

    def _get_campaign_units(self):
        """Return {claim: the unit of its machine in its campaign}: one query."""
        # As above.
        lines = self.env["aftersales.campaign.line"].sudo()
        lines = lines.search(
            [("campaign_id", "in", self.campaign_id.ids), ("asset_id", "in", self.asset_id.ids)]
        )
        units = {(line.campaign_id.id, line.asset_id.id): line for line in lines}
        found = {claim: units.get((claim.campaign_id.id, claim.asset_id.id)) for claim in self}
        return {claim: unit for claim, unit in found.items() if unit}

    def _get_campaign_rivals(self):
        """Return {claim: numbers of earlier claims for the same campaign and machine}: one
        query.
        """
        # The numbers of claims for the same machine are told to whoever claims twice.
        others = self.sudo().search(
            [
                ("campaign_id", "in", self.campaign_id.ids),
                ("asset_id", "in", self.asset_id.ids),
                ("state", "not in", _DEAD),
            ]
        )
        by_unit = others.grouped(lambda other: (other.campaign_id.id, other.asset_id.id))
        return {
            claim: sorted(
                other.name
                for other in by_unit.get((claim.campaign_id.id, claim.asset_id.id), ())
                if other != claim and claim._comes_after(other)
            )
            for claim in self
        }

    def _comes_after(self, other):
        """Whether the claim ``other`` was submitted before this one."""
        self.ensure_one()
        mine = self.date_submitted or fields.Datetime.now()
        return (other.date_submitted, other.id) <= (mine, self.id)

    def _approve(self):
        result = super()._approve()
        self.filtered("campaign_id")._finish_campaign_units()
        return result

    def _finish_campaign_units(self):
        """The machines of approved claims are done in their campaigns."""
        for claim, unit in self._get_campaign_units().items():
            if unit.state == "done":
                if not unit.claim_id:
                    unit._write_past_guard({"claim_id": claim.id})
            elif unit.state != "exempt":
                unit._set_state("done", claim_id=claim.id, date_done=claim.date_repair)


class AftersalesClaimLine(models.Model):
    _inherit = "aftersales.claim.line"

    def _get_check_facts(self, *args):
        facts = super()._get_check_facts(*args)
        return replace(facts, campaign_quantity=self._get_campaign_quantity())

    def _get_campaign_quantity(self):
        """Return how much of this line the claim's campaign allows on a machine (float); None when
        it does not say.
        """
        self.ensure_one()
        # As for the claim: dealers have no rights on campaigns.
        campaign = self.claim_id.campaign_id.sudo()
        if not campaign:
            return None
        if self.kind == "labour":
            return campaign.labour_hours or None
        if self.kind != "part":
            return None
        parts = campaign.part_ids.filtered(lambda part: part.product_id == self.product_id)
        return sum(parts.mapped("quantity"))


class AftersalesClaimCheck(models.Model):
    _inherit = "aftersales.claim.check"

    def _get_sentences(self, values):
        v = values
        return {
            **super()._get_sentences(values),
            "campaign_ok": lambda: self.env._(
                "Within the campaign “%(campaign)s”, not done before.", **v
            ),
            "campaign_not_affected": lambda: self.env._(
                "The machine does not belong to the campaign “%(campaign)s”.", **v
            ),
            "campaign_done": lambda: self.env._(
                "The work of “%(campaign)s” was done on this machine on %(day)s already.", **v
            ),
            "campaign_claimed": lambda: self.env._(
                "The work of “%(campaign)s” on this machine is claimed in %(claims)s already.", **v
            ),
            "campaign_above": lambda: self.env._(
                "%(line)s: %(quantity)s claimed, “%(campaign)s” allows %(allowed)s.", **v
            ),
        }


class AftersalesCampaign(models.Model):
    _inherit = "aftersales.campaign"

    @api.model
    def _get_unit_asset_columns(self):
        return [*super()._get_unit_asset_columns(), "dealer_id"]


class AftersalesCampaignLine(models.Model):
    """Units of campaigns in the hands of dealers (D14, W15)."""

    _inherit = "aftersales.campaign.line"

    dealer_id = fields.Many2one(
        related="asset_id.dealer_id", store=True, index="btree_not_null", string="Dealer"
    )
    claim_id = fields.Many2one(
        "aftersales.claim", readonly=True, index="btree_not_null", copy=False, check_company=True
    )

    @api.model
    def _get_dealer_claim_domain(self, dealer):
        """Domain of the units whose work ``dealer`` may claim."""
        campaigns = self.env["aftersales.campaign"].sudo()  # only which are open
        live = campaigns._search([("state", "=", "open"), ("kind", "!=", "notice")])
        return [
            ("dealer_id", "=", dealer.id),
            ("campaign_id", "in", live),
            ("state", "!=", "exempt"),
        ]

    def _get_recipients(self):
        """The dealer is told as well, of all machines it sold."""
        recipients = super()._get_recipients()
        self.dealer_id.fetch(["email", "lang"])
        for dealer, lines in self.filtered("dealer_id").grouped("dealer_id").items():
            recipients[dealer] = recipients.get(dealer, lines.browse()) | lines
        return recipients
