from odoo import api, models
from odoo.exceptions import UserError, ValidationError


class ResPartner(models.Model):
    """A dealer has one grade with all companies that it works with: no company gives it a grade
    that the others cannot see (D11, J02).
    """

    _inherit = "res.partner"

    @api.constrains("dealer_grade_id", "company_id")
    def _check_dealer_grade_company(self):
        # Whose grade it is decides for users who may not see that company.
        for partner in self.sudo():
            partner._check_grade_company(partner.dealer_grade_id)

    def _check_grade_company(self, grade):
        """Raise when ``grade`` is one company's own and this dealer works with others, too.

        :param grade: ``aftersales.dealer.grade``, may be empty
        """
        self.ensure_one()
        if grade.company_id and grade.company_id != self.company_id:
            raise ValidationError(
                self.env._(
                    "“%(grade)s” is a grade of %(company)s only, and %(dealer)s works with other "
                    "companies, too. Choose a grade of all companies.",
                    grade=grade.name,
                    company=grade.company_id.name,
                    dealer=self.display_name,
                )
            )


class AftersalesDealerGradeChange(models.Model):
    """What one company proposes or decides counts for all companies (D11, J02)."""

    _inherit = "aftersales.dealer.grade.change"

    @api.constrains("dealer_id", "grade_to_id")
    def _check_grade_company(self):
        # As for the contact.
        for change in self.sudo():
            change.dealer_id._check_grade_company(change.grade_to_id)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_not_pending_elsewhere(vals_list)
        return super().create(vals_list)

    @api.model
    def _check_not_pending_elsewhere(self, vals_list):
        """Raise when another company, whose proposals the user does not see, is deciding on the
        grade of one of the dealers; of the own company's the unique index tells.
        """
        if self.env.su:
            return
        self.flush_model(["state"])
        # Of the other company's proposal no more than its number and company is told.
        pending = self.sudo().search(
            [
                ("dealer_id", "in", [vals.get("dealer_id") for vals in vals_list]),
                ("company_id", "not in", self.env.companies.ids),
                ("state", "in", ("proposed", "approved")),
            ],
            limit=1,
        )
        if pending:
            raise UserError(
                self.env._(
                    "The grade of %(dealer)s is being decided in %(company)s already "
                    "(%(change)s), and it counts for all companies. Ask them.",
                    dealer=pending.dealer_id.name,
                    company=pending.company_id.name,
                    change=pending.name,
                )
            )
