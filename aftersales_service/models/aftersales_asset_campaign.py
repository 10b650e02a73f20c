from dataclasses import replace

from odoo import api, fields, models

from ..tools import coverage
from .aftersales_campaign_line import DONE_STATES


class AftersalesAsset(models.Model):
    """The campaigns that affect an asset, and what they pay (W07, W15)."""

    _inherit = "aftersales.asset"

    campaign_line_ids = fields.One2many(
        "aftersales.campaign.line", "asset_id", string="Campaigns", readonly=True
    )
    open_campaign_line_ids = fields.Many2many(
        "aftersales.campaign.line",
        compute="_compute_open_campaign_line_ids",
        string="Open Campaigns",
    )

    def _on_made(self):
        result = super()._on_made()
        self._link_campaign_lines()
        return result

    @api.depends("campaign_line_ids.state", "campaign_line_ids.campaign_id.state")
    def _compute_open_campaign_line_ids(self):
        lines = self._get_open_campaign_lines()
        for asset in self:
            asset.open_campaign_line_ids = lines.get(asset._origin.id, lines[False])

    def _get_open_campaign_lines(self):
        """Return {asset id: units of campaigns that run today and are not done}; False for none.

        Two queries for any number of assets, one when no campaign runs.
        """
        lines = self.env["aftersales.campaign.line"].sudo()  # whoever sees the asset is told
        result = {False: lines.sudo(False)}
        # sudo: as above; which campaigns run is no secret.
        campaigns = self.env["aftersales.campaign"].sudo()._get_running()
        if campaigns:
            found = lines.search(
                [
                    ("asset_id", "in", self._origin.ids),
                    ("campaign_id", "in", campaigns.ids),
                    ("state", "not in", DONE_STATES),
                ],
                order="campaign_id, id",
            )
            for asset, own in found.grouped("asset_id").items():
                result[asset.id] = own.sudo(False)
        return result

    def _link_campaign_lines(self):
        """Fill these new assets in on the units of their serials: one query when no campaign is
        under way.
        """
        campaigns = self.env["aftersales.campaign"].sudo()  # whoever delivers need not see them
        lots = self.lot_id
        live = lots and campaigns.search([("state", "in", ("draft", "open"))])
        if live:
            # sudo: as above; units of these serials only.
            lines = self.env["aftersales.campaign.line"].sudo()
            lines = lines.search([("lot_id", "in", lots.ids), ("campaign_id", "in", live.ids)])
            lines._link_assets(self)

    def _get_entitlement_sources(self):
        return [*super()._get_entitlement_sources(), self._get_campaign_covers]

    def _get_entitlement_probes(self):
        campaigns = self.env["aftersales.campaign"]
        return {
            **super()._get_entitlement_probes(),
            "_get_campaign_covers": (campaigns._name, campaigns._get_covering_domain()),
        }

    def _get_campaign_covers(self):
        """Return {asset id: covers} of open campaigns, for the machines they affect: a constant
        number of queries, one when no campaign covers anything.
        """
        # Whoever may see the asset may know what is done for it free of charge.
        campaigns = self.env["aftersales.campaign"].sudo()._get_covering()
        if not campaigns:
            return {}
        # sudo: as above; units of these assets only.
        lines = self.env["aftersales.campaign.line"].sudo()
        query = lines._search(
            [
                ("asset_id", "in", self.ids),
                ("campaign_id", "in", campaigns.ids),
                ("state", "!=", "exempt"),
            ],
            order="id",
        )
        names = ("asset_id", "campaign_id", "state", "date_done")
        columns = [lines._field_to_sql(lines._table, name) for name in names]
        templates = campaigns._prepare_covers()
        covers = {}
        # Plain ids: a record for each of thousands of units would cost more than the question.
        for asset_id, campaign_id, state, done in self.env.execute_query(query.select(*columns)):
            cover = templates[campaign_id]
            if state == "done":
                cover = self._prepare_done_cover(cover, done)
            covers.setdefault(asset_id, []).append(cover)
        return covers

    @api.model
    def _prepare_done_cover(self, cover, date_done):
        """Return what is left of a campaign's cover on a machine that was done on ``date_done``:
        that work itself, for who asks about it later; no other fault.
        """
        days = [day for day in (date_done, cover.date_end) if day]
        return replace(
            cover,
            date_end=min(days) if days else None,
            product_ids=frozenset(),
            symptom_ids=frozenset(),
        )


class AftersalesCampaign(models.Model):
    _inherit = "aftersales.campaign"

    @api.model
    def _get_covering(self):
        """Return the open campaigns that pay for anything; the day is the question's."""
        return self.search_fetch(
            self._get_covering_domain(),
            [
                "name",
                "title",
                "date_start",
                "date_end",
                "covers_parts",
                "covers_labour",
                "covers_travel",
            ],
            order="id",
        )

    @api.model
    def _get_covering_domain(self):
        return [
            ("state", "=", "open"),
            ("kind", "!=", "notice"),
            "|",
            "|",
            ("covers_parts", "=", True),
            ("covers_labour", "=", True),
            ("covers_travel", "=", True),
        ]

    def _prepare_covers(self):
        """Return {campaign id: ``coverage.Cover``} for the work of each campaign."""
        return {
            campaign.id: coverage.Cover(
                key=(campaign.id, 0),
                kind="campaign",
                label=campaign.display_name,
                date_start=campaign.date_start,
                date_end=campaign.date_end or None,
                parts=campaign.covers_parts,
                labour=campaign.covers_labour,
                travel=campaign.covers_travel,
                product_ids=frozenset((campaign.part_ids.product_id | campaign.product_ids)._ids),
                symptom_ids=frozenset(campaign.symptom_ids._ids),
                campaign_id=campaign.id,
                source=f"{campaign._name},{campaign.id}",
            )
            for campaign in self
        }
