from odoo import fields, models

# A claim in one of these states uses nothing of its authorisation.
_DEAD = ("draft", "refused", "cancelled")


class AftersalesClaim(models.Model):
    """A claim for a job that the company had authorised before (D16)."""

    _inherit = "aftersales.claim"

    authorisation_id = fields.Many2one(
        "aftersales.claim.authorisation",
        index="btree_not_null",
        check_company=True,
        copy=False,
        tracking=True,
        help="The company's word on this repair before it was made.",
    )

    def _filter_authorised(self):
        """Return the claims that use their authorisation: sent, and neither refused nor
        withdrawn.
        """
        return self.filtered(lambda claim: claim.state not in _DEAD)
