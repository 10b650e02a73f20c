from odoo import fields, models


class ResPartner(models.Model):
    """What a dealer sees of its own grade and score on the portal (D11, D14)."""

    _inherit = "res.partner"

    def _prepare_portal_grade_values(self):
        """Return what the dealer's page about its grade shows; called as superuser, the dealer
        checked.
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        changes = self.dealer_grade_change_ids
        return {
            "dealer": self,
            "terms": self.dealer_grade_id._get_terms(today),
            "agreements": self.dealer_agreement_ids.filtered(lambda a: a._is_in_force(today)),
            "coming": changes.filtered(lambda change: change.state == "approved"),
            # Why a grade was changed is the company's: it may speak of checks and other dealers.
            "past": changes.filtered(lambda change: change.state == "done"),
            "evaluations": self._get_portal_evaluations(),
        }

    def _get_portal_evaluations(self):
        """Return the last approved evaluation of each company that shows dealers their score."""
        self.ensure_one()
        evaluations = self.env["aftersales.dealer.evaluation"].search(
            [
                ("dealer_id", "=", self.id),
                ("state", "=", "approved"),
                ("is_scored", "=", True),
                ("company_id.dealer_score_on_portal", "=", True),
            ],
            order="period_end desc, id desc",
        )
        by_company = evaluations.grouped("company_id").values()
        return evaluations.browse(own[:1].id for own in by_company)
