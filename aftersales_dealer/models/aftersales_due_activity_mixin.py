from odoo import models


class AftersalesDueActivityMixin(models.AbstractModel):
    """A thing to do with ``user_id`` and ``date_due``: the activity that says so goes with them."""

    _name = "aftersales.due.activity.mixin"
    _description = "Thing to Do by a Day"
    _inherit = ["mail.activity.mixin"]

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"user_id", "date_due"}:
            todos = self.grouped(lambda todo: (todo.user_id, todo.date_due))
            for (user, due), group in todos.items():
                group.activity_reschedule(
                    ["mail.mail_activity_data_todo"], date_deadline=due, new_user_id=user.id
                )
        return result
