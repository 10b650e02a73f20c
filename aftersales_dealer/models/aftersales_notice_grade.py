from datetime import timedelta

from odoo import models


class AftersalesNotice(models.Model):
    """The time to answer a notice may go by the dealer's grade (F02, D11)."""

    _inherit = "aftersales.notice"

    def _prepare_answer_vals(self):
        values = super()._prepare_answer_vals()
        agreement = self.dealer_id._get_agreement(
            date=values["date_issued"], company=self.company_id
        )
        if agreement.confirmation_by_grade:
            days = agreement._get_confirmation_days(
                self.dealer_id.dealer_grade_id, values["date_issued"]
            )
            values["date_confirm_deadline"] = values["date_issued"] + timedelta(days=days)
        return values
