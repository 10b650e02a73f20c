from odoo import api, fields, models
from odoo.exceptions import ValidationError

# The types that the public form may offer, in its order; what they are called there.
WEB_TYPES = ("fault", "enquiry", "complaint", "return", "installation", "training")


class ResCompany(models.Model):
    """The public form on which anybody asks for service (T01)."""

    _inherit = "res.company"

    aftersales_web_form = fields.Boolean(string="Public Service Form")
    aftersales_web_team_id = fields.Many2one(
        "aftersales.team",
        string="Team of the Form",
        domain="[('company_id', '=', id)]",
        help="Takes what comes by the form; empty: the team that takes its type.",
    )
    aftersales_web_fault = fields.Boolean(string="Faults", default=True)
    aftersales_web_enquiry = fields.Boolean(string="Enquiries", default=True)
    aftersales_web_complaint = fields.Boolean(string="Complaints", default=True)
    aftersales_web_return = fields.Boolean(string="Returns and exchanges")
    aftersales_web_installation = fields.Boolean(string="Installations")
    aftersales_web_training = fields.Boolean(string="Trainings")
    aftersales_web_url = fields.Char(compute="_compute_aftersales_web_url")

    def _compute_aftersales_web_url(self):
        for company in self:
            company.aftersales_web_url = f"{company.get_base_url()}/service/request/{company.id}"

    @api.constrains(
        "aftersales_web_form",
        "aftersales_web_team_id",
        *(f"aftersales_web_{key}" for key in WEB_TYPES),
    )
    def _check_aftersales_web_form(self):
        for company in self.filtered("aftersales_web_form"):
            team = company.aftersales_web_team_id
            if team and team.company_id != company:
                raise ValidationError(
                    self.env._(
                        "%(company)s: the team of the public form, %(team)s, is of another "
                        "company. Choose one of this company.",
                        company=company.display_name,
                        team=team.display_name,
                    )
                )
            if not company._get_web_types():
                raise ValidationError(
                    self.env._(
                        "%(company)s: choose at least one matter that the public form takes.",
                        company=company.display_name,
                    )
                )

    def _get_web_types(self):
        """Return the keys of the ticket types that the company's public form takes, in order."""
        self.ensure_one()
        return [key for key in WEB_TYPES if self[f"aftersales_web_{key}"]]
