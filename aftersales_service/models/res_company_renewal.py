from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_exchange_user_id = fields.Many2one(
        "res.users",
        string="Decides on Replacements",
        domain="[('share', '=', False)]",
        help="Is asked when a fault comes back too often. Empty: a service manager.",
    )

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
