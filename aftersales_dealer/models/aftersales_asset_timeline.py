from odoo import models


class AftersalesAsset(models.Model):
    """What dealers bring to an asset's timeline and to its open matters (W01, D02, D07, D09)."""

    _inherit = "aftersales.asset"

    def _get_timeline_sources(self):
        return {
            **super()._get_timeline_sources(),
            "registration": (
                self.env._("Registrations"),
                "fa-id-card-o",
                self._get_registration_events,
            ),
            "claim": (self.env._("Claims"), "fa-file-text-o", self._get_claim_events),
            "old_part": (self.env._("Old parts"), "fa-recycle", self._get_old_part_events),
        }

    def _get_registration_events(self, limit, before):
        """Registered by the dealer."""
        return self._get_dated_events(
            "aftersales.registration",
            [("asset_id", "=", self.id), ("state", "=", "registered")],
            "date_registered",
            limit,
            before,
            lambda card: self.env._(
                "Registered by %(dealer)s with card %(card)s",
                dealer=card.dealer_id.name,
                card=card.name,
            ),
        )

    def _get_claim_events(self, limit, before):
        """Submitted and decided."""
        mine, model = [("asset_id", "=", self.id)], "aftersales.claim"
        submitted = self._get_dated_events(
            model,
            mine,
            "date_submitted",
            limit,
            before,
            lambda claim: self.env._(
                "Claim %(claim)s submitted by %(dealer)s",
                claim=claim.name,
                dealer=claim.dealer_id.name,
            ),
        )
        decided = self._get_dated_events(
            model, mine, "date_approved", limit, before, self._get_claim_sentence, "fa-gavel"
        )
        return submitted + decided

    def _get_claim_sentence(self, claim):
        """Return the sentence about the decision on a claim."""
        if claim.state == "refused":
            return self.env._("Claim %s refused", claim.name)
        if claim.state in ("approved", "noticed", "settled"):
            return self.env._("Claim %s approved", claim.name)
        return False  # decided once, and open again since

    def _get_old_part_events(self, limit, before):
        """Old parts of claims that came back, with the verdict on each."""
        if not self.env["aftersales.claim"].has_access("read"):
            return []  # technicians see their own old parts, and no dealer's
        date_field = "date_received"
        shipments = self._search_readable(
            "aftersales.part.return",
            [
                ("line_ids.claim_id.asset_id", "=", self.id),
                *self._get_before_domain("aftersales.part.return", date_field, before),
            ],
            order=f"{date_field} desc, id desc",
            limit=limit,
        )
        parts = self._search_readable(
            "aftersales.part.return.line",
            [("return_id", "in", shipments.ids), ("claim_id.asset_id", "=", self.id)],
            order="id",
        ).grouped("return_id")
        return [
            self._timeline_event(shipment[date_field], self._get_received_sentence(part), shipment)
            for shipment in shipments
            for part in parts.get(shipment, ())
        ]

    def _get_received_sentence(self, part):
        """Return the sentence about an old part that was received."""
        names = {"part": part.product_id.display_name, "claim": part.claim_id.name}
        if part.appraisal == "usable":
            return self.env._("Old part of %(claim)s received: %(part)s, usable", **names)
        if part.appraisal == "unusable":
            return self.env._("Old part of %(claim)s received: %(part)s, unusable", **names)
        return self.env._("Old part of %(claim)s received: %(part)s", **names)

    def _get_open_matters(self):
        matters = super()._get_open_matters()
        claims = self._search_readable(
            "aftersales.claim",
            [
                ("asset_id", "in", self.ids),
                ("state", "not in", ("settled", "refused", "cancelled")),
            ],
        )
        for claim in claims:
            matters[claim.asset_id.id].append(
                self._open_matter(
                    claim,
                    self.env._(
                        "Claim %(claim)s of %(dealer)s",
                        claim=claim.name,
                        dealer=claim.dealer_id.name,
                    ),
                    claim._get_state_label(claim.state),
                    claim.date_submitted,
                    "fa-file-text-o",
                    is_due=False,
                )
            )
        return matters
