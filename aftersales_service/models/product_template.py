from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    warranty_policy_id = fields.Many2one(
        "aftersales.warranty.policy",
        index="btree_not_null",
        check_company=True,
        help="Leave empty to use the policy of the category or of the company.",
    )
    is_asset = fields.Boolean(
        string="Becomes an Asset",
        compute="_compute_is_asset",
        store=True,
        readonly=False,
        help="Delivering this product to a customer makes an installed asset with its warranty.",
    )

    @api.depends("tracking", "warranty_policy_id")
    def _compute_is_asset(self):
        for template in self:
            template.is_asset = template.tracking == "serial" or bool(template.warranty_policy_id)

    def _get_warranty_policies(self, company):
        """Return {template: policy}: the product's own, else its category's, else the company's
        (W04).
        """
        by_category = self.categ_id._get_warranty_policies()
        default = company.aftersales_warranty_policy_id
        no_policy = self.env["aftersales.warranty.policy"]
        return {
            template: template.warranty_policy_id
            or by_category.get(template.categ_id, no_policy)
            or default
            for template in self
        }
