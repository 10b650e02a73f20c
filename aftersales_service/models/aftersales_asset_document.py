from odoo import fields, models


class AftersalesAssetDocument(models.Model):
    """A document of one asset: its test report, its drawing as built (K02).

    The file is a field of this model, not an attachment of the asset: who may open an asset, its
    owner on the portal too, may open the attachments of it.
    """

    _name = "aftersales.asset.document"
    _description = "Document of an Asset"
    _inherit = ["aftersales.document.mixin"]
    _order = "name, id desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    asset_id = fields.Many2one(
        "aftersales.asset", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(related="asset_id.company_id", store=True, index=True)
    file = fields.Binary(required=True, attachment=True)
    file_name = fields.Char()
    date = fields.Date(default=fields.Date.context_today)
    active = fields.Boolean(default=True)
    replaced_by_id = fields.Many2one(
        "aftersales.asset.document",
        index="btree_not_null",
        copy=False,
        domain="[('asset_id', '=', asset_id), ('id', '!=', id)]",
        help="The newer version; this one is no longer shown to the customer.",
    )

    def _get_attachment(self):
        self.ensure_one()
        return (
            # Whoever may read this document may read the file in it.
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "=", "file"),
                ],
                limit=1,
            )
        )
