from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

AGENT = "aftersales_service.group_aftersales_agent"
MANAGER = "aftersales_service.group_aftersales_manager"
PLAN_FIELDS = {"company_id", "ticket_id", "reason"}


class AftersalesTaskList(models.Model):
    """Repairs that our own fault makes necessary: what is done how, what labour and material cost,
    compared with the original order, approved before work begins, ticked off item by item (T07).
    """

    _name = "aftersales.task.list"
    _description = "Own-Fault Task List"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "ticket_id.name", "serial"]
    _number_sequence = "aftersales.task.list"
    _guard_readonly = True
    _transitions = {
        "draft": ("submitted", "cancelled"),
        "submitted": ("draft", "approved", "refused", "cancelled"),
        "approved": ("done", "cancelled"),
        "refused": ("draft",),
        "done": ("approved",),
        "cancelled": ("draft",),
    }
    _frozen_fields = dict.fromkeys(
        ("submitted", "approved", "refused", "done", "cancelled"), PLAN_FIELDS
    )

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    ticket_id = fields.Many2one(
        "aftersales.ticket", required=True, index=True, check_company=True, tracking=True
    )
    partner_id = fields.Many2one(
        related="ticket_id.partner_id", string="Customer", store=True, index="btree_not_null"
    )
    asset_id = fields.Many2one(related="ticket_id.asset_id", store=True, index="btree_not_null")
    serial = fields.Char(related="asset_id.serial", store=True)
    responsible = fields.Selection(related="ticket_id.responsible")
    reason = fields.Text(string="What Went Wrong", help="Our fault, in plain words.")
    line_ids = fields.One2many("aftersales.task.list.line", "list_id", string="Items", copy=True)
    done_count = fields.Integer(string="Items Done", compute="_compute_progress")
    line_count = fields.Integer(string="Items Planned", compute="_compute_progress")
    amount_labour = fields.Monetary(
        string="Labour", compute="_compute_amounts", store=True, groups=AGENT
    )
    amount_material = fields.Monetary(
        string="Material", compute="_compute_amounts", store=True, groups=AGENT
    )
    amount_planned = fields.Monetary(
        string="Planned Cost", compute="_compute_amounts", store=True, tracking=True, groups=AGENT
    )
    amount_actual = fields.Monetary(
        string="Real Cost", compute="_compute_amounts", store=True, groups=AGENT
    )
    needs_approval = fields.Boolean(compute="_compute_needs_approval")
    approval_note = fields.Char(string="Approval", compute="_compute_needs_approval", groups=AGENT)
    submitted_by = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null", tracking=True
    )
    date_submitted = fields.Datetime(string="Submitted on", readonly=True, copy=False)
    decided_by = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null", tracking=True
    )
    date_decided = fields.Datetime(string="Decided on", readonly=True, copy=False)
    decision_reason = fields.Text(readonly=True, copy=False, tracking=True)
    date_done = fields.Datetime(string="Finished on", readonly=True, copy=False)
    visit_ids = fields.One2many("aftersales.visit", "task_list_id", string="Visits", copy=False)
    repair_ids = fields.One2many(
        "repair.order", "aftersales_task_list_id", string="Workshop Repairs", copy=False
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
    )

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "The number of a task list must be unique per company."
    )

    @api.depends("line_ids.is_done")
    def _compute_progress(self):
        for task_list in self:
            task_list.line_count = len(task_list.line_ids)
            task_list.done_count = len(task_list.line_ids.filtered("is_done"))

    @api.depends(
        "line_ids.amount_labour",
        "line_ids.amount_material",
        "line_ids.amount_actual",
    )
    def _compute_amounts(self):
        for task_list in self:
            lines = task_list.line_ids
            task_list.amount_labour = sum(lines.mapped("amount_labour"))
            task_list.amount_material = sum(lines.mapped("amount_material"))
            task_list.amount_planned = task_list.amount_labour + task_list.amount_material
            task_list.amount_actual = sum(lines.mapped("amount_actual"))

    @api.depends("line_ids.amount_labour", "line_ids.amount_material", "company_id", "state")
    def _compute_needs_approval(self):
        # sudo: technicians see whether they may begin, not what it costs.
        for task_list in self.sudo():
            limit = task_list.company_id.aftersales_task_limit
            money = task_list.currency_id
            above = money.compare_amounts(task_list.amount_planned, limit) > 0
            task_list.needs_approval = not limit or above
            names = {"amount": money.format(task_list.amount_planned), "limit": money.format(limit)}
            if not limit:
                note = self.env._("A manager approves every list.")
            elif above:
                note = self.env._(
                    "%(amount)s is above the limit of %(limit)s: a manager approves.", **names
                )
            else:
                note = self.env._(
                    "%(amount)s is within the limit of %(limit)s: approved when submitted.", **names
                )
            task_list.approval_note = note

    def _check_frozen(self, vals):
        """Besides what the state froze: technicians tick off items and plan nothing."""
        result = super()._check_frozen(vals)
        planned = PLAN_FIELDS & vals.keys()
        if planned and not (self.env.su or self.env.user.has_group(AGENT)):
            raise AccessError(
                self.env._("The office plans what is done. Tick off what you did, and add remarks.")
            )
        return result

    def _may_begin(self):
        """Whether the work on the list may begin."""
        self.ensure_one()
        return self.state in ("approved", "done")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        for task_list in self.filtered(lambda t: t.state != "draft" or t.date_submitted):
            raise UserError(
                self.env._(
                    "%(list)s was submitted and is kept. Cancel it instead of deleting it.",
                    list=task_list.name,
                )
            )
