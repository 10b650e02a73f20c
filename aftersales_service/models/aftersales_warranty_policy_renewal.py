from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError


class AftersalesWarrantyPolicy(models.Model):
    """What is promised when the same fault comes back, on replacement and on resale (W09, W16)."""

    _inherit = "aftersales.warranty.policy"

    repeat_count = fields.Integer(
        string="Repeated Faults",
        help="So many faults with the same symptom on the same asset propose a free replacement. "
        "0 switches it off.",
    )
    repeat_days = fields.Integer(
        string="Within Days",
        default=30,
        help="From the first fault of the series to the last.",
    )
    replacement_cover = fields.Selection(
        [
            ("remaining", "The remaining cover of the replaced asset"),
            ("full", "A new warranty of its own"),
        ],
        string="Replacement Gets",
        required=True,
        default="remaining",
    )
    transferable = fields.Boolean(
        string="Cover Goes to the Next Owner",
        default=True,
        help="When an asset is sold on, its warranties go with it. Otherwise they end the day "
        "before.",
    )

    renewal_product_ids = fields.Many2many(
        "product.product",
        "aftersales_warranty_policy_renewal_product_rel",
        "policy_id",
        "product_id",
        string="Offer at the End of Cover",
        domain="[('aftersales_service_type', '!=', False)]",
        help="For products that name none themselves, nor their category.",
    )

    _repeat_positive = models.Constraint(
        "CHECK(repeat_count >= 0 AND repeat_days >= 0)",
        "Repeated faults and their days cannot be negative: enter 0 to switch the proposal off.",
    )

    @api.model
    @tools.ormcache()
    def _get_series_policy_ids(self):
        """Return the ids of the policies under which repeated faults propose a replacement."""
        # sudo: they are asked for every ticket, whoever makes it.
        policies = self.sudo().with_context(active_test=False).search([("repeat_count", ">", 1)])
        return frozenset(policies._ids)

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        self.env.registry.clear_cache()
        return policies

    def write(self, vals):
        result = super().write(vals)
        if "repeat_count" in vals:
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.constrains("repeat_count")
    def _check_repeat_count(self):
        for policy in self:
            if policy.repeat_count == 1:
                raise ValidationError(
                    self.env._(
                        "%(policy)s: one fault is not a repeated one. Enter at least 2 under "
                        "“Repeated Faults”, or 0 for none.",
                        policy=policy.display_name,
                    )
                )
