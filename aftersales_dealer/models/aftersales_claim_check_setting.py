from odoo import api, fields, models

from ..tools.claim_checks import DEFAULT_SEVERITIES
from .aftersales_claim_check import CHECK_CODES


class AftersalesClaimCheckSetting(models.Model):
    """What a failed check does in a company: block, cut, flag, or nothing (D08)."""

    _name = "aftersales.claim.check.setting"
    _description = "Claim Check Setting"
    _order = "company_id, sequence, id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    sequence = fields.Integer(default=10)
    code = fields.Selection(CHECK_CODES, string="Check", required=True, readonly=True)
    severity = fields.Selection(
        [
            ("block", "Block: only a manager may approve"),
            ("cut", "Cut: propose less"),
            ("flag", "Flag: an appraiser looks at it"),
            ("off", "Off"),
        ],
        string="When it fails",
        required=True,
    )

    _code_uniq = models.UniqueIndex(
        "(company_id, code)", "A check is set once per company: change its line."
    )

    @api.depends("code")
    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for setting in self:
            setting.display_name = labels.get(setting.code, setting.code)

    @api.model
    def _create_missing(self, companies):
        """Give ``companies`` the settings they lack, with the shipped
        severities.
        """
        known = {
            (setting.company_id.id, setting.code)
            for setting in self.search([("company_id", "in", companies.ids)])
        }
        return self.create(
            [
                {
                    "company_id": company.id,
                    "code": code,
                    "severity": DEFAULT_SEVERITIES[code],
                    "sequence": number * 10,
                }
                for company in companies
                for number, (code, __) in enumerate(CHECK_CODES, start=1)
                if (company.id, code) not in known
            ]
        )

    @api.model
    def _get_severities(self, company):
        """Return {code: severity} that hold in ``company``."""
        # Dealers' submissions are checked by the settings, which dealers may not read.
        settings = self.sudo().search([("company_id", "=", company.id)])
        return {**DEFAULT_SEVERITIES, **{setting.code: setting.severity for setting in settings}}
