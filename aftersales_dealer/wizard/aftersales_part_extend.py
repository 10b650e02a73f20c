from odoo import fields, models


class AftersalesPartExtend(models.TransientModel):
    """Asks until when old parts may come, and why (D09)."""

    _name = "aftersales.part.extend"
    _description = "Give More Time for Old Parts"

    part_ids = fields.Many2many(
        "aftersales.part.return.line",
        string="Old Parts",
        required=True,
        default=lambda self: self.env.context.get("active_ids", []),
    )
    date_due = fields.Date(string="Until", required=True)
    reason = fields.Char(required=True)

    def action_apply(self):
        """Give the time."""
        self.ensure_one()
        self.part_ids.action_extend(self.date_due, self.reason)
        return {"type": "ir.actions.act_window_close"}
