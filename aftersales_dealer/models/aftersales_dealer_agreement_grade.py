from odoo import api, fields, models
from odoo.tools import float_round, format_amount


class AftersalesDealerAgreement(models.Model):
    """Which of the agreement's terms go by the dealer's grade, and what that makes of them
    (D01, D11).
    """

    _inherit = "aftersales.dealer.agreement"

    labour_by_grade = fields.Boolean(
        help="The grade's share of the labour rate is paid.", tracking=True
    )
    travel_by_grade = fields.Boolean(
        help="The grade's share of the travel rate is paid.", tracking=True
    )
    confirmation_by_grade = fields.Boolean(
        help="The grade says how many days the dealer has to answer a fee notice.", tracking=True
    )
    auto_limit_by_grade = fields.Boolean(
        string="Automatic Approval by Grade",
        help="The grade raises or lowers the limit under which clean claims are approved at once.",
        tracking=True,
    )
    dealer_grade_id = fields.Many2one(related="dealer_id.dealer_grade_id", string="Dealer's Grade")
    grade_explanation = fields.Text(compute="_compute_by_grade")
    labour_rate_today = fields.Monetary(
        compute="_compute_by_grade", help="The labour rate that the dealer's grade makes today."
    )
    travel_rate_today = fields.Monetary(compute="_compute_by_grade")

    @api.depends(
        "dealer_grade_id",
        "labour_rate",
        "travel_rate",
        "labour_by_grade",
        "travel_by_grade",
        "confirmation_by_grade",
        "auto_limit_by_grade",
    )
    def _compute_by_grade(self):
        today = fields.Date.context_today(self)
        for agreement in self:
            grade = agreement.dealer_grade_id
            sentences = agreement._get_grade_sentences(grade, today)
            agreement.grade_explanation = "\n".join(sentences)
            agreement.labour_rate_today = agreement._get_labour_rate(grade, today)
            agreement.travel_rate_today = agreement._get_travel_rate(grade, today)

    def _get_rate_factors(self, grade, date):
        """Return {"labour": factor, "travel": factor} that ``grade`` makes of the rates on
        ``date`` (D11); 1.0 where the agreement does not say “by grade”.

        :param grade: ``aftersales.dealer.grade``, may be empty
        """
        self.ensure_one()
        terms = grade._get_terms(date)
        return {
            "labour": terms.labour_percent / 100.0 if terms and self.labour_by_grade else 1.0,
            "travel": terms.travel_percent / 100.0 if terms and self.travel_by_grade else 1.0,
        }

    def _get_labour_rate(self, grade, date):
        """Return what an hour of labour is paid to a dealer of ``grade`` on ``date`` (D01, D11)."""
        return self._get_rate("labour", grade, date)

    def _get_travel_rate(self, grade, date):
        """Return what a km, hour or trip is paid to a dealer of ``grade`` on ``date``."""
        return self._get_rate("travel", grade, date)

    def _get_rate(self, kind, grade, date):
        rate = self.labour_rate if kind == "labour" else self.travel_rate
        return self._round_rate(rate * self._get_rate_factors(grade, date)[kind])

    def _round_rate(self, rate):
        """Return a rate with the decimals that prices of claim lines have."""
        digits = self.env["decimal.precision"].precision_get("Product Price")
        return float_round(rate, precision_digits=digits)

    def _get_confirmation_days(self, grade, date):
        """Return the days that a dealer of ``grade`` has to answer a notice issued on ``date``."""
        self.ensure_one()
        own = self.confirmation_by_grade and grade._get_terms(date).confirmation_days
        return own or self.confirmation_days

    def _get_auto_limit_factor(self, grade, date):
        """Return what ``grade`` makes of the limit of automatic approval on ``date`` (D08, D11)."""
        self.ensure_one()
        terms = grade._get_terms(date)
        return terms.auto_limit_percent / 100.0 if terms and self.auto_limit_by_grade else 1.0

    def _get_travel_unit(self):
        """Return the label of what travel is counted in: km, hours or trips."""
        return {
            "km": self.env._("km"),
            "hour": self.env._("hours"),
            "trip": self.env._("trips"),
        }.get(self.travel_basis, "")

    def _get_grade_sentences(self, grade, date):
        """Return sentences that say what ``grade`` changes on ``date``, in the user's language
        (D11).
        """
        self.ensure_one()
        terms = grade._get_terms(date)
        if not terms:
            return []
        sentences = []
        rates = (
            ("labour", self.env._("Labour"), terms.labour_percent, self.labour_rate),
            ("travel", self.env._("Travel"), terms.travel_percent, self.travel_rate),
        )
        for kind, label, percent, rate in rates:
            if self[f"{kind}_by_grade"]:
                sentences.append(
                    self.env._(
                        "%(what)s: %(rate)s × %(percent)g %% (%(terms)s) = %(result)s",
                        what=label,
                        rate=format_amount(self.env, rate, self.currency_id),
                        percent=percent,
                        terms=terms.display_name,
                        result=format_amount(
                            self.env, self._get_rate(kind, grade, date), self.currency_id
                        ),
                    )
                )
        if self.confirmation_by_grade and terms.confirmation_days:
            sentences.append(
                self.env._(
                    "Fee notices: %(days)s days to answer (%(terms)s)",
                    days=terms.confirmation_days,
                    terms=terms.display_name,
                )
            )
        if self.auto_limit_by_grade:
            sentences.append(
                self.env._(
                    "Automatic approval: up to %(percent)g %% of the limit (%(terms)s)",
                    percent=terms.auto_limit_percent,
                    terms=terms.display_name,
                )
            )
        return sentences
