from odoo import fields, models


class ProductCategory(models.Model):
    _inherit = "product.category"

    warranty_policy_id = fields.Many2one(
        "aftersales.warranty.policy",
        index="btree_not_null",
        help="Used by products of this category, and of those below it, that name no policy "
        "themselves.",
    )

    def _get_warranty_policies(self, company=None):
        """Return {category: policy}, each from the nearest category up the tree; empty if none
        (W04).

        A policy that ``company`` may not use, or that is archived, is passed over for the next
        one up the tree.

        :param company: ``res.company``; the current one when empty
        """
        ancestors = self.browse(
            {int(key) for path in self.mapped("parent_path") for key in path.split("/") if key}
        )
        usable = ancestors.warranty_policy_id._get_usable_ids(company or self.env.company)
        own = {
            category.id: category.warranty_policy_id
            for category in ancestors
            if category.warranty_policy_id.id in usable
        }
        result = {}
        for category in self:
            path = [int(key) for key in reversed(category.parent_path.split("/")) if key]
            result[category] = next(
                (own[key] for key in path if key in own), self.env["aftersales.warranty.policy"]
            )
        return result
