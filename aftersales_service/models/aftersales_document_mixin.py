from odoo import api, fields, models
from odoo.exceptions import ValidationError

DOCUMENT_KINDS = [
    ("manual", "Manual"),
    ("drawing", "Drawing"),
    ("parts_list", "Parts list"),
    ("tuning", "Tuning data"),
    ("certificate", "Certificate"),
    ("bulletin", "Service bulletin"),
    ("other", "Other"),
]


class AftersalesDocumentMixin(models.AbstractModel):
    """A document of a kind and a version, which a newer one may replace (K02).

    The inheriting model adds ``replaced_by_id``, many2one to itself, and ``_get_attachment()``,
    which returns the ``ir.attachment`` that holds the file.
    """

    _name = "aftersales.document.mixin"
    _description = "After-sales Document"

    aftersales_kind = fields.Selection(DOCUMENT_KINDS, string="Kind of Document")
    aftersales_version = fields.Char(string="Version")
    for_customer = fields.Boolean(
        string="For the Customer",
        help="Shown on the owner's portal page and may be handed over. The others stay inside.",
    )

    @api.constrains("replaced_by_id")
    def _check_replaced_by(self):
        if self._has_cycle("replaced_by_id"):
            raise ValidationError(
                self.env._(
                    "%(document)s would replace itself in the end. Choose another document under "
                    "“Replaced by”.",
                    document=self[0].display_name,
                )
            )

    def _get_newest(self):
        """Return the document that stands for this one now: the last that replaced it."""
        self.ensure_one()
        newest = self
        while newest.replaced_by_id:
            newest = newest.replaced_by_id
        return newest

    def _get_older(self):
        """Return the documents that these replaced, whatever came between."""
        older, found = self, self.browse()
        while older := self.with_context(active_test=False).search(
            [("replaced_by_id", "in", older.ids)]
        ):
            found |= older
        return found

    def _get_title(self):
        """Return name and version in one."""
        self.ensure_one()
        return " ".join(filter(None, (self.name, self.aftersales_version)))

    def action_view_outdated(self):
        """Open who was handed an older version and not this one (K02)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_document_handover_action"
        )
        name = "asset_document_id" if self._name == "aftersales.asset.document" else "document_id"
        domain = [(name, "in", self._get_older().ids), ("is_outdated", "=", True)]
        return dict(action, domain=domain, context={})
