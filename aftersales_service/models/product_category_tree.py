from odoo import api, models, tools


class ProductCategory(models.Model):
    """Terms and covers for a category hold for all categories below it, too (W07)."""

    _inherit = "product.category"

    @api.model
    @tools.ormcache()
    def _get_aftersales_tree(self):
        """Return {category id: frozenset of the ids of it and all below it}, for all categories."""
        # sudo: the same for whoever asks.
        rows = self.sudo().search_fetch([], ["parent_path"])
        tree = {}
        for category in rows:
            for above in category.parent_path.strip("/").split("/"):
                tree.setdefault(int(above), set()).add(category.id)
        return {key: frozenset(ids) for key, ids in tree.items()}

    @api.model_create_multi
    def create(self, vals_list):
        categories = super().create(vals_list)
        self.env.registry.clear_cache()
        return categories

    def write(self, vals):
        result = super().write(vals)
        if "parent_id" in vals:
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
