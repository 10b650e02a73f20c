from odoo import fields, models


class AftersalesAsset(models.Model):
    """More cover is offered for an asset (W10)."""

    _inherit = "aftersales.asset"

    renewal_ids = fields.One2many("aftersales.renewal", "asset_id", string="Ending Cover")

    def action_offer_extension(self):
        """Make the quotation for more cover of these assets, or open the one there is (W10).

        :raise AccessError: when the user may not sell
        :raise UserError: when an asset is not in service
        """
        renewals = self.env["aftersales.renewal"]
        renewals._check_may_sell()
        # Colleagues' chances count, too: an asset has one at a time.
        chances = renewals.sudo().search(
            [("asset_id", "in", self.ids), ("state", "in", ("open", "offered"))]
        )
        salespeople = self._get_salespeople()
        # sudo: as above; the user may sell, and the assets are read with their rights.
        chances |= renewals.sudo().create(
            [
                asset._prepare_renewal_vals(salespeople[asset] or self.env.user)
                for asset in self - chances.asset_id
            ]
        )
        # Whoever offers it, sells it, when it was nobody's.
        chances.filtered(lambda chance: not chance.user_id).user_id = self.env.user
        return chances.with_env(self.env).action_make_quotations()

    def _prepare_renewal_vals(self, salesperson):
        """Return the values of a chance that a salesperson takes without being told."""
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "asset_id": self.id,
            "date_end": self.warranty_date_end,
            "user_id": salesperson.id,
        }

    def _get_salespeople(self):
        """Return {asset: who sells to its owner}: of the sale, else of the customer, else of the
        company's settings; empty when there is nobody.
        """
        result = {}
        # Who the salesperson is, is read for assets of all salespeople.
        for asset in self.sudo():
            owner, order = asset.partner_id, asset.sale_line_id.order_id
            is_buyer = owner.commercial_partner_id == order.partner_id.commercial_partner_id
            candidates = (
                order.user_id if is_buyer else self.env["res.users"],
                owner.user_id,
                owner.commercial_partner_id.user_id,
                asset.company_id.aftersales_renewal_user_id,
            )
            result[asset.sudo(False)] = next(
                (
                    user.sudo(False)
                    for user in candidates
                    if user.active and not user.share and asset.company_id in user.company_ids
                ),
                self.env["res.users"],
            )
        return result
