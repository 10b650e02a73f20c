from odoo import api, fields, models


class AftersalesAsset(models.Model):
    """Claims of a machine, on its one timeline (W01)."""

    _inherit = "aftersales.asset"

    claim_ids = fields.One2many("aftersales.claim", "asset_id", string="Claims")
    claim_count = fields.Integer(compute="_compute_claim_count")

    @api.depends_context("uid")
    def _compute_claim_count(self):
        self.claim_count = 0
        if not self.env["aftersales.claim"].has_access("read"):
            return
        groups = self.env["aftersales.claim"]._read_group(
            [("asset_id", "in", self.ids)], ["asset_id"], ["__count"]
        )
        for asset, count in groups:
            asset.claim_count = count

    def action_view_claims(self):
        """Open the dealers' claims of the machine."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_claim_action"
        )
        return dict(
            action,
            domain=[("asset_id", "=", self.id)],
            context={"default_asset_id": self.id, "default_dealer_id": self.dealer_id.id},
        )
