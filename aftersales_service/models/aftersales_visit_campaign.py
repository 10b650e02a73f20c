from odoo import api, fields, models


class AftersalesVisit(models.Model):
    """The technician sees what campaigns ask of the machine in front of them (V05, W15)."""

    _inherit = "aftersales.visit"

    open_campaign_line_ids = fields.Many2many(
        "aftersales.campaign.line",
        compute="_compute_open_campaign_line_ids",
        string="Open Campaigns",
    )

    @api.depends("asset_ids.open_campaign_line_ids")
    def _compute_open_campaign_line_ids(self):
        lines = self.asset_ids._get_open_campaign_lines()
        for visit in self:
            own = lines[False]
            for asset in visit.asset_ids._origin:
                own |= lines.get(asset.id, lines[False])
            visit.open_campaign_line_ids = own

    def _on_done(self):
        self._finish_campaign_units()
        return super()._on_done()

    def _finish_campaign_units(self):
        """What was fixed on these visits is done in its campaign."""
        fixed = self.filtered(lambda visit: visit.fixed == "yes")
        # The voucher was accepted just now; units follow it.
        lines = self.env["aftersales.campaign.line"].sudo()
        lines = lines.search(
            [
                ("state", "=", "scheduled"),
                ("asset_id", "in", fixed.asset_ids.ids),
                "|",
                ("visit_id", "in", fixed.ids),
                ("ticket_id", "in", fixed.ticket_id.ids),
            ]
        )
        for visit in fixed:
            own = lines.filtered(lambda line, visit=visit: visit._is_for_campaign_unit(line))
            day = fields.Datetime.context_timestamp(visit, visit.date_done).date()
            own._set_state("done", visit_id=visit.id, date_done=day)
            lines -= own

    def _is_for_campaign_unit(self, line):
        """Whether the work on the unit ``line`` was planned with this visit or its ticket."""
        self.ensure_one()
        if line.asset_id not in self.asset_ids:
            return False
        return line.visit_id == self or bool(line.ticket_id and line.ticket_id == self.ticket_id)
