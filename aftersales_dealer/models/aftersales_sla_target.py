from odoo import api, fields, models
from odoo.exceptions import ValidationError

# For tickets that were given to a dealer, and for claims (S02, S08).
DISPATCH_KINDS = [
    ("arranged", "Dealer has arranged the service"),
    ("supervised", "Dealer's service supervised"),
]
CLAIM_KINDS = [("decide", "Claim decided"), ("pay", "Claim paid")]
DEALER_KINDS = [*DISPATCH_KINDS, *CLAIM_KINDS]
KINDS_OF_CLAIMS = {"answer", "decide", "pay"}


class AftersalesSlaTarget(models.Model):
    """What is promised to dealers, and what dealers promise."""

    _inherit = "aftersales.sla.target"

    kind = fields.Selection(
        selection_add=DEALER_KINDS, ondelete={key: "cascade" for key, _label in DEALER_KINDS}
    )

    @api.constrains("kind", "policy_id")
    def _check_kind(self):
        """Claims are answered, decided and paid; tickets are not (S08)."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        claim_only = {key for key, _label in CLAIM_KINDS}
        for target in self:
            for_claims = target.policy_id.applies_to == "aftersales.claim"
            if for_claims and target.kind not in KINDS_OF_CLAIMS:
                raise ValidationError(
                    self.env._(
                        "%(policy)s is about claims: “%(kind)s” is not promised for them. Choose "
                        "an answer, the decision or the payment.",
                        policy=target.policy_id.name,
                        kind=kinds[target.kind],
                    )
                )
            if not for_claims and target.kind in claim_only:
                raise ValidationError(
                    self.env._(
                        "%(policy)s is about tickets: “%(kind)s” is promised for claims only.",
                        policy=target.policy_id.name,
                        kind=kinds[target.kind],
                    )
                )

    def _describe_hours(self):
        if self.policy_id.applies_to == "aftersales.claim" and self.calendar_mode == "team":
            return self.env._("company's working hours")
        return super()._describe_hours()
