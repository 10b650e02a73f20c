from odoo import api, fields, models
from odoo.exceptions import UserError

from .aftersales_dealer_charge import MANAGER

TERMS = {"agreement_id", "name", "side", "evidence_required"}


class AftersalesOnboardingTask(models.Model):
    """Something to do for a new dealer, by it or by us, with its day and its evidence (D13)."""

    _name = "aftersales.onboarding.task"
    _description = "Dealer Onboarding Task"
    _inherit = ["aftersales.transition.mixin", "mail.thread", "aftersales.due.activity.mixin"]
    _order = "date_due, sequence, id"
    _check_company_auto = True
    _mail_post_access = "read"
    _guard_readonly = True
    _initial_states = ("open",)
    _transitions = {
        "open": ("reported", "done", "cancelled"),
        "reported": ("done", "open", "cancelled"),
        "done": ("open",),
        "cancelled": ("open",),
    }
    _frozen_fields = {
        "reported": TERMS,
        "done": TERMS | {"date_due", "attachment_ids"},
        "cancelled": TERMS | {"date_due"},
    }

    agreement_id = fields.Many2one(
        "aftersales.dealer.agreement", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, index=True)
    dealer_id = fields.Many2one(related="agreement_id.dealer_id", store=True, index=True)
    template_task_id = fields.Many2one(
        "aftersales.onboarding.template.task",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Task", required=True, tracking=True)
    note = fields.Text(string="What to Do")
    side = fields.Selection(
        [("company", "We"), ("dealer", "The dealer")],
        string="Who Does It",
        required=True,
        default="company",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        domain="[('share', '=', False)]",
        default=lambda self: self.env.user,
        index="btree_not_null",
        tracking=True,
    )
    date_due = fields.Date(
        string="Due", required=True, default=fields.Date.context_today, tracking=True
    )
    evidence_required = fields.Boolean(string="Needs Evidence")
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence", copy=False)
    report_note = fields.Text(string="Dealer's Note", readonly=True, copy=False)
    date_reported = fields.Datetime(string="Reported on", readonly=True, copy=False)
    reported_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    return_reason = fields.Char(string="What Is Missing", readonly=True, copy=False)
    date_done = fields.Datetime(string="Done on", readonly=True, copy=False)
    done_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    cancel_reason = fields.Char(readonly=True, copy=False)
    state = fields.Selection(
        [
            ("open", "To do"),
            ("reported", "Reported by the dealer"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="open",
        index=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )

    _template_uniq = models.UniqueIndex(
        "(agreement_id, template_task_id) WHERE template_task_id IS NOT NULL",
        "The agreement has this task already.",
    )
    _open_idx = models.Index("(company_id, date_due) WHERE state IN ('open', 'reported')")

    @api.depends("state", "date_due")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for task in self:
            task.is_overdue = task.state == "open" and bool(task.date_due) and task.date_due < today

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "=", "open"), ("date_due", "<", "today")]

    @api.model_create_multi
    def create(self, vals_list):
        tasks = super().create(vals_list)
        for (user, due), group in tasks.grouped(lambda task: (task.user_id, task.date_due)).items():
            if user:
                group.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=due,
                    summary=self.env._("Onboarding of the dealer"),
                    user_id=user.id,
                )
        return tasks

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        for task in self:
            if task.state in ("reported", "done"):
                raise UserError(
                    self.env._(
                        "“%(task)s” of %(dealer)s was done and is kept with its evidence.",
                        task=task.name,
                        dealer=task.dealer_id.name,
                    )
                )

    def action_done(self):
        """Mark tasks as done (D13).

        :raise UserError: when one needs evidence and has none
        """
        self.check_access("write")
        for task in self:
            if task.evidence_required and not task.attachment_ids:
                raise UserError(
                    self.env._(
                        "“%(task)s” of %(dealer)s needs evidence: attach a photo or document "
                        "first.",
                        task=task.name,
                        dealer=task.dealer_id.name,
                    )
                )
        self._set_state(
            "done", date_done=fields.Datetime.now(), done_by_id=self.env.uid, return_reason=False
        )
        self.activity_feedback(["mail.mail_activity_data_todo"])

    def action_return(self, reason=None):
        """Give a task that the dealer reported back to it: something is missing (D13).

        :param str reason: what is missing; asked for when empty
        """
        if not reason:
            return self.env["aftersales.dealer.reason"]._ask(
                self, "return", self.env._("What Is Missing")
            )
        self.check_access("write")
        self._set_state("open", return_reason=reason)
        return None

    def action_cancel(self, reason=None):
        """Do without tasks, for ``reason`` (str); without one, open the dialog that asks."""
        if not reason:
            return self.env["aftersales.dealer.reason"]._ask(
                self, "cancel", self.env._("Do without the Task")
            )
        self.env["aftersales.notice"]._check_groups(MANAGER)
        self._set_state("cancelled", cancel_reason=reason)
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return None

    def action_reopen(self):
        """Take back that tasks are done or cancelled."""
        self.env["aftersales.notice"]._check_groups(MANAGER)
        self._set_state("open", date_done=False, done_by_id=False, cancel_reason=False)

    def _report_for_portal(self, note, files):
        """The dealer says that its task is done (D13); called after the access was checked.

        :param str note: what the dealer wrote
        :param files: list of ``tools.upload.Upload``
        :raise UserError: when the task is not the dealer's, not open, or needs evidence
        """
        self.ensure_one()
        if self.side != "dealer":
            raise UserError(self.env._("“%s” is done by the company.", self.name))
        if self.evidence_required and not (files or self.attachment_ids):
            raise UserError(self.env._("“%s”: add a photo or document as evidence.", self.name))
        self._ensure_transition("reported")
        attachments = self.env["ir.attachment"].create(
            [
                {
                    "name": file.name,
                    "raw": file.content,
                    "mimetype": file.mimetype,
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for file in files
            ]
        )
        self._set_state(
            "reported",
            attachment_ids=[(4, attachment.id) for attachment in attachments],
            report_note=note,
            date_reported=fields.Datetime.now(),
            reported_by_id=self.env.uid,
            return_reason=False,
        )
        if self.user_id:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._(
                    "%s reports a task as done: look at the evidence", self.dealer_id.name
                ),
                user_id=self.user_id.id,
            )
