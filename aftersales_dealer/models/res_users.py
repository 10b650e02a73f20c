from odoo import api, fields, models
from odoo.exceptions import AccessError


class ResUsers(models.Model):
    _inherit = "res.users"

    owned_dealer_id = fields.Many2one(
        "res.partner",
        string="Owner of the Dealer",
        compute="_compute_owned_dealer_id",
        compute_sudo=True,
        help="The dealer whose owner the portal user is; record rules on money go by it.",
    )

    is_dealer_clerk = fields.Boolean(
        compute="_compute_owned_dealer_id",
        compute_sudo=True,
        help="A dealer's portal user who is no owner: money is not shown.",
    )

    @api.depends("partner_id.commercial_partner_id.is_dealer", "partner_id.dealer_role")
    def _compute_owned_dealer_id(self):
        for user in self:
            # Rules ask for every user: others than those of the portal cost no query.
            dealer = user.partner_id.commercial_partner_id if user._is_portal() else None
            owner = bool(dealer) and user.partner_id._is_dealer_owner()
            user.owned_dealer_id = dealer if owner else False
            user.is_dealer_clerk = bool(dealer) and dealer.is_dealer and not owner

    def _check_dealer_owner(self):
        """Refuse what binds a dealer to money to its clerks (D14); others are not meant here.

        :raise AccessError: a dealer's portal user who is not an owner
        """
        self.ensure_one()
        user = self.sudo()  # a portal user may not read its own role
        if user._is_portal() and not user.owned_dealer_id:
            raise AccessError(
                self.env._(
                    "Only an owner of the dealer may do this. Ask the owner in your company."
                )
            )
