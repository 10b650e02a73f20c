from odoo import api, fields, models

from ..tools import coverage
from ..tools.part_life import lived_share, months_between


class AftersalesAsset(models.Model):
    """Accepted findings of short life make the replacement of the part free (W08)."""

    _inherit = "aftersales.asset"

    life_finding_ids = fields.One2many(
        "aftersales.life.finding", "asset_id", string="Findings of Short Life", copy=False
    )
    life_finding_count = fields.Integer(compute="_compute_life_finding_count")

    @api.depends("life_finding_ids")
    def _compute_life_finding_count(self):
        findings, counts = self.env["aftersales.life.finding"], {}
        if findings.has_access("read"):
            counts = dict(
                findings._read_group([("asset_id", "in", self.ids)], ["asset_id"], ["__count"])
            )
        for asset in self:
            asset.life_finding_count = counts.get(asset._origin, 0)

    def _get_entitlement_sources(self):
        return [*super()._get_entitlement_sources(), self._get_life_covers]

    def _get_entitlement_probes(self):
        return {
            **super()._get_entitlement_probes(),
            "_get_life_covers": ("aftersales.life.finding", self._get_life_domain()),
        }

    def _get_life_domain(self):
        return [("asset_id", "in", self.ids), ("state", "=", "accepted")]

    def _get_life_covers(self):
        """Return {asset id: covers} of accepted findings, in one query: for the failed part, from
        the day it failed (W08).
        """
        rows = self._read_raw(
            "aftersales.life.finding",
            self._get_life_domain(),
            [
                "id",
                "asset_id",
                "name",
                "product_id",
                "date_failed",
                "date_cover_end",
                "covers_parts",
                "covers_labour",
                "covers_travel",
            ],
        )
        covers = {}
        for key, asset_id, name, part_id, start, end, parts, labour, travel in rows:
            cover = coverage.Cover(
                key=(key, 0),
                kind="abnormal",
                label=name,
                date_start=start,
                date_end=end,
                parts=bool(parts),
                labour=bool(labour),
                travel=bool(travel),
                product_ids=frozenset((part_id,)),
                source=f"aftersales.life.finding,{key}",
            )
            covers.setdefault(asset_id, []).append(cover)
        return covers

    def action_report_short_life(self):
        """Open a new finding of short life of a part of the asset (W08)."""
        self.ensure_one()
        return self._get_short_life_action(
            {"default_asset_id": self.id, "default_meter_failed": self.meter}
        )

    def action_view_life_findings(self):
        """Open the findings about the asset's parts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_life_finding_action"
        )
        return dict(
            action, domain=[("asset_id", "=", self.id)], context={"default_asset_id": self.id}
        )

    @api.model
    def _get_short_life_action(self, context):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_life_finding_action"
        )
        return dict(action, views=[(False, "form")], view_mode="form", context=context)


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    life_finding_ids = fields.One2many(
        "aftersales.life.finding", "ticket_id", string="Findings of Short Life"
    )
    short_life_hint = fields.Char(compute="_compute_short_life_hint")

    @api.depends("asset_id", "part_id", "date_failure", "meter", "service_category", "exclusion")
    def _compute_short_life_hint(self):
        """A part that fails early after the warranty: the department may find for the customer."""
        for ticket in self:
            ticket.short_life_hint = ticket._get_short_life_hint()

    def _get_short_life_hint(self):
        """Return the sentence about a paid part that failed early, or False (W08)."""
        self.ensure_one()
        asset, part = self.asset_id._origin, self.part_id._origin
        paid = self.service_category == "paid" and not self.exclusion and not self.is_closed
        if not (asset and part and paid) or self.life_finding_ids:
            return False
        findings = self.env["aftersales.life.finding"]
        day = self.date_failure or fields.Date.context_today(self)
        facts = findings._get_life_facts(asset, part, day)
        start, meter = facts["date_in_use"], self.meter or asset.meter
        share = lived_share(
            months_between(start, day) if start else 0.0,
            facts["life_months"] if start else 0,
            meter - facts["meter_in_use"] if meter else None,
            facts["life_meter"],
        )
        if share is None or share >= self.company_id.aftersales_short_life_percent / 100:
            return False
        return self.env._(
            "%(part)s reached only %(share)s %% of its normal life. The department in charge may "
            "find that it failed abnormally early; its replacement is free then.",
            part=part.display_name,
            share=round(share * 100),
        )

    def action_report_short_life(self):
        """Open the finding of short life of the ticket's part, or a new one filled in (W08)."""
        self.ensure_one()
        if self.life_finding_ids:
            action = self.asset_id._get_short_life_action({})
            return dict(action, res_id=self.life_finding_ids[0].id)
        return self.asset_id._get_short_life_action(
            {
                "default_asset_id": self.asset_id.id,
                "default_ticket_id": self.id,
                "default_product_id": self.part_id.id,
                "default_date_failed": self.date_failure,
                "default_meter_failed": self.meter or self.asset_id.meter,
                "default_company_id": self.company_id.id,
            }
        )
