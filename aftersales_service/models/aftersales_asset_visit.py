from odoo import api, fields, models


class AftersalesAsset(models.Model):
    """The visits to an asset and the parts fitted on them (W01, V08)."""

    _inherit = "aftersales.asset"

    visit_ids = fields.Many2many(
        "aftersales.visit",
        "aftersales_asset_visit_rel",
        "asset_id",
        "visit_id",
        string="Visits",
        copy=False,
    )
    visit_count = fields.Integer(compute="_compute_visit_count")
    fitted_line_ids = fields.One2many(
        "aftersales.visit.line",
        "asset_id",
        string="Parts Fitted",
        domain=[("state", "=", "done")],
        readonly=True,
    )

    @api.depends("visit_ids")
    def _compute_visit_count(self):
        visits = self.env["aftersales.visit"]
        counts = {}
        if visits.has_access("read"):
            counts = dict(
                visits._read_group([("asset_ids", "in", self.ids)], ["asset_ids"], ["__count"])
            )
        for asset in self:
            asset.visit_count = counts.get(asset._origin, 0)

    def action_view_visits(self):
        """Open the asset's visits."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_visit_action"
        )
        return dict(
            action,
            domain=[("asset_ids", "in", self.ids)],
            context={"default_asset_ids": self.ids, "default_partner_id": self.partner_id.id},
        )
