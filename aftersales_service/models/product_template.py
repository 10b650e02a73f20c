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

    def _get_warranty_policies(self, company, default=True):
        """Return {template: policy}: the product's own, else its category's, else the company's
        (W04). A policy of another company or an archived one is passed over. The number of queries
        does not grow with the templates.

        :param company: ``res.company`` that delivers
        :param default: whether the company's policy counts
        """
        by_category = self.categ_id._get_warranty_policies(company)
        no_policy = self.env["aftersales.warranty.policy"]
        default = company.aftersales_warranty_policy_id if default else no_policy
        usable = (self.warranty_policy_id | default)._get_usable_ids(company)
        default = default if default.id in usable else no_policy
        result = {}
        for template in self:
            own = template.warranty_policy_id
            nearest = own if own.id in usable else by_category.get(template.categ_id, no_policy)
            result[template] = nearest or default
        return result
