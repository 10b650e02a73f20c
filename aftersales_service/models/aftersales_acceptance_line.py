from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesAcceptanceLine(models.Model):
    """One machine of an acceptance, with what was found wrong with it (W06)."""

    _name = "aftersales.acceptance.line"
    _description = "Accepted Machine"
    _inherit = ["aftersales.guard.mixin"]
    _order = "document_id, id"

    document_id = fields.Many2one(
        "aftersales.acceptance.document", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)
    asset_id = fields.Many2one(
        "aftersales.asset", string="Machine", required=True, index=True, ondelete="restrict"
    )
    serial = fields.Char(related="asset_id.serial")
    date_delivery = fields.Date(related="asset_id.date_delivery")
    remark = fields.Char(string="Defects", help="What has to be put right on this machine.")
    is_signed = fields.Boolean(readonly=True, copy=False)

    _document_asset_uniq = models.UniqueIndex(
        "(document_id, asset_id)", "A machine is listed once in an acceptance."
    )
    _signed_uniq = models.UniqueIndex(
        "(asset_id) WHERE is_signed IS TRUE", "This machine was accepted already."
    )

    @api.constrains("asset_id", "document_id")
    def _check_asset(self):
        """A machine is accepted by its owner, once, and in its own company."""
        others = self.search(
            [
                ("asset_id", "in", self.asset_id.ids),
                ("document_id.state", "!=", "cancelled"),
                ("id", "not in", self.ids),
            ]
        ).grouped("asset_id")
        for line in self:
            document, asset = line.document_id, line.asset_id
            values = {"document": document.display_name, "asset": asset.display_name}
            if asset.company_id != document.company_id:
                raise ValidationError(
                    self.env._(
                        "%(document)s: %(asset)s belongs to another company. Leave it out.",
                        **values,
                    )
                )
            if asset.partner_id.commercial_partner_id != document.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(document)s: %(asset)s belongs to %(owner)s, not to %(customer)s. Make "
                        "an acceptance for each customer.",
                        owner=asset.partner_id.display_name or self.env._("nobody"),
                        customer=document.partner_id.display_name,
                        **values,
                    )
                )
            if line.asset_id in others:
                raise ValidationError(
                    self.env._(
                        "%(document)s: %(asset)s is in the acceptance %(other)s already. Open "
                        "that one, or cancel it.",
                        other=others[asset][0].document_id.display_name,
                        **values,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [dict(vals, is_signed=False) for vals in vals_list]
            self = self._without_readonly_defaults()
        lines = super().create(vals_list)
        lines.document_id._check_unsigned()
        return lines

    def write(self, vals):
        if not self.env.su:
            vals = {name: value for name, value in vals.items() if name != "is_signed"}
            self.document_id._check_unsigned()
        result = super().write(vals)
        if "document_id" in vals:
            self.document_id._check_unsigned()  # nor does a machine come to what is signed
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        self.document_id._check_unsigned()
