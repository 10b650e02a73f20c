from odoo import models


class AftersalesDealerDispatch(models.Model):
    """The claim that follows from what the dealer reported (D03, D07)."""

    _inherit = "aftersales.dealer.dispatch"

    def _get_or_make_claim(self):
        """Return the dealer's claim for the ticket; a draft is made from the report when there is
        none. Called for the portal as superuser, the dealer checked.
        """
        self.ensure_one()
        claim = self.ticket_id.claim_ids.filtered(
            lambda c: c.dealer_id == self.dealer_id and c.state != "cancelled"
        )[:1]
        if not claim:
            claims = self.env["aftersales.claim"].with_company(self.company_id)
            claim = claims.create(self._prepare_claim_vals())
            claim.photo_ids = self.photo_ids.filtered(
                lambda a: (a.mimetype or "").startswith("image/")
            ).copy({"res_model": claim._name, "res_id": claim.id})
        return claim

    def _prepare_claim_vals(self):
        """Return the values of the draft claim: what ticket and report say already."""
        self.ensure_one()
        ticket = self.ticket_id
        return {
            "company_id": self.company_id.id,
            "dealer_id": self.dealer_id.id,
            "asset_id": ticket.asset_id.id,
            "ticket_id": ticket.id,
            "date_failure": ticket.date_failure,
            "date_repair": self.date_repair,
            "meter": self.meter or ticket.meter,
            "symptom_id": ticket.symptom_id.id,
            "description": self.work_done,
            "user_id": False,
        }
