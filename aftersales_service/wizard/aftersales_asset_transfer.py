from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesAssetTransfer(models.TransientModel):
    """Records that assets were sold on, and shows what becomes of their cover (W16)."""

    _name = "aftersales.asset.transfer"
    _description = "Transfer Ownership"

    asset_ids = fields.Many2many("aftersales.asset", string="Assets", required=True, readonly=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="New Owner",
        required=True,
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
    )
    site_id = fields.Many2one(
        "res.partner",
        string="New Site",
        compute="_compute_site_id",
        store=True,
        readonly=False,
        domain="[('id', 'child_of', partner_id)]",
        help="Where the assets stand now.",
    )
    date = fields.Date(string="Sold on", required=True, default=fields.Date.context_today)
    reason = fields.Char(
        string="Document or Reason", help="Bill of sale, letter of the owner, insurance case…"
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Documents")
    keeping_count = fields.Integer(compute="_compute_cover")
    losing_ids = fields.Many2many(
        "aftersales.warranty", string="Warranties That End", compute="_compute_cover"
    )

    @api.depends("asset_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.asset_ids.company_id[:1] or self.env.company

    @api.depends("partner_id")
    def _compute_site_id(self):
        for wizard in self:
            wizard.site_id = wizard.partner_id

    @api.depends("asset_ids")
    def _compute_cover(self):
        for wizard in self:
            living = wizard.asset_ids.warranty_ids.filtered(
                lambda w: w.state in ("draft", "active")
            )
            wizard.losing_ids = living.filtered(lambda w: not w.policy_id.transferable)
            wizard.keeping_count = len(living - wizard.losing_ids)

    def action_transfer(self):
        """Record the sale; what hangs on the owner follows.

        :raise UserError: when an asset, the owner or the date does not allow it
        """
        self.ensure_one()
        if not self.asset_ids:
            raise UserError(self.env._("Choose the assets that were sold on."))
        self.asset_ids._transfer_ownership(
            self.partner_id, self.date, reason=self.reason, site=self.site_id
        )
        if self.attachment_ids:
            for asset in self.asset_ids:
                copies = self.attachment_ids.copy({"res_model": asset._name, "res_id": asset.id})
                asset.message_post(
                    body=self.env._("Documents of the sale."), attachment_ids=copies.ids
                )
        return {"type": "ir.actions.act_window_close"}
