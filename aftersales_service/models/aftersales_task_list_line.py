from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .aftersales_task_list import AGENT

# What the technician reports; the rest is the plan.
REPORTED_FIELDS = {"is_done", "hours_actual", "quantity_actual", "done_note", "photo_after_ids"}
STAMPS = {"done_by", "date_done"}


class AftersalesTaskListLine(models.Model):
    """One item: what is done how, with which labour and material, and what it really took (T07)."""

    _name = "aftersales.task.list.line"
    _description = "Own-Fault Task"
    _inherit = ["aftersales.files.mixin"]
    _order = "list_id, sequence, id"
    _check_company_auto = True
    _file_fields = ("photo_before_ids", "photo_after_ids")

    list_id = fields.Many2one("aftersales.task.list", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related="list_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(related="list_id.state", string="Status")
    name = fields.Char(string="Item", required=True)
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    method = fields.Char(help="How it is put right: replace, weld, adjust, repaint…")
    labour_hours = fields.Float(string="Hours")
    labour_rate = fields.Monetary(
        string="Cost per Hour",
        default=lambda self: self.env.company.aftersales_labour_cost,
        aggregator=None,
        groups=AGENT,
    )
    product_id = fields.Many2one(
        "product.product",
        string="Material",
        index="btree_not_null",
        check_company=True,
        domain="[('type', '=', 'consu')]",
    )
    product_quantity = fields.Float(
        string="Material Quantity",
        digits="Product Unit",
        compute="_compute_product",
        store=True,
        readonly=False,
        precompute=True,
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    product_cost = fields.Monetary(
        string="Cost per Unit",
        compute="_compute_product",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
        groups=AGENT,
    )
    amount_labour = fields.Monetary(compute="_compute_amounts", store=True, groups=AGENT)
    amount_material = fields.Monetary(compute="_compute_amounts", store=True, groups=AGENT)
    amount_planned = fields.Monetary(
        string="Planned Cost", compute="_compute_amounts", store=True, groups=AGENT
    )
    amount_actual = fields.Monetary(
        string="Real Cost", compute="_compute_amount_actual", store=True, groups=AGENT
    )
    photo_before_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_task_photo_before_rel",
        "line_id",
        "attachment_id",
        string="Photos Before",
        bypass_search_access=True,
        copy=False,
    )
    photo_after_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_task_photo_after_rel",
        "line_id",
        "attachment_id",
        string="Photos After",
        bypass_search_access=True,
        copy=False,
    )
    is_done = fields.Boolean(string="Done", copy=False)
    done_by = fields.Many2one("res.users", readonly=True, copy=False, index="btree_not_null")
    date_done = fields.Datetime(string="Done on", readonly=True, copy=False)
    hours_actual = fields.Float(string="Real Hours", copy=False)
    quantity_actual = fields.Float(string="Real Material", digits="Product Unit", copy=False)
    done_note = fields.Char(string="Remark", copy=False)

    _positive = models.Constraint(
        "CHECK(quantity > 0 AND labour_hours >= 0 AND labour_rate >= 0 AND product_quantity >= 0 "
        "AND product_cost >= 0 AND hours_actual >= 0 AND quantity_actual >= 0)",
        "The quantity of an item must be positive; hours, material and cost cannot be negative.",
    )

    @api.depends("product_id")
    def _compute_product(self):
        for line in self:
            product = line.product_id.with_company(line.company_id)
            line.product_cost = product.standard_price
            line.product_quantity = (line.product_quantity or 1.0) if product else 0.0

    @api.depends("labour_hours", "labour_rate", "product_quantity", "product_cost", "currency_id")
    def _compute_amounts(self):
        for line in self:
            round_money = line.currency_id.round
            line.amount_labour = round_money(line.labour_hours * line.labour_rate)
            line.amount_material = round_money(line.product_quantity * line.product_cost)
            line.amount_planned = line.amount_labour + line.amount_material

    @api.depends(
        "hours_actual", "quantity_actual", "labour_rate", "product_cost", "is_done", "currency_id"
    )
    def _compute_amount_actual(self):
        for line in self:
            round_money = line.currency_id.round
            labour = round_money(line.hours_actual * line.labour_rate)
            line.amount_actual = labour + round_money(line.quantity_actual * line.product_cost)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_stamps(set().union(*vals_list))
        lines = super().create(vals_list)
        lines._check_plannable()
        return lines

    def write(self, vals):
        self._check_stamps(vals.keys())
        if vals.keys() & REPORTED_FIELDS:
            self._check_reportable()
        if vals.keys() - REPORTED_FIELDS - STAMPS:
            self._check_plannable()
        ticked = self.filtered(lambda line: not line.is_done) if vals.get("is_done") else None
        result = super().write(vals)
        if "list_id" in vals:
            self._check_plannable()
        if ticked:
            ticked._finish(vals)
        if "is_done" in vals and not vals["is_done"]:
            # sudo: the stamps are set by nobody else.
            self.sudo().write({"done_by": False, "date_done": False})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self._check_plannable()

    def _check_stamps(self, names):
        if STAMPS & set(names) and not self.env.su:
            raise UserError(
                self.env._("Who did an item and when is recorded when it is ticked, not typed in.")
            )

    def _check_plannable(self):
        """Raise unless the office plans a list that is still a draft."""
        if self.env.su:
            return
        if not self.env.user.has_group(AGENT):
            raise AccessError(
                self.env._("The office plans what is done. Tick off what you did, and add remarks.")
            )
        for line in self.filtered(lambda line: line.list_id.state != "draft"):
            raise UserError(
                self.env._(
                    "%(list)s is %(state)s: its items can no longer be changed. Take it back to be "
                    "corrected first.",
                    list=line.list_id.name,
                    state=line.list_id._get_state_label(line.list_id.state),
                )
            )

    def _check_reportable(self):
        """Raise unless the work on the items was approved."""
        for line in self.filtered(lambda line: line.list_id.state != "approved"):
            raise UserError(
                self.env._(
                    "%(list)s is %(state)s: work is reported while the list is approved and not "
                    "finished.",
                    list=line.list_id.name,
                    state=line.list_id._get_state_label(line.list_id.state),
                )
            )

    def _finish(self, vals):
        """The items were ticked: photos are there, what was not said took what was planned."""
        now = fields.Datetime.now()
        for line in self:
            # sudo: one setting of the company, whoever ticks the item off.
            if line.company_id.sudo().aftersales_task_photos and not line.photo_after_ids:
                raise UserError(
                    self.env._(
                        "%(list)s, “%(item)s”: add a photo of what it looks like now before you "
                        "tick it off.",
                        list=line.list_id.name,
                        item=line.name,
                    )
                )
            done = {"done_by": self.env.uid, "date_done": now}
            if not line.hours_actual and "hours_actual" not in vals:
                done["hours_actual"] = line.labour_hours
            if not line.quantity_actual and "quantity_actual" not in vals:
                done["quantity_actual"] = line.product_quantity
            line.sudo().write(done)  # the stamps are set by nobody else
