from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .aftersales_task_list import AGENT, MANAGER


class AftersalesTaskList(models.Model):
    """Submitted, approved by another person, worked on, finished (T07)."""

    _inherit = "aftersales.task.list"

    def action_submit(self):
        """Submit the lists: within the company's limit they are approved at once.

        :raise UserError: when a list has no items, an item costs nothing, or a photo is missing
        """
        self._ensure_group(AGENT)
        self.check_access("write")
        self._ensure_transition("submitted")
        for task_list in self:
            task_list._check_complete()
        self._set_state(
            "submitted",
            submitted_by=self.env.uid,
            date_submitted=fields.Datetime.now(),
            decided_by=False,
            date_decided=False,
            decision_reason=False,
        )
        small = self.filtered(lambda t: not t.needs_approval)
        for task_list in small:
            task_list._enter_approved(decision_reason=task_list.approval_note)
        for task_list in self - small:
            leader = task_list.ticket_id.team_id.user_id
            if leader and leader.has_group(MANAGER) and leader != self.env.user:
                task_list.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Task list to approve"),
                    user_id=leader.id,
                )

    def _check_complete(self):
        self.ensure_one()
        if not self.line_ids:
            raise UserError(
                self.env._("%(list)s has no items: add what is to be done.", list=self.name)
            )
        for line in self.line_ids:
            names = {"list": self.name, "item": line.name}
            if self.currency_id.compare_amounts(line.amount_planned, 0.0) <= 0:
                raise UserError(
                    self.env._(
                        "%(list)s, “%(item)s”: enter the hours and their cost, or the material.",
                        **names,
                    )
                )
            if self.company_id.aftersales_task_photos and not line.photo_before_ids:
                raise UserError(
                    self.env._(
                        "%(list)s, “%(item)s”: add a photo of what is to be put right.", **names
                    )
                )

    def action_approve(self):
        """Approve the lists: work may begin.

        :raise AccessError: when the user is no service manager
        :raise UserError: when a list is not submitted, or the user submitted it and it is above
            the limit from which another person approves
        """
        self._ensure_group(MANAGER)
        self.check_access("write")
        self.lock_for_update()
        self._ensure_submitted()
        for task_list in self:
            task_list._check_approver()
        for task_list in self:
            task_list._enter_approved(decided_by=self.env.uid)

    def _enter_approved(self, **values):
        self._set_state("approved", date_decided=fields.Datetime.now(), **values)
        self.activity_unlink(["mail.mail_activity_data_todo"])
        self.ticket_id._follow_task_lists()

    def _check_approver(self):
        """Raise when the user approves their own list above the limit of four eyes."""
        self.ensure_one()
        limit = self.company_id.aftersales_task_limit_other
        above = not limit or self.currency_id.compare_amounts(self.amount_planned, limit) > 0
        if above and self.submitted_by == self.env.user and not self.env.su:
            raise UserError(
                self.env._(
                    "%(list)s: you submitted it yourself, and it costs %(amount)s. Another manager "
                    "approves it.",
                    list=self.name,
                    amount=self.currency_id.format(self.amount_planned),
                )
            )

    def action_refuse(self, reason=None):
        """Refuse for ``reason`` (str); asks for it when empty."""
        if not reason:
            return self._ask_reason("refuse")
        self._ensure_group(MANAGER)
        self.check_access("write")
        self._set_state(
            "refused",
            decided_by=self.env.uid,
            date_decided=fields.Datetime.now(),
            decision_reason=self._clean_reason(reason),
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return True

    def action_cancel(self, reason=None):
        """Give the lists up for ``reason`` (str); what was approved is given up by a manager."""
        if not reason:
            return self._ask_reason("cancel")
        self._ensure_group(MANAGER if self.filtered(lambda t: t.state == "approved") else AGENT)
        self.check_access("write")
        self._set_state("cancelled", decision_reason=self._clean_reason(reason))
        self.activity_unlink(["mail.mail_activity_data_todo"])
        self.ticket_id._follow_task_lists()
        return True

    def action_draft(self):
        """Take a list back to be corrected."""
        self._ensure_group(AGENT)
        self.check_access("write")
        self._set_state("draft")

    def action_done(self):
        """All items are done: the list is finished.

        :raise UserError: when an item is not ticked
        """
        self.check_access("read")  # technicians finish the lists of their visits
        self._ensure_transition("done")
        for task_list in self:
            left = task_list.line_ids.filtered(lambda line: not line.is_done)
            if left:
                raise UserError(
                    self.env._(
                        "%(list)s: “%(item)s” is not done yet. Tick it off, or cancel the list.",
                        list=task_list.name,
                        item=left[0].name,
                    )
                )
        # sudo: who did the items is checked above; technicians change nothing else of a list.
        self.sudo()._set_state("done", date_done=fields.Datetime.now())

    def action_reopen(self):
        """Something of a finished list is to be corrected."""
        self._ensure_group(AGENT)
        self.check_access("write")
        self.filtered(lambda t: t.state == "done")._set_state("approved", date_done=False)

    def action_view_visits(self):
        """Open the visits of the list; new ones are filled in from its ticket."""
        self.ensure_one()
        action = self.ticket_id.action_view_visits()
        return dict(
            action,
            domain=[("task_list_id", "=", self.id)],
            context={**action["context"], "default_task_list_id": self.id},
        )

    def _ensure_submitted(self):
        for task_list in self.filtered(lambda t: t.state != "submitted"):
            raise UserError(
                self.env._(
                    "%(list)s is %(state)s: only what is submitted is approved.",
                    list=task_list.name,
                    state=task_list._get_state_label(task_list.state),
                )
            )

    def _ensure_may_begin(self):
        """Raise UserError for the first list whose work may not begin yet."""
        for task_list in self.filtered(lambda t: not t._may_begin()):
            raise UserError(
                self.env._(
                    "%(list)s is %(state)s: work on our own fault begins when it is approved.",
                    list=task_list.name,
                    state=task_list._get_state_label(task_list.state),
                )
            )

    def _ask_reason(self, decision):
        """Open the dialog that asks why; it calls the action again."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_task_list_decide_action"
        )
        return dict(action, context={"default_list_ids": self.ids, "default_decision": decision})

    @api.model
    def _clean_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Give a reason: it stays with the task list."))
        return reason.strip()

    def _ensure_group(self, group):
        """Raise AccessError unless the user is in ``group``."""
        if not (self.env.su or self.env.user.has_group(group)):
            raise AccessError(
                self.env._(
                    "%(list)s: this is done by “%(group)s”.",
                    list=", ".join(self.mapped("name")),
                    # sudo: the name of the group only, to tell whom to ask.
                    group=self.env.ref(group).sudo().name,
                )
            )
