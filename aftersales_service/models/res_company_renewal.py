from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.renewal import read_steps


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_exchange_user_id = fields.Many2one(
        "res.users",
        string="Decides on Replacements",
        domain="[('share', '=', False)]",
        help="Is asked when a fault comes back too often. Empty: a service manager.",
    )

    aftersales_renewal_days = fields.Char(
        string="Ending Cover Is Told (days before)",
        default="60, 30",
        help="Days before the end on which the salesperson hears of it, e.g. “60, 30, 0”. Empty: "
        "never.",
    )
    aftersales_renewal_user_id = fields.Many2one(
        "res.users",
        string="Sells More Cover",
        domain="[('share', '=', False)]",
        help="Hears of ending cover where there is no salesperson, or while that one is away.",
    )

    @api.constrains("aftersales_renewal_days")
    def _check_renewal_days(self):
        for company in self:
            try:
                read_steps(company.aftersales_renewal_days)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "%(company)s: “%(days)s” are no days before the end of a cover. Write "
                        "whole numbers with commas between, e.g. “60, 30, 0”.",
                        company=company.display_name,
                        days=company.aftersales_renewal_days,
                    )
                ) from error

    def _get_renewal_steps(self):
        """Return the days before the end on which it is told, longest first; may be empty."""
        self.ensure_one()
        return read_steps(self.aftersales_renewal_days)

    def _get_exchange_manager(self):
        """Return the user who decides on free replacements in this company; may be empty."""
        self.ensure_one()
        if self.aftersales_exchange_user_id.active:
            return self.aftersales_exchange_user_id
        group = self.env.ref("aftersales_service.group_aftersales_manager")
        # Managers first, administrators only where there is no manager.
        admins = self.env.ref("aftersales_service.group_aftersales_admin").all_user_ids
        users = group.all_user_ids.filtered(
            lambda user: user.active and not user.share and self in user.company_ids
        ).sorted("id")
        return (users - admins)[:1] or users[:1]
