from odoo import models


class AftersalesClaim(models.Model):
    """What the dealer's form on the portal shows of a claim (D14)."""

    _inherit = "aftersales.claim"

    # Lists, filters and counters of one dealer among hundreds. Without the first one the newest
    # of one dealer are looked for among the newest of all.
    _dealer_newest_idx = models.Index("(dealer_id, id)")
    _dealer_state_idx = models.Index("(dealer_id, state, id)")

    def _prepare_portal_form_vals(self):
        """Return the form's values of the claim, named as its inputs."""
        self.ensure_one()
        return {
            "serial": self.lot_id.name or self.asset_id.name or "",
            "date_failure": self.date_failure,
            "date_repair": self.date_repair,
            "meter": self.meter,
            "trips": self.trips,
            "authorisation_id": str(self.authorisation_id.id or ""),
            "campaign_id": str(self.campaign_id.id or ""),
            "symptom_id": str(self.symptom_id.id or ""),
            "description": self.description or "",
            "signed_by": self.signed_by or "",
        }


class AftersalesClaimLine(models.Model):
    _inherit = "aftersales.claim.line"

    def _prepare_portal_form_vals(self):
        """Return the form's values of one line, named as its inputs."""
        self.ensure_one()
        return {
            "id": self.id,
            "kind": self.kind,
            "product_id": f"o{self.operation_id.id}"
            if self.operation_id
            else self.product_id.id or "",
            "name": self.name or "",
            "quantity": self.quantity,
            "price_unit": self.price_unit,
            "serial_new": self.lot_id.name or "",
            "serial_old": self.removed_lot_id.name or "",
        }
