from odoo import api, fields, models


class AftersalesStockingPlan(models.Model):
    """Which spare parts a dealer has to have before the season, and what it lacks (D06)."""

    _name = "aftersales.stocking.plan"
    _description = "Spare-Part Stocking Plan"
    _inherit = ["aftersales.dealer.document.mixin"]
    _order = "date_due desc, id desc"
    _rec_names_search = ["name", "dealer_id.name"]
    _number_sequence = "aftersales.stocking.plan"
    _portal_path = "/my/dealer/stocking"
    _transitions = {
        "draft": ("sent", "cancelled"),
        "sent": ("confirmed", "cancelled"),
        "confirmed": ("cancelled",),
    }
    _frozen_fields = dict.fromkeys(
        ("sent", "confirmed", "cancelled"), {"dealer_id", "company_id", "season_id"}
    )

    season_id = fields.Many2one(
        "aftersales.stocking.season",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    date_start = fields.Date(related="season_id.date_start", store=True)
    date_end = fields.Date(related="season_id.date_end", store=True)
    date_due = fields.Date(related="season_id.date_due", store=True, string="In Stock by")
    line_ids = fields.One2many("aftersales.stocking.plan.line", "plan_id", string="Parts")
    line_count = fields.Integer(compute="_compute_shortfall", store=True, string="Parts Planned")
    short_count = fields.Integer(
        compute="_compute_shortfall", store=True, string="Parts Short", help="Parts that lack."
    )
    user_id = fields.Many2one(
        "res.users",
        string="In Charge",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        default=lambda self: self.env.user,
    )
    note = fields.Text(help="The dealer reads it.")
    date_sent = fields.Datetime(string="Sent on", readonly=True, copy=False)
    date_confirmed = fields.Datetime(string="Confirmed on", readonly=True, copy=False)
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    date_stock_reported = fields.Datetime(
        string="Stock Reported on", readonly=True, copy=False, help="When the dealer counted last."
    )
    date_reminded = fields.Date(string="Last Reminder", readonly=True, copy=False)
    reminder_count = fields.Integer(string="Reminders", readonly=True, copy=False)
    sale_order_ids = fields.One2many("sale.order", "aftersales_stocking_plan_id", string="Orders")
    sale_order_count = fields.Integer(compute="_compute_sale_order_count")
    slip_state = fields.Selection(
        [("none", "Nothing delivered"), ("unsigned", "Slip not signed"), ("signed", "Signed")],
        string="Delivery Slip",
        compute="_compute_slip_state",
        help="The dealer signs the slip of each delivery: the signature of the transfer.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "With the dealer"),
            ("confirmed", "Confirmed"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "A stocking plan with this number exists already."
    )
    _season_uniq = models.UniqueIndex(
        "(season_id, dealer_id) WHERE state != 'cancelled'",
        "This dealer has a plan for the season already.",
    )
    _open_idx = models.Index("(date_due) WHERE state = 'sent'")

    @api.depends("line_ids.shortfall")
    def _compute_shortfall(self):
        for plan in self:
            plan.line_count = len(plan.line_ids)
            plan.short_count = len(plan.line_ids.filtered(lambda line: line.shortfall > 0))

    def _compute_sale_order_count(self):
        orders = self.env["sale.order"].sudo()  # counted for who need not read orders
        counts = dict(
            orders._read_group(
                [("aftersales_stocking_plan_id", "in", self.ids)],
                ["aftersales_stocking_plan_id"],
                ["__count"],
            )
        )
        for plan in self:
            plan.sale_order_count = counts.get(plan, 0)

    @api.depends("sale_order_ids.picking_ids.state")
    def _compute_slip_state(self):
        for plan in self:
            # Whether the slips are signed is told to who need not read transfers.
            done = plan.sudo().sale_order_ids.picking_ids.filtered(
                lambda p: p.state == "done" and p.picking_type_code == "outgoing"
            )
            unsigned = done.filtered(lambda p: not p.signature)
            plan.slip_state = "unsigned" if unsigned else "signed" if done else "none"

    def action_view_orders(self):
        """Open the orders that came of the plan."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        return dict(
            action,
            domain=[("aftersales_stocking_plan_id", "=", self.id)],
            context={"create": False},
        )
