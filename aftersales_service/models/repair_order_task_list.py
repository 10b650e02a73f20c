from odoo import fields, models


class RepairOrder(models.Model):
    """The workshop begins on a task list when it is approved (T07)."""

    _inherit = "repair.order"

    aftersales_task_list_id = fields.Many2one(
        "aftersales.task.list", string="Task List", index="btree_not_null", check_company=True
    )

    def _is_own_fault(self):
        # sudo: the workshop need not see the ticket to know who pays.
        return self.aftersales_ticket_id.sudo().own_fault

    def action_repair_start(self):
        """Also see that the task list was approved (T07).

        :raise UserError: when it was not
        """
        self.check_access("read")
        # sudo: whether the work was approved, not what it costs.
        self.sudo().aftersales_task_list_id._ensure_may_begin()
        return super().action_repair_start()
