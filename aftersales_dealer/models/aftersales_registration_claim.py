from odoo import models
from odoo.exceptions import UserError


class AftersalesRegistration(models.Model):
    """A card that a claim rests on is not taken away under it."""

    _inherit = "aftersales.registration"

    def _check_may_cancel(self):
        claim = self.env["aftersales.claim"].search(
            [
                ("registration_id", "in", self.ids),
                ("state", "not in", ("draft", "returned", "refused", "cancelled")),
            ],
            limit=1,
        )
        if claim:
            raise UserError(
                self.env._(
                    "%(card)s carries the claim %(claim)s. Return or refuse that one first.",
                    card=claim.registration_id.display_name,
                    claim=claim.display_name,
                )
            )
        return super()._check_may_cancel()
