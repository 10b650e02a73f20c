from odoo import fields, models


class AftersalesTaskListDecide(models.TransientModel):
    """Asks why a task list is refused or given up (T07)."""

    _name = "aftersales.task.list.decide"
    _description = "Decide on a Task List"

    list_ids = fields.Many2many("aftersales.task.list", required=True)
    decision = fields.Selection(
        [("refuse", "Refuse"), ("cancel", "Give the list up")], required=True, readonly=True
    )
    reason = fields.Char(required=True)

    def action_decide(self):
        """Do what was decided, with the reason."""
        self.ensure_one()
        lists = self.list_ids
        decide = {"refuse": lists.action_refuse, "cancel": lists.action_cancel}[self.decision]
        decide(reason=lists._clean_reason(self.reason))
        return {"type": "ir.actions.act_window_close"}
