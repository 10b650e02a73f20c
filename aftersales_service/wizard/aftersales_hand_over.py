from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesHandOver(models.TransientModel):
    """Choose documents of an asset and hand them over (K02)."""

    _name = "aftersales.hand.over"
    _description = "Hand Over Documents"

    asset_id = fields.Many2one("aftersales.asset", required=True, readonly=True)
    owner_id = fields.Many2one(related="asset_id.partner_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Hand to",
        required=True,
        compute="_compute_partner_id",
        store=True,
        readonly=False,
    )
    method = fields.Selection(
        [("mail", "E-mail"), ("paper", "On paper")], string="How", required=True, default="mail"
    )
    available_ids = fields.Many2many(related="asset_id.product_document_ids")
    document_ids = fields.Many2many(
        "product.document",
        string="Documents of the product",
        compute="_compute_documents",
        store=True,
        readonly=False,
        domain="[('id', 'in', available_ids), ('for_customer', '=', True)]",
    )
    asset_document_ids = fields.Many2many(
        "aftersales.asset.document",
        string="Documents of this asset",
        compute="_compute_documents",
        store=True,
        readonly=False,
        domain="[('asset_id', '=', asset_id), ('for_customer', '=', True),"
        " ('replaced_by_id', '=', False)]",
    )

    @api.depends("asset_id")
    def _compute_partner_id(self):
        for wizard in self:
            wizard.partner_id = wizard.asset_id.partner_id

    @api.depends("asset_id", "partner_id")
    def _compute_documents(self):
        """What is meant for the customer and was not handed to them yet."""
        for wizard in self:
            asset = wizard.asset_id
            if not asset:
                wizard.document_ids = wizard.asset_document_ids = False
                continue
            had = asset.handover_ids.filtered(lambda h, p=wizard.partner_id: h.partner_id == p)
            products, own = asset._get_customer_documents()
            wizard.document_ids = products.sudo(False) - had.document_id
            wizard.asset_document_ids = own.sudo(False) - had.asset_document_id

    def action_hand_over(self):
        """Hand over what was chosen (K02).

        :raise UserError: when nothing is chosen, a document is internal, or the e-mail address is
            missing
        """
        self.ensure_one()
        self.check_access("write")
        self.asset_id.check_access("read")
        if not self.document_ids and not self.asset_document_ids:
            raise UserError(
                self.env._(
                    "%(asset)s: choose the documents to hand over.",
                    asset=self.asset_id.display_name,
                )
            )
        for documents in (self.document_ids, self.asset_document_ids):
            if documents:
                self.asset_id._hand_over(self.partner_id, documents, self.method)
        return {"type": "ir.actions.act_window_close"}
