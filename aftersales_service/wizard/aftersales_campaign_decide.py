from odoo import api, fields, models


class AftersalesCampaignDecide(models.TransientModel):
    """Asks why: a decision on units of a campaign, or on the campaign itself (W15)."""

    _name = "aftersales.campaign.decide"
    _description = "Decide on Campaign Units"

    campaign_id = fields.Many2one("aftersales.campaign", readonly=True)
    line_ids = fields.Many2many("aftersales.campaign.line", string="Units", readonly=True)
    picking_id = fields.Many2one("stock.picking", string="Delivery", readonly=True)
    unit_text = fields.Char(string="Serials", compute="_compute_unit_text")
    decision = fields.Selection(
        [
            ("done", "Done"),
            ("refused", "Refused by customer"),
            ("not_found", "Not found"),
            ("exempt", "Exempt"),
            ("open", "To do again"),
            ("release", "Release for delivery"),
            ("close", "Close the campaign"),
            ("cancel", "Cancel the campaign"),
        ],
        required=True,
        default="done",
    )
    date = fields.Date(string="Done on", default=fields.Date.context_today)
    reason = fields.Char(required=True)
    todo_count = fields.Integer(related="campaign_id.todo_count")

    @api.depends("line_ids")
    def _compute_unit_text(self):
        for wizard in self:
            wizard.unit_text = wizard.line_ids._format_serials()

    def action_apply(self):
        """Carry the decision out.

        :raise UserError: as the decision itself does
        """
        self.ensure_one()
        if self.decision == "close":
            self.campaign_id.action_close(reason=self.reason)
        elif self.decision == "cancel":
            self.campaign_id.action_cancel(reason=self.reason)
        elif self.decision == "release":
            self.line_ids.release(self.reason)
            self._log_on_delivery()
        else:
            self.line_ids.decide(self.decision, reason=self.reason, date=self.date)
        return {"type": "ir.actions.act_window_close"}

    def _log_on_delivery(self):
        """The delivery's own log tells who let the machines go, and why."""
        if self.picking_id:
            self.picking_id._message_log(
                body=self.env._(
                    "%(serials)s released for delivery in spite of %(campaigns)s: %(reason)s",
                    serials=self.line_ids._format_serials(),
                    campaigns=", ".join(self.line_ids.campaign_id.mapped("display_name")),
                    reason=self.reason,
                )
            )
