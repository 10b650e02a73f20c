from odoo import fields, models


class AftersalesNoticeDecide(models.TransientModel):
    """Asks for the note or reason that a step of a notice needs (F02, F03)."""

    _name = "aftersales.notice.decide"
    _description = "Fee Notice: Note or Reason"

    notice_ids = fields.Many2many(
        "aftersales.notice", required=True, default=lambda self: self.env.context.get("active_ids")
    )
    step = fields.Selection(
        [
            ("confirm", "Record the dealer's confirmation"),
            ("dispute", "Record the dealer's dispute"),
            ("uphold", "Uphold the notice"),
            ("cancel", "Cancel the notice"),
            ("reverse", "Reverse the settlement"),
        ],
        required=True,
    )
    line_ids = fields.Many2many(
        "aftersales.notice.line",
        string="Disputed Lines",
        domain="[('notice_id', 'in', notice_ids), ('postponed', '=', False)]",
        help="Empty: the notice as a whole.",
    )
    settle_rest = fields.Boolean(
        string="The dealer agrees with the other lines",
        help="They are confirmed; the disputed lines come into the next notice.",
    )
    reason = fields.Text(required=True)
    date = fields.Date(string="Reversal Date", default=fields.Date.context_today)

    def action_apply(self):
        """Carry out the step with the reason; the notice itself checks rights and status."""
        self.ensure_one()
        notices = self.notice_ids
        if self.step == "confirm":
            notices.action_confirm(note=self.reason)
        elif self.step == "dispute":
            notices.action_dispute(
                reason=None if self.line_ids else self.reason,
                line_reasons=dict.fromkeys(self.line_ids.ids, self.reason),
                settle_rest=self.settle_rest and bool(self.line_ids),
            )
        elif self.step == "uphold":
            notices.action_uphold(reason=self.reason)
        elif self.step == "cancel":
            notices.action_cancel(reason=self.reason)
        else:
            notices.action_reverse(reason=self.reason, date=self.date)
        return {"type": "ir.actions.act_window_close"}
