from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class AftersalesDocumentPortal(CustomerPortal):
    """Documents of a machine for its owner; what they fetch is recorded (K02)."""

    @http.route(
        "/my/assets/<int:asset_id>/documents/<string:owner>/<int:document_id>",
        type="http",
        auth="public",
        website=True,
    )
    def portal_my_aftersales_document(
        self, asset_id, owner, document_id, access_token=None, **kwargs
    ):
        """One document that is marked for the customer: of the ``owner`` "product" or "asset"."""
        try:
            asset = self._document_check_access("aftersales.asset", asset_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        products, own = asset._get_customer_documents()
        found = (products if owner == "product" else own).filtered(lambda d: d.id == document_id)
        if not found:
            return request.redirect(f"/my/assets/{asset_id}")
        self._record_download(asset, found)
        attachment = found._get_attachment()
        if attachment.type == "url":
            return request.redirect(attachment.url, local=False)
        name = asset._get_file_name(found, attachment)
        stream = request.env["ir.binary"]._get_stream_from(attachment, filename=name)
        return stream.get_response(as_attachment=True)

    def _record_download(self, asset, document):
        """Record that the owner fetched ``document``, once a person; what colleagues look at is
        not handed over.
        """
        user = request.env.user
        if user._is_internal():
            return
        partner = asset.partner_id if user._is_public() else user.partner_id
        # The access to the asset was checked; owners have no rights on the records themselves.
        handovers = request.env["aftersales.document.handover"].sudo()
        known = [
            ("asset_id", "=", asset.id),
            ("partner_id", "=", partner.id),
            (handovers._get_document_field(document), "=", document.id),
        ]
        if partner and not handovers.search_count(known, limit=1):
            handovers._record(asset, partner, document, "portal")
