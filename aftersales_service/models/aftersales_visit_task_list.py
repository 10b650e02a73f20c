from odoo import fields, models
from odoo.exceptions import UserError


class AftersalesVisit(models.Model):
    """A visit that works on a task list begins when the list is approved (T07)."""

    _inherit = "aftersales.visit"

    task_list_id = fields.Many2one(
        "aftersales.task.list",
        index="btree_not_null",
        check_company=True,
        domain="[('ticket_id', '=', ticket_id)]",
        help="What our own fault makes necessary; the technician ticks it off.",
    )
    task_list_note = fields.Char(compute="_compute_task_list_note")

    def _compute_task_list_note(self):
        for visit in self:
            # sudo: the technician sees how far the list is, in words.
            tasks = visit.sudo().task_list_id
            visit.task_list_note = bool(tasks) and self.env._(
                "%(state)s, %(done)s of %(all)s items done",
                state=tasks._get_state_label(tasks.state),
                done=tasks.done_count,
                all=tasks.line_count,
            )

    def action_depart(self):
        """Also see that the task list was approved (T07).

        :raise UserError: when it was not
        """
        self.check_access("read")
        # sudo: whether the work was approved, not what it costs.
        self.sudo().task_list_id._ensure_may_begin()
        return super().action_depart()

    def action_arrive(self):
        """As for ``action_depart`` (T07).

        :raise UserError: when the task list is not approved any more
        """
        self.check_access("read")
        # sudo: as for ``action_depart``; the list may have been taken back meanwhile.
        self.sudo().task_list_id._ensure_may_begin()
        return super().action_arrive()

    def action_view_task_list(self):
        """Open the visit's task list, to tick off what was done.

        :raise UserError: when it has none
        """
        self.ensure_one()
        if not self.task_list_id:
            raise UserError(self.env._("%(visit)s has no task list.", visit=self.display_name))
        return {
            "type": "ir.actions.act_window",
            "res_model": "aftersales.task.list",
            "res_id": self.task_list_id.id,
            "views": [(False, "form")],
        }

    def _on_done(self):
        """Lists whose last item was ticked are finished with the visit."""
        lists = self.sudo().task_list_id  # the voucher was accepted; lists follow it
        lists.filtered(
            lambda t: t.state == "approved" and t.done_count == t.line_count
        ).action_done()
        return super()._on_done()
