from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """How long records of service are kept, and what happens then (T13)."""

    _inherit = "res.company"

    aftersales_retention_years = fields.Integer(
        string="Records Are Kept for (years)",
        default=5,
        help="Counted from the day a ticket is closed or a visit is finished. Nobody deletes them "
        "sooner.",
    )
    aftersales_anonymise = fields.Boolean(
        string="Anonymise afterwards",
        help="After the term names, addresses, texts, messages, signatures and pictures are taken "
        "out each night; figures stay.",
    )

    @api.constrains("aftersales_retention_years")
    def _check_aftersales_retention_years(self):
        for company in self:
            if company.aftersales_retention_years < 1:
                raise ValidationError(
                    self.env._(
                        "%(company)s: records of service are kept for one year at least.",
                        company=company.display_name,
                    )
                )

    def write(self, vals):
        before = {company: company.aftersales_retention_years for company in self}
        result = super().write(vals)
        if "aftersales_retention_years" in vals:
            for company, years in before.items():
                if company.aftersales_retention_years != years:
                    company._log_retention_change(years)
        return result

    def _log_retention_change(self, years):
        """Keep who changed the term, from ``years``: a shorter one sets records free at once."""
        self.ensure_one()
        # sudo: the log is written by the system only.
        self.env["aftersales.retention.log"].sudo().create(
            {
                "company_id": self.id,
                "kind": "term",
                "user_id": self.env.uid,
                "note": self.env._(
                    "Records are kept for %(new)s years instead of %(old)s.",
                    new=self.aftersales_retention_years,
                    old=years,
                ),
            }
        )

    def _get_retention_limit(self):
        """Return the time (datetime, UTC) before which finished records need no longer be kept."""
        self.ensure_one()
        # sudo: the term is no secret.
        years = max(self.sudo().aftersales_retention_years, 1)
        return fields.Datetime.now() - relativedelta(years=years)
