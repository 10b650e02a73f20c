from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class AftersalesAsset(models.Model):
    """The documents of an asset: those of its product, and its own (K02)."""

    _inherit = "aftersales.asset"

    document_ids = fields.One2many(
        "aftersales.asset.document", "asset_id", string="Documents", copy=False
    )
    product_document_ids = fields.Many2many(
        "product.document",
        string="Documents of the Product",
        compute="_compute_product_document_ids",
    )
    handover_ids = fields.One2many(
        "aftersales.document.handover", "asset_id", string="Handed-over Documents", copy=False
    )

    @api.depends("product_id")
    def _compute_product_document_ids(self):
        documents = self.env["product.document"].search(
            self._get_product_documents_domain(self.product_id)
        )
        by_owner = documents.grouped(lambda doc: (doc.res_model, doc.res_id))
        for asset in self:
            product = asset.product_id
            asset.product_document_ids = by_owner.get(
                (product._name, product._origin.id), documents.browse()
            ) | by_owner.get(
                (product.product_tmpl_id._name, product.product_tmpl_id._origin.id),
                documents.browse(),
            )

    @api.model
    def _get_product_documents_domain(self, products):
        """Domain of the after-sales documents of ``products`` that are in force."""
        return (
            Domain("aftersales_kind", "!=", False)
            & Domain("replaced_by_id", "=", False)
            & (
                (Domain("res_model", "=", "product.product") & Domain("res_id", "in", products.ids))
                | (
                    Domain("res_model", "=", "product.template")
                    & Domain("res_id", "in", products.product_tmpl_id.ids)
                )
            )
        )

    def _get_customer_documents(self):
        """Return (documents of the product, documents of the asset) in force that are meant for
        the customer. Called after the access to the asset was checked.
        """
        self.ensure_one()
        # Owners have no rights on products and documents: they get those marked for them.
        asset = self.sudo()
        return (
            asset.product_document_ids.filtered("for_customer"),
            asset.document_ids.filtered(lambda doc: doc.for_customer and not doc.replaced_by_id),
        )

    def action_hand_over(self):
        """Choose documents and hand them over to the customer (K02)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_hand_over_action"
        )
        return dict(action, context={"default_asset_id": self.id})

    def _hand_over(self, partner, documents, method):
        """Give ``documents`` (of one model) to ``partner`` by ``method``, and record it.

        :raise UserError: when one is not meant for customers, or the e-mail address is missing
        """
        self.ensure_one()
        internal = documents.filtered(lambda doc: not doc.for_customer)
        if internal:
            raise UserError(
                self.env._(
                    "“%(document)s” is an internal document. Mark it as “For the Customer” before "
                    "you hand it over.",
                    document=internal[0].name,
                )
            )
        if method == "mail":
            self._mail_documents(partner, documents)
        handovers = self.env["aftersales.document.handover"].sudo()
        # What was handed over is recorded for whoever may hand over; nobody edits it.
        return handovers._record(self, partner, documents, method, self.env.user)

    def _mail_documents(self, partner, documents):
        """Send ``documents`` to ``partner`` by e-mail, in their language, on the asset's thread.

        :raise UserError: when ``partner`` has no e-mail address
        """
        if not partner.email:
            raise UserError(
                self.env._(
                    "%(partner)s has no e-mail address. Enter it, or hand over on paper.",
                    partner=partner.display_name,
                )
            )
        asset = self.with_context(lang=partner.lang or self.env.lang)
        files, links = [], []
        for document in documents.sudo():  # marked for the customer, see ``_hand_over``
            attachment = document._get_attachment()
            if attachment.type == "url":
                links.append((document._get_title(), attachment.url))
            else:
                files.append((asset._get_file_name(document, attachment), attachment.raw))
        items = Markup().join(
            # Titles of what is being sent to the customer; chosen with the rights of the user.
            Markup("<li>%s</li>") % document._get_title()
            for document in documents.sudo()
        )
        urls = Markup().join(Markup('<p><a href="%s">%s</a></p>') % (url, t) for t, url in links)
        text = asset.env._("The documents of your %(asset)s:", asset=asset.display_name)
        asset.message_post(
            body=Markup("<p>%s</p><ul>%s</ul>%s") % (text, items, urls),
            subject=asset.env._("Documents of %(asset)s", asset=asset.display_name),
            partner_ids=partner.ids,
            attachments=files,
            subtype_xmlid="mail.mt_note",
        )

    @api.model
    def _get_file_name(self, document, attachment):
        """Return the name under which the file of ``document`` is sent."""
        if document._name == "aftersales.asset.document":
            return document.file_name or document.name
        return attachment.name
