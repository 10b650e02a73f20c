from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesAsset(models.Model):
    """Who sells the asset on, and whether that sale is registered (D02)."""

    _inherit = "aftersales.asset"

    dealer_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        tracking=True,
        check_company=True,
        domain="[('is_dealer', '=', True)]",
        help="The dealer it was delivered to and who sells it to the end user.",
    )
    registration_ids = fields.One2many(
        "aftersales.registration", "asset_id", string="Registrations", copy=False
    )
    registration_id = fields.Many2one(
        "aftersales.registration",
        compute="_compute_registration",
        store=True,
        index="btree_not_null",
        copy=False,
    )
    registration_state = fields.Selection(
        [("open", "Not registered"), ("registered", "Registered"), ("late", "Registered late")],
        compute="_compute_registration",
        store=True,
        index="btree_not_null",
        help="Whether the sale to the end user is registered; empty when no dealer sells it.",
    )

    # The newest of one dealer are not looked for among the newest of all.
    _dealer_newest_idx = models.Index("(dealer_id, id) WHERE dealer_id IS NOT NULL")
    _dealer_registration_idx = models.Index(
        "(dealer_id, registration_state) WHERE dealer_id IS NOT NULL"
    )

    @api.depends("dealer_id", "registration_ids.state", "registration_ids.late")
    def _compute_registration(self):
        for asset in self:
            registration = asset.registration_ids.filtered(lambda r: r.state == "registered")[:1]
            asset.registration_id = registration
            if registration:
                asset.registration_state = "late" if registration.late else "registered"
            else:
                asset.registration_state = "open" if asset.dealer_id else False

    @api.constrains("dealer_id")
    def _check_registered_dealer(self):
        for asset in self.filtered("registration_id"):
            if asset.dealer_id != asset.registration_id.dealer_id:
                raise ValidationError(
                    self.env._(
                        "%(asset)s: its sale was registered by %(dealer)s with the card %(card)s. "
                        "Cancel that card before another dealer is set.",
                        asset=asset.display_name,
                        dealer=asset.registration_id.dealer_id.display_name,
                        card=asset.registration_id.name,
                    )
                )

    @api.model
    def _get_to_register_domain(self, dealer):
        """Domain of what was delivered to ``dealer`` and is not registered yet."""
        return [
            ("dealer_id", "=", dealer.id),
            ("registration_state", "=", "open"),
            ("state", "=", "in_service"),
        ]

    def _hand_to_end_users(self, owners, dates):
        """Make the end users owners and start what starts with the sale to them (D02, W04).

        :param owners: {asset: ``res.partner``}
        :param dates: {asset: date of sale to the end user}
        """
        # One log message for the batch instead of a tracking message an asset and field.
        assets = self.with_context(tracking_disable=True)
        for asset in assets:
            asset.write({"partner_id": owners[asset].id, "site_id": owners[asset].id})
        for date, sold in assets.grouped(lambda a: dates[a]).items():
            sold.write({"date_sale_end_user": date})

    def _take_back_from_end_users(self):
        """Undo ``_hand_to_end_users``: the registration was wrong."""
        for dealer, assets in self.grouped("dealer_id").items():
            assets.write(
                {"partner_id": dealer.id, "site_id": dealer.id, "date_sale_end_user": False}
            )
