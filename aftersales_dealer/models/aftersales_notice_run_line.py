from odoo import fields, models


class AftersalesNoticeRunLine(models.Model):
    """A dealer's notice in a run: done, or failed and why (F09)."""

    _name = "aftersales.notice.run.line"
    _description = "Fee Notice Run Line"
    _order = "run_id, id"
    _rec_name = "dealer_id"
    _check_company_auto = True

    run_id = fields.Many2one("aftersales.notice.run", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    dealer_id = fields.Many2one("res.partner", required=True, ondelete="restrict")
    currency_id = fields.Many2one("res.currency", required=True)
    notice_id = fields.Many2one(
        "aftersales.notice", index="btree_not_null", ondelete="set null", check_company=True
    )
    amount_total = fields.Monetary(related="notice_id.amount_total", string="Verified Amount")
    notice_state = fields.Selection(related="notice_id.state", string="Status of the Notice")
    state = fields.Selection(
        [("pending", "Waiting"), ("done", "Done"), ("failed", "Failed"), ("skipped", "Left out")],
        string="Status",
        required=True,
        default="pending",
    )
    message = fields.Char()

    _pending_idx = models.Index("(run_id, id) WHERE state = 'pending'")

    def action_view_notice(self):
        """Open the dealer's notice."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "aftersales.notice",
            "res_id": self.notice_id.id,
            "view_mode": "form",
        }
