from odoo import models


class AftersalesDealerGradeChange(models.Model):
    """Dealers are told of their new grade, from when on, and what it makes of their terms (D11).

    Once, when it is approved; and when an approved change is taken back before its day. Why is not
    told: the reason may speak of spot checks and other dealers.
    """

    _name = "aftersales.dealer.grade.change"
    _inherit = ["aftersales.dealer.grade.change", "aftersales.dealer.mail.mixin"]

    def action_approve(self):
        """Approve changes and tell the dealers (D11)."""
        result = super().action_approve()
        self._mail_dealers("aftersales_dealer.mail_template_dealer_grade_change")
        return result

    def action_cancel(self, reason=None):
        """Take changes back; dealers that were told of them are told so (D11)."""
        told = self.filtered(lambda change: change.state == "approved")
        result = super().action_cancel(reason=reason)
        if reason:
            told._mail_dealers("aftersales_dealer.mail_template_dealer_grade_cancelled")
        return result

    def _get_terms_by_grade(self):
        """Return [(agreement, sentences until now, sentences from then on)] of the dealer's
        agreements in force on the day of the change, in the reader's language.
        """
        self.ensure_one()
        # A grade counts for all companies, and the dealer knows its agreements with them.
        agreements = self.dealer_id.sudo().dealer_agreement_ids.filtered(
            lambda agreement: agreement._is_in_force(self.date_effective)
        )
        return [
            (
                agreement,
                agreement._get_grade_sentences(self.grade_from_id, self.date_effective),
                agreement._get_grade_sentences(self.grade_to_id, self.date_effective),
            )
            for agreement in agreements
        ]
