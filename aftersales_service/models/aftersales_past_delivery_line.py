from odoo import api, fields, models
from odoo.tools import format_date


class AftersalesPastDeliveryLine(models.Model):
    """What the preview found of one product in one month (W03)."""

    _name = "aftersales.past.delivery.line"
    _description = "Past Deliveries: Preview"
    _order = "month, product_id, id"

    past_delivery_id = fields.Many2one(
        "aftersales.past.delivery", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="past_delivery_id.company_id", store=True, index=True)
    product_id = fields.Many2one("product.product", required=True)
    month = fields.Date(required=True)
    month_label = fields.Char(string="Delivered", compute="_compute_month_label")
    policy_id = fields.Many2one("aftersales.warranty.policy", string="Warranty Policy")
    found = fields.Integer(help="Serials, or lots and quantities of a delivery.")
    known = fields.Integer(string="Assets Already")
    gone = fields.Integer(
        string="Came Back", help="Came back or were delivered again since: no asset is made."
    )
    todo = fields.Integer(string="To Make")
    without_policy = fields.Integer(help="These become assets without a warranty.")

    @api.depends_context("lang")
    @api.depends("month")
    def _compute_month_label(self):
        for line in self:
            line.month_label = format_date(self.env, line.month, date_format="MMMM y")

    def action_view_deliveries(self):
        """Open the deliveries that were counted."""
        self.ensure_one()
        moves = self.past_delivery_id._get_move_domain()
        until = fields.Date.add(self.month, months=1)
        return {
            "type": "ir.actions.act_window",
            "name": self.product_id.display_name,
            "res_model": "stock.move.line",
            "view_mode": "list,form",
            "domain": [
                ("product_id", "=", self.product_id.id),
                ("move_id", "any", list(moves)),
                ("date", ">=", fields.Datetime.to_string(fields.Datetime.to_datetime(self.month))),
                ("date", "<", fields.Datetime.to_string(fields.Datetime.to_datetime(until))),
            ],
        }


class AftersalesPastDeliveryBatch(models.Model):
    """One committed batch of a run. Batches are added, never changed: so the run never waits for
    somebody who stops or looks at it, nor they for the run.
    """

    _name = "aftersales.past.delivery.batch"
    _description = "Past Deliveries: Batch"
    _order = "id desc"

    past_delivery_id = fields.Many2one(
        "aftersales.past.delivery", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="past_delivery_id.company_id", store=True, index=True)
    run = fields.Integer(aggregator=None)
    handled = fields.Integer(string="Looked at")
    made = fields.Integer()
    skipped = fields.Integer()
    problems = fields.Integer()
    last_move_id = fields.Integer(aggregator=None)
    last_lot_id = fields.Integer(aggregator=None)


class AftersalesPastDeliveryProblem(models.Model):
    """One delivered unit that no asset could be made of, and why."""

    _name = "aftersales.past.delivery.problem"
    _description = "Past Deliveries: Problem"
    _order = "id"

    past_delivery_id = fields.Many2one(
        "aftersales.past.delivery", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="past_delivery_id.company_id", store=True, index=True)
    move_id = fields.Many2one("stock.move", ondelete="cascade")
    reference = fields.Char(string="Delivery")
    product_id = fields.Many2one("product.product")
    serial = fields.Char()
    reason = fields.Text(required=True)


class AftersalesAsset(models.Model):
    _inherit = "aftersales.asset"

    past_delivery_id = fields.Many2one(
        "aftersales.past.delivery",
        string="Made by Run",
        index="btree_not_null",
        copy=False,
        readonly=True,
    )
