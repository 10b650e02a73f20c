from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date


class AftersalesAsset(models.Model):
    """The acceptance of an asset, signed by both sides (W06)."""

    _inherit = "aftersales.asset"

    acceptance_document_id = fields.Many2one(
        "aftersales.acceptance.document",
        string="Acceptance",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Signed by both sides.",
    )
    acceptance_line_ids = fields.One2many(
        "aftersales.acceptance.line", "asset_id", string="Acceptances", copy=False
    )
    acceptance_signed_by = fields.Char(related="acceptance_document_id.signed_by")
    acceptance_signed_on = fields.Datetime(related="acceptance_document_id.signed_on")
    acceptance_user_id = fields.Many2one(
        related="acceptance_document_id.company_user_id", string="Accepted for Us by"
    )

    def _check_not_accepted(self):
        """Raise UserError for the first asset whose acceptance both sides have signed."""
        for asset in self:
            if asset.acceptance_document_id:
                raise UserError(
                    self.env._(
                        "%(asset)s was accepted by %(name)s on %(date)s already (%(document)s).",
                        asset=asset.display_name,
                        name=asset.acceptance_signed_by,
                        date=format_date(self.env, asset.date_acceptance),
                        # Portal customers sign too; the number of the document is theirs to see.
                        document=asset.acceptance_document_id.sudo().name,
                    )
                )

    def action_sign_acceptance(self):
        """Open the acceptance of these assets, to be signed by both sides: the open one they are
        in, else a new one for all of them (W06).

        :raise UserError: when one is accepted already, or they have several owners
        """
        self._check_not_accepted()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_acceptance_document_action"
        )
        action = dict(action, views=[(False, "form")], view_mode="form")
        opened = self.acceptance_line_ids.document_id.filtered(lambda d: d.state != "cancelled")
        if opened:
            return dict(action, res_id=opened[0].id, context={})
        owners = self.partner_id.commercial_partner_id
        if (
            len(owners) != 1
            or len(self.company_id) != 1
            or self.filtered(lambda a: not a.partner_id)
        ):
            raise UserError(
                self.env._(
                    "%(assets)s: an acceptance is for machines of one owner. Choose those of one "
                    "customer, and fill in “Owner” where it is empty.",
                    assets=", ".join(self.mapped("display_name")),
                )
            )
        return dict(
            action,
            context={
                "default_partner_id": owners.id,
                "default_company_id": self.company_id.id,
                "default_line_ids": [Command.create({"asset_id": asset.id}) for asset in self],
            },
        )
