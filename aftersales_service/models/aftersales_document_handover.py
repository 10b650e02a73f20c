from odoo import api, fields, models
from odoo.exceptions import UserError

METHODS = [
    ("mail", "E-mail"),
    ("portal", "Portal"),
    ("paper", "On paper"),
]


class AftersalesDocumentHandover(models.Model):
    """Which version of a document somebody got, for which asset, when, and from whom (K02)."""

    _name = "aftersales.document.handover"
    _description = "Handed-over Document"
    _order = "date desc, id desc"
    _rec_name = "title"
    _check_company_auto = True

    asset_id = fields.Many2one(
        "aftersales.asset", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="asset_id.company_id", store=True, index=True)
    document_id = fields.Many2one(
        "product.document", string="Product Document", index="btree_not_null", ondelete="set null"
    )
    asset_document_id = fields.Many2one(
        "aftersales.asset.document", index="btree_not_null", ondelete="set null"
    )
    # Kept as they were: the record outlives the document.
    title = fields.Char(string="Document", required=True)
    version = fields.Char()
    kind = fields.Char()
    partner_id = fields.Many2one("res.partner", string="Handed to", required=True, index=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users", string="By", default=lambda self: self.env.user, help="Empty: fetched."
    )
    method = fields.Selection(METHODS, string="How", required=True, default="mail")
    is_superseded = fields.Boolean(
        string="Newer One Handed Over", help="A newer version was handed over for this asset."
    )
    is_outdated = fields.Boolean(
        string="Newer Version Exists",
        compute="_compute_is_outdated",
        store=True,
        index=True,
        help="They still have an old version.",
    )

    _one_document = models.Constraint(
        "CHECK(document_id IS NULL OR asset_document_id IS NULL)",
        "One document is handed over a record.",
    )

    @api.depends("document_id.replaced_by_id", "asset_document_id.replaced_by_id", "is_superseded")
    def _compute_is_outdated(self):
        for handover in self:
            # Who sees the record may know that there is a newer version.
            document = handover.sudo()._get_document()
            handover.is_outdated = bool(document.replaced_by_id) and not handover.is_superseded

    def _get_document(self):
        """Return the document: of the product or of the asset."""
        self.ensure_one()
        return self.document_id or self.asset_document_id

    @api.model
    def _record(self, asset, partner, documents, method, user=None):
        """Record that ``partner`` got the ``documents`` for ``asset``; older versions of them no
        longer count as the latest that the asset's people have.

        :param documents: product.document or aftersales.asset.document records
        :param user: who handed them over (res.users); empty when they were fetched
        :return: the new records
        """
        records = self.create(
            [self._prepare_vals(asset, partner, doc, method, user) for doc in documents]
        )
        name = self._get_document_field(documents)
        older = self.search(
            [
                ("asset_id", "=", asset.id),
                ("partner_id", "=", partner.id),
                (name, "in", documents._get_older().ids),
                ("is_superseded", "=", False),
            ]
        )
        older.is_superseded = True
        return records

    @api.model
    def _get_document_field(self, documents):
        """Return the name of the field that names ``documents``."""
        is_asset = documents._name == "aftersales.asset.document"
        return "asset_document_id" if is_asset else "document_id"

    @api.model
    def _prepare_vals(self, asset, partner, document, method, user):
        """Return the values of the record that ``partner`` got ``document``."""
        kinds = dict(document._fields["aftersales_kind"]._description_selection(self.env))
        return {
            "asset_id": asset.id,
            "partner_id": partner.id,
            self._get_document_field(document): document.id,
            "title": document.name,
            "version": document.aftersales_version,
            "kind": kinds.get(document.aftersales_kind),
            "method": method,
            "user_id": user.id if user else False,
        }

    def action_send_newest(self):
        """Send those who have an old version the newest one by e-mail, and record it (K02).

        :raise UserError: when a newest version is not meant for customers
        """
        self.check_access("read")
        for (asset, partner), own in (
            self.filtered("is_outdated").grouped(lambda h: (h.asset_id, h.partner_id)).items()
        ):
            for name in ("document_id", "asset_document_id"):
                old = own[name]
                newest = old.browse({document._get_newest().id for document in old})
                if newest:
                    asset._hand_over(partner, newest, "mail")

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record in records:
            if not record.document_id and not record.asset_document_id:
                raise UserError(self.env._("Choose the document that was handed over."))
        return records
