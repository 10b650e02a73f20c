from markupsafe import Markup

from odoo import api, fields, models

from .aftersales_campaign_line import DONE_STATES

# How each status of a unit is drawn in the bar.
_COLOURS = {
    "done": "bg-success",
    "scheduled": "bg-info",
    "informed": "bg-primary",
    "open": "bg-warning",
    "refused": "bg-danger",
    "not_found": "bg-dark",
    "exempt": "bg-secondary",
}


class AftersalesCampaign(models.Model):
    """How far a campaign is, counted by the database (W15)."""

    _inherit = "aftersales.campaign"

    line_ids = fields.One2many("aftersales.campaign.line", "campaign_id", string="Units")
    unit_count = fields.Integer(string="Units Affected", compute="_compute_progress")
    done_count = fields.Integer(string="Units Done", compute="_compute_progress")
    todo_count = fields.Integer(string="Units to Do", compute="_compute_progress")
    uninformed_count = fields.Integer(string="Owners to Inform", compute="_compute_progress")
    progress = fields.Float(
        string="Done (%)",
        compute="_compute_progress",
        help="Units done, of those that are not exempt.",
    )
    progress_bar = fields.Html(string="Progress", compute="_compute_progress", sanitize=False)
    stock_count = fields.Integer(string="Not Delivered", compute="_compute_stock_count")

    @api.depends("line_ids.state", "line_ids.asset_id")
    @api.depends_context("lang")
    def _compute_progress(self):
        counts = {campaign_id: {} for campaign_id in self._ids}
        for campaign, state, count in self.env["aftersales.campaign.line"]._read_group(
            [("campaign_id", "in", self.ids)], ["campaign_id", "state"], ["__count"]
        ):
            counts[campaign.id][state] = count
        in_stock = dict(
            self.env["aftersales.campaign.line"]._read_group(
                [
                    ("campaign_id", "in", self.ids),
                    ("state", "=", "open"),
                    ("asset_id", "=", False),
                ],
                ["campaign_id"],
                ["__count"],
            )
        )
        for campaign in self:
            own = counts.get(campaign._origin.id, {})
            campaign.unit_count = sum(own.values())
            campaign.done_count = own.get("done", 0)
            campaign.todo_count = sum(
                count for state, count in own.items() if state not in DONE_STATES
            )
            campaign.uninformed_count = own.get("open", 0) - in_stock.get(campaign._origin, 0)
            counted = campaign.unit_count - own.get("exempt", 0)
            campaign.progress = 100.0 * campaign.done_count / counted if counted else 0.0
            campaign.progress_bar = campaign._format_progress_bar(own)

    def _format_progress_bar(self, counts):
        """Return the stacked bar of ``counts`` (status → number of units) as HTML."""
        total = sum(counts.values())
        if not total:
            return False
        lines = self.env["aftersales.campaign.line"]
        labels = dict(lines._fields["state"]._description_selection(self.env))
        shown = [(state, counts[state]) for state in _COLOURS if counts.get(state)]
        bars = Markup().join(
            Markup('<div class="progress-bar %s" style="width: %.2f%%" title="%s"></div>')
            % (_COLOURS[state], 100.0 * count / total, f"{labels[state]}: {count}")
            for state, count in shown
        )
        legend = Markup().join(
            Markup(
                '<span class="me-3 text-nowrap"><span class="badge rounded-pill %s me-1">&#160;'
                "</span>%s <b>%s</b></span>"
            )
            % (_COLOURS[state], labels[state], count)
            for state, count in shown
        )
        return Markup('<div class="progress mb-1" role="img">%s</div><small>%s</small>') % (
            bars,
            legend,
        )

    @api.depends("line_ids.asset_id")
    def _compute_stock_count(self):
        counts = dict(
            self.env["aftersales.campaign.line"]._read_group(
                [("campaign_id", "in", self.ids), ("asset_id", "=", False)],
                ["campaign_id"],
                ["__count"],
            )
        )
        for campaign in self:
            campaign.stock_count = counts.get(campaign._origin, 0)

    def action_view_units(self):
        """Open the campaign's units; with ``unit_filter`` in the context by that filter."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_campaign_line_action"
        )
        context = {"default_campaign_id": self.id, "hide_campaign": True}
        if self.env.context.get("unit_filter"):
            context[f"search_default_{self.env.context['unit_filter']}"] = 1
        return dict(
            action, name=self.display_name, domain=[("campaign_id", "=", self.id)], context=context
        )
