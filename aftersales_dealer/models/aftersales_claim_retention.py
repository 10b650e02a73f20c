from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Of what a version keeps of the claim, the fields that tell of people.
PERSONAL_HEADER = ["end_user_id", "description", "signed_by"]


class AftersalesClaim(models.Model):
    """A claim is kept from its settlement or refusal; then the end user goes out of it, and
    machine, dates, parts, hours, figures and checks stay (T13).
    """

    _name = "aftersales.claim"
    _inherit = ["aftersales.claim", "aftersales.ended.mixin"]
    _ended_states = ("settled", "refused", "cancelled")
    _customer_links = ("end_user_id",)
    _personal_parts = {
        "aftersales.claim.version": ("claim_id", {"reason", "outcome_reason"}),
        "aftersales.claim.version.line": ("version_id.claim_id", {"reason"}),
        "aftersales.claim.line": ("claim_id", {"reason", "appraisal_reason"}),
        "aftersales.claim.figure": ("claim_id", {"reason"}),
        "aftersales.claim.check": ("claim_id", {"override_reason"}),
        # Its readings may hold the telephone number that user and dealer share.
        "aftersales.claim.signal": ("claim_id", {"reason", "details"}),
    }

    end_user_id = fields.Many2one(ondelete="restrict")

    _expired_idx = models.Index(
        "(company_id, date_ended) WHERE date_anonymised IS NULL AND date_ended IS NOT NULL"
    )

    def _get_record_domain(self):
        # Withdrawn before it was sent: nobody ever asked anything by it.
        return Domain("state", "not in", ("draft", "cancelled")) | Domain("version", ">", 0)

    def _get_impersonal_fields(self):
        return super()._get_impersonal_fields() | {"dealer_reference", "grade_explanation"}

    def _anonymise(self):
        result = super()._anonymise()
        if self:
            self.env.cr.execute(
                SQL(
                    "UPDATE aftersales_claim_version SET header = header - %s WHERE claim_id IN %s",
                    PERSONAL_HEADER,
                    tuple(self.ids),
                )
            )
        return result
