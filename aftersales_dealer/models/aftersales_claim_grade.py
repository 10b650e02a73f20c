from odoo import api, fields, models


class AftersalesClaim(models.Model):
    """A claim is paid by the dealer's grade on the day of the repair (D11)."""

    _inherit = "aftersales.claim"

    dealer_grade_id = fields.Many2one(
        "aftersales.dealer.grade",
        string="Grade on the Day of Repair",
        compute="_compute_dealer_grade_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="Later changes of the dealer's grade do not touch it.",
    )
    grade_explanation = fields.Text(
        string="By Grade",
        compute="_compute_grade_explanation",
        help="What the grade makes of the agreement's terms for this repair.",
    )

    @api.depends("dealer_id", "date_repair")
    def _compute_dealer_grade_id(self):
        today = fields.Date.context_today(self)
        keys = {
            claim: (claim.dealer_id.commercial_partner_id._origin, claim.date_repair or today)
            for claim in self
        }
        grades = self.env["aftersales.dealer.grade.change"]._get_for(keys.values())
        for claim in self:
            claim.dealer_grade_id = grades[keys[claim]]

    @api.depends("dealer_grade_id", "agreement_id", "date_repair")
    def _compute_grade_explanation(self):
        today = fields.Date.context_today(self)
        for claim in self:
            # Dealers may read what decides on their own claim.
            agreement = claim.agreement_id.sudo()
            claim.grade_explanation = (
                "\n".join(
                    agreement._get_grade_sentences(
                        claim.dealer_grade_id, claim.date_repair or today
                    )
                )
                if agreement
                else False
            )

    def _get_auto_limit(self):
        limit = super()._get_auto_limit()
        # As for the rates: the agreement's terms decide, whoever submits.
        agreement = self.agreement_id.sudo()
        if not agreement.auto_limit_by_grade:
            return limit
        date = self.date_repair or fields.Date.context_today(self)
        return self.currency_id.round(
            limit * agreement._get_auto_limit_factor(self.dealer_grade_id, date)
        )


class AftersalesClaimLine(models.Model):
    _inherit = "aftersales.claim.line"

    @api.depends("claim_id.dealer_grade_id")
    def _compute_price_unit(self):
        return super()._compute_price_unit()

    def _get_tariffs(self):
        tariffs = super()._get_tariffs()
        today = fields.Date.context_today(self)
        for claim, lines in self.grouped("claim_id").items():
            agreement = claim.agreement_id.sudo()  # as in super: rates decide, whoever looks
            if not (agreement.labour_by_grade or agreement.travel_by_grade):
                continue
            factors = agreement._get_rate_factors(claim.dealer_grade_id, claim.date_repair or today)
            for line in lines:
                if line in tariffs and line.kind in factors:
                    tariffs[line] = agreement._round_rate(tariffs[line] * factors[line.kind])
        return tariffs
