from odoo import fields, models

from ..tools import coverage


class AftersalesAsset(models.Model):
    """Goodwill granted for an asset, and what it pays (W07, W18)."""

    _inherit = "aftersales.asset"

    goodwill_ids = fields.One2many("aftersales.goodwill", "asset_id")
    goodwill_count = fields.Integer(compute="_compute_goodwill_count")

    def _compute_goodwill_count(self):
        goodwill, counts = self.env["aftersales.goodwill"], {}
        if goodwill.has_access("read"):
            counts = dict(
                goodwill._read_group([("asset_id", "in", self.ids)], ["asset_id"], ["__count"])
            )
        for asset in self:
            asset.goodwill_count = counts.get(asset._origin, 0)

    def _get_entitlement_sources(self):
        return [*super()._get_entitlement_sources(), self._get_goodwill_covers]

    def _get_entitlement_probes(self):
        return {
            **super()._get_entitlement_probes(),
            "_get_goodwill_covers": ("aftersales.goodwill", self._get_goodwill_domain()),
        }

    def _get_goodwill_domain(self):
        return [
            ("asset_id", "in", self.ids),
            "|",
            ("state", "=", "approved"),
            "&",
            ("state", "in", ("used", "expired")),
            ("ticket_id", "!=", False),
        ]

    def _get_goodwill_covers(self):
        """Return {asset id: covers} of granted goodwill: that for a ticket answers for this ticket
        always, that for the asset until it is used.
        """
        rows = self._read_raw(
            "aftersales.goodwill",
            self._get_goodwill_domain(),
            [
                "asset_id",
                "id",
                "name",
                "date_start",
                "date_end",
                "covers_parts",
                "covers_labour",
                "covers_travel",
                "ticket_id",
            ],
        )
        covers = {}
        for asset_id, goodwill_id, name, start, end, *aspects, ticket_id in rows:
            cover = coverage.Cover(
                (goodwill_id, 0),
                "goodwill",
                name,
                start,
                end,
                *map(bool, aspects),
                ticket_id=ticket_id,
                source=f"aftersales.goodwill,{goodwill_id}",
            )
            covers.setdefault(asset_id, []).append(cover)
        return covers

    def action_ask_goodwill(self):
        """Open a new goodwill for the asset (W18)."""
        self.ensure_one()
        return self.env["aftersales.goodwill"]._get_form_action(default_asset_id=self.id)

    def action_view_goodwill(self):
        """Open the asset's goodwill."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_goodwill_action"
        )
        return dict(
            action,
            domain=[("asset_id", "=", self.id)],
            context={"default_asset_id": self.id},
        )
