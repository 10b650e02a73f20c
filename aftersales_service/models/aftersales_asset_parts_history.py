from odoo import models


class AftersalesAsset(models.Model):
    """Parts, findings of short life and documents on the asset's timeline (W01, W08, W13, K02)."""

    _inherit = "aftersales.asset"

    def _get_open_matters(self):
        matters = super()._get_open_matters()
        findings = self._search_readable(
            "aftersales.life.finding",
            [("asset_id", "in", self.ids), ("state", "in", ("draft", "requested"))],
        )
        for finding in findings:
            matters[finding.asset_id.id].append(
                self._open_matter(
                    finding,
                    self.env._(
                        "%(finding)s: short life of %(part)s",
                        finding=finding.name,
                        part=finding.product_id.display_name,
                    ),
                    finding._get_state_label(finding.state),
                    finding.date_requested or finding.create_date,
                    "fa-hourglass-half",
                )
            )
        return matters

    def _get_timeline_sources(self):
        return {
            **super()._get_timeline_sources(),
            "life": (
                self.env._("Short life"),
                "fa-hourglass-half",
                self._get_life_events,
            ),
            "document": (
                self.env._("Documents"),
                "fa-file-text-o",
                self._get_document_events,
            ),
        }

    def _get_part_events(self, limit, before):
        """Besides those of visits: parts fitted by repairs, by others, or entered by hand."""
        model = "aftersales.asset.part"
        mine = [("asset_id", "=", self.id), ("visit_line_id", "=", False)]
        fitted = self._get_dated_events(
            model,
            [*mine, ("is_original", "=", False)],
            "date_fitted",
            limit,
            before,
            lambda part: self.env._("Part fitted: %s", part._get_label()),
        )
        removed = self._get_dated_events(
            model,
            [*mine, ("replaced_by_ids", "=", False)],
            "date_removed",
            limit,
            before,
            lambda part: self.env._("Part taken out: %s", part._get_label()),
        )
        return super()._get_part_events(limit, before) + fitted + removed

    def _get_life_events(self, limit, before):
        """Requested and decided findings."""
        model, mine = "aftersales.life.finding", [("asset_id", "=", self.id)]

        def _get_title(finding):
            return self.env._(
                "Short life of %(part)s: %(state)s",
                part=finding.product_id.display_name,
                state=finding._get_state_label(finding.state),
            )

        requested = self._get_dated_events(
            model,
            [*mine, ("state", "=", "requested")],
            "date_requested",
            limit,
            before,
            _get_title,
        )
        decided = self._get_dated_events(model, mine, "date_decided", limit, before, _get_title)
        return requested + decided

    def _get_document_events(self, limit, before):
        """Which version of which document whoever got."""
        return self._get_dated_events(
            "aftersales.document.handover",
            [("asset_id", "=", self.id)],
            "date",
            limit,
            before,
            lambda handover: self.env._(
                "%(document)s handed to %(partner)s",
                document=" ".join(filter(None, (handover.title, handover.version))),
                partner=handover.partner_id.display_name,
            ),
        )
