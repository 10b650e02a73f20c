from odoo import fields, models


class ProductDocument(models.Model):
    """Manuals, drawings and other documents of a product (K02)."""

    _name = "product.document"
    _inherit = ["product.document", "aftersales.document.mixin"]

    replaced_by_id = fields.Many2one(
        "product.document",
        index="btree_not_null",
        copy=False,
        domain="[('res_model', '=', res_model), ('res_id', '=', res_id), ('id', '!=', id)]",
        help="The newer version; this one is no longer shown to customers.",
    )

    def _get_attachment(self):
        return self.ir_attachment_id
