from odoo import api, fields, models
from odoo.fields import Command

from .aftersales_campaign_line import DONE_STATES


class StockPicking(models.Model):
    """A delivery tells which of its machines a campaign stops, before it is validated (W15)."""

    _inherit = "stock.picking"

    aftersales_campaign_text = fields.Char(
        string="Stopped by a Campaign", compute="_compute_aftersales_campaign_text"
    )

    @api.depends("move_ids.move_line_ids.lot_id", "state")
    def _compute_aftersales_campaign_text(self):
        live = self.filtered(lambda picking: picking.state not in ("done", "cancel"))
        stopped = live.move_ids._get_stopped_campaign_lines()
        if not stopped:
            self.aftersales_campaign_text = False
            return
        for picking in self:
            lots = (picking & live).move_line_ids.lot_id
            own = stopped.filtered(lambda line, lots=lots: line.lot_id in lots)
            picking.aftersales_campaign_text = own._format_units()

    def action_release_campaign(self):
        """Open the dialog that lets the stopped machines go, with a reason (service managers)."""
        self.ensure_one()
        lines = self.move_ids._get_stopped_campaign_lines()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_campaign_decide_action"
        )
        context = {
            "default_line_ids": [Command.set(lines.ids)],
            "default_picking_id": self.id,
            "default_decision": "release",
        }
        return dict(action, name=self.env._("Release for Delivery"), context=context)


class StockLot(models.Model):
    _inherit = "stock.lot"

    aftersales_campaign_text = fields.Char(
        string="Open Campaigns", compute="_compute_aftersales_campaign_text"
    )

    def _compute_aftersales_campaign_text(self):
        # The warehouse is told, with rights on campaigns or without.
        lines = self.env["aftersales.campaign.line"].sudo()
        campaigns = self.env["aftersales.campaign"].sudo()._get_running()
        if campaigns:
            lines = lines.search(
                [
                    ("lot_id", "in", self.ids),
                    ("campaign_id", "in", campaigns.ids),
                    ("state", "not in", DONE_STATES),
                ]
            )
        own = lines.grouped("lot_id")
        for lot in self:
            lot.aftersales_campaign_text = own.get(lot._origin, lines[:0])._format_units()


class AftersalesCampaignLine(models.Model):
    _inherit = "aftersales.campaign.line"

    def _format_units(self):
        """Return the units with their campaigns as one line of text; False when there is none."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        return (
            "; ".join(
                f"{line.serial}: {line.campaign_id.display_name} ({labels[line.state]})"
                for line in self[:10]
            )
            or False
        )
