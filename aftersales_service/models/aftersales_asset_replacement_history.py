from odoo import models


class AftersalesAsset(models.Model):
    """Free replacements among what is open about an asset and on its timeline (W01, W09)."""

    _inherit = "aftersales.asset"

    def _get_open_matters(self):
        matters = super()._get_open_matters()
        exchanges = self._search_readable(
            "aftersales.exchange",
            [("asset_id", "in", self.ids), ("state", "in", ("proposed", "approved"))],
        )
        for exchange in exchanges:
            matters[exchange.asset_id.id].append(
                self._open_matter(
                    exchange,
                    self.env._("Free replacement %s", exchange.name),
                    exchange.transfer_state or exchange._get_state_label(exchange.state),
                    exchange.date_approved or exchange.create_date,
                    "fa-exchange",
                )
            )
        return matters

    def _get_timeline_sources(self):
        return {
            **super()._get_timeline_sources(),
            "replacement": (
                self.env._("Replacements"),
                "fa-exchange",
                self._get_replacement_events,
            ),
        }

    def _get_replacement_events(self, limit, before):
        """Proposed, refused, replaced by and replacing what."""
        model, mine = "aftersales.exchange", [("asset_id", "=", self.id)]
        proposed = self._get_dated_events(
            model,
            mine,
            "create_date",
            limit,
            before,
            lambda e: self.env._(
                "Free replacement %(number)s proposed: %(state)s",
                number=e.name,
                state=e._get_state_label(e.state),
            ),
        )
        replaced = self._get_dated_events(
            model,
            [*mine, ("replacement_id", "!=", False)],
            "date_replaced",
            limit,
            before,
            lambda e: self.env._("Replaced by %s", e.replacement_id.display_name),
            "fa-check",
        )
        replaces = self._get_dated_events(
            model,
            [("replacement_id", "=", self.id)],
            "date_replaced",
            limit,
            before,
            lambda e: self.env._("Replaces %s, free of charge", e.asset_id.display_name),
            "fa-check",
        )
        return proposed + replaced + replaces
