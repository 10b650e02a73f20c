from uuid import uuid4

from odoo import api, models

# Begins the name of a claim that has no number yet; no sequence makes such a number.
UNNUMBERED = "~"


class AftersalesClaim(models.Model):
    """A claim that its dealer is still entering gets its number when all of it was read: what is
    refused uses none up (D07).
    """

    _inherit = "aftersales.claim"

    @api.depends("name")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for claim in self:
            if (claim.name or "").startswith(UNNUMBERED):
                claim.display_name = self.env._("The new claim")
        return result

    @api.model
    def _get_unnumbered_name(self):
        """Return a name for a claim that gets its number later by ``_draw_numbers``."""
        return f"{UNNUMBERED}{uuid4().hex}"

    def _draw_numbers(self):
        """Give the claims that have none their numbers: one query for each company."""
        waiting = self.filtered(lambda claim: claim.name.startswith(UNNUMBERED))
        for company, claims in waiting.grouped("company_id").items():
            sequences = self.env["ir.sequence"].with_company(company)
            numbers = sequences._next_numbers_by_code(self._number_sequence, len(claims))
            for claim, number in zip(claims, numbers, strict=True):
                claim._write_past_guard({"name": number})
