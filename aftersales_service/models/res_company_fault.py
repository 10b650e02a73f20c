from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_supplier_reply_days = fields.Integer(
        string="Supplier's Answer within (working days)",
        default=5,
        help="From the notice to a supplier to the day its answer is due.",
    )
    aftersales_supplier_notice_auto = fields.Boolean(
        string="Tell Suppliers at Once",
        help="A notice goes out by itself when it is certain who supplied the faulty part; "
        "otherwise it is drafted and the agent sends it.",
    )

    aftersales_labour_cost = fields.Monetary(
        string="Labour Cost per Hour", help="Proposed in task lists for our own faults."
    )
    aftersales_task_limit = fields.Monetary(
        string="Task Lists Approved up to",
        help="Task lists within it are approved when submitted; 0: a manager approves each.",
    )
    aftersales_task_limit_other = fields.Monetary(
        string="Another Person Approves above",
        help="Above it, nobody approves their own task list; 0: never.",
    )
    aftersales_task_photos = fields.Boolean(
        string="Photos before and after",
        default=True,
        help="Items of task lists need a photo before they are submitted and when they are done.",
    )

    _aftersales_fault_positive = models.Constraint(
        "CHECK(aftersales_supplier_reply_days >= 0 AND aftersales_labour_cost >= 0 "
        "AND aftersales_task_limit >= 0 AND aftersales_task_limit_other >= 0)",
        "The days for a supplier's answer, labour cost and limits cannot be negative.",
    )
